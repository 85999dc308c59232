import { beforeEach, describe, expect, it } from 'vitest';
import type { Simulation } from '../../base/simulation.ts';
import { newTestSimulation } from '../../base/simulation.testing.ts';
import { volatileStore } from '../machine/local-state.ts';
import { SimulatedMachine } from '../machine/machine.ts';
import { SimulatedNetwork } from '../network/network.ts';
import { OfflineCatalogue } from './catalogue.ts';
import { normalizeReference } from './reference.ts';
import { offlineImages } from '../../shared/images/offline-images.ts';

const SPEC = {
  name: 'node',
  ip: '10.0.0.1',
  role: 'worker',
  os: 'linux',
  cpus: 2,
  memory: 1,
  disk: 10_000_000_000,
  isNode: true,
} as const;
const catalogue = new OfflineCatalogue();

describe('references', () => {
  it('gets registry, library and tag', () => {
    expect(normalizeReference('nginx')).toBe('docker.io/library/nginx:latest');
    expect(normalizeReference('bitnami/nginx:1.25')).toBe('docker.io/bitnami/nginx:1.25');
    expect(normalizeReference('localhost:5000/a/b:x')).toBe('localhost:5000/a/b:x');
  });

  it('refuses what is no reference', () => {
    expect(() => normalizeReference('Nginx')).toThrow(
      'invalid reference format: repository name (library/Nginx) must be lowercase',
    );
    expect(() => normalizeReference('nginx:')).toThrow('invalid reference format');
    expect(() => normalizeReference('a//b')).toThrow('invalid reference format');
  });
});

describe('OfflineCatalogue', () => {
  it('has the common repositories, each with a stable digest and size', () => {
    expect(offlineImages().length).toBeGreaterThan(45);
    const one = catalogue.resolve('nginx:1.25');
    const two = new OfflineCatalogue().resolve('docker.io/library/nginx:1.25');
    expect(one).toEqual(two);
    expect(one).toMatchObject({
      type: 'image',
      image: { digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string },
    });
    for (const name of [
      'nginx:1.25-alpine',
      'redis:7',
      'busybox:1.36',
      'postgres:16',
      'registry.k8s.io/pause:3.10.1',
      'registry.k8s.io/kube-apiserver:v1.34.9',
      'registry.k8s.io/etcd:3.6.4-0',
    ]) {
      expect(catalogue.resolve(name).type, name).toBe('image');
    }
  });

  it('answers as the registries do for what is not there', () => {
    expect(catalogue.resolve('nginx:nope')).toEqual({
      type: 'error',
      reason: 'manifest-unknown',
      registry: 'docker.io',
      repository: 'docker.io/library/nginx',
      version: 'nope',
    });
    expect(catalogue.resolve('nginxx')).toMatchObject({ reason: 'denied' });
    expect(catalogue.resolve('quay.io/nobody/nothing')).toMatchObject({ reason: 'manifest-unknown' });
    expect(catalogue.resolve('images.example.com/app')).toMatchObject({
      reason: 'no-such-host',
      registry: 'images.example.com',
    });
  });

  it('has each image for the systems that its index names', () => {
    const kind = (name: string, system: 'linux' | 'windows'): string => {
      const outcome = catalogue.resolve(name, { system });
      return outcome.type === 'image' ? 'image' : outcome.reason;
    };
    const iis = 'mcr.microsoft.com/windows/servercore/iis:windowsservercore-ltsc2022';
    expect([kind(iis, 'windows'), kind(iis, 'linux')]).toEqual(['image', 'no-matching-platform']);
    expect([kind('nginx', 'linux'), kind('nginx', 'windows')]).toEqual(['image', 'no-matching-platform']);
    expect(kind('registry.k8s.io/pause:3.10.1', 'windows')).toBe('image');
    expect(kind('mcr.microsoft.com/windows/nanoserver:latest', 'windows')).toBe('manifest-unknown');
  });

  it('says what runc says of a program that is not in the image', () => {
    expect(catalogue.entrypoint('nginx', ['ngnix'], [])).toEqual({
      type: 'error',
      text: 'exec: "ngnix": executable file not found in $PATH',
    });
    expect(catalogue.entrypoint('registry.k8s.io/pause:3.10', ['sh'], [])).toMatchObject({ type: 'error' });
  });
});

describe('programs of images', () => {
  let simulation: Simulation;
  beforeEach(() => {
    simulation = newTestSimulation();
  });

  async function run(
    image: string,
    command: readonly string[],
    args: readonly string[] = [],
    ms = 60_000,
    env: Record<string, string> = {},
  ) {
    const machine = new SimulatedMachine(SPEC, simulation, new SimulatedNetwork(simulation), volatileStore());
    const start = catalogue.entrypoint(image, command, args);
    if (start.type === 'error') throw new Error(start.text);
    const process = machine.spawn({ name: 'c', program: start.program, argv: start.argv, env });
    const lines: string[] = [];
    process.onDidWrite(({ line }) => lines.push(line));
    const began = simulation.now;
    let ended = 0;
    process.onDidExit(() => (ended = simulation.now - began));
    await simulation.runUntil(simulation.now + ms);
    return { lines, exit: process.exit, process, ended };
  }

  it('run: servers until SIGTERM, shells not at all, sleep as long as it says', async () => {
    const nginx = await run('nginx', []);
    expect(nginx.exit).toBeUndefined();
    nginx.process.kill('SIGTERM');
    await simulation.runUntil(simulation.now + 1000);
    expect(nginx.process.exit).toEqual({ code: 0 });
    expect((await run('busybox', [])).exit).toEqual({ code: 0 });
    const sleep = await run('busybox', ['sleep', '5']);
    expect([sleep.exit, sleep.ended]).toEqual([{ code: 0 }, 5000]);
    expect((await run('redis:7', [], ['--appendonly', 'yes'])).exit).toBeUndefined();
  });

  it('process 1 ignores SIGTERM where nothing handles it', async () => {
    const sleep = await run('busybox', ['sleep', '3600']);
    sleep.process.kill('SIGTERM');
    await simulation.runUntil(simulation.now + 40_000);
    expect(sleep.process.exit).toBeUndefined();
  });

  it('sh -c runs lists, loops, conditions and substitutions', async () => {
    const script = 'i=0; while true; do echo "n $i"; i=$((i+1)); if [ ]; then x; fi; sleep 10; done';
    expect(
      (await run('busybox', ['sh', '-c', 'echo one && false || echo "two $(hostname)"; exit 3'])).lines,
    ).toEqual(['one', 'two node']);
    expect((await run('busybox', ['sh', '-c', 'false; exit'])).exit).toEqual({ code: 1 });
    expect(
      (await run('alpine', ['/bin/sh'], ['-c', script], 25_000)).lines.filter((line) => line.startsWith('n')),
    ).toEqual(['n 0', 'n 1', 'n 2']);
  });

  it('says plainly what is not modelled', async () => {
    const keyword = await run('busybox', ['sh', '-c', 'function f { true; }']);
    expect([keyword.exit, keyword.lines]).toEqual([
      { code: 2 },
      ['sh: syntax error: "function" is not modelled in simulated containers'],
    ]);
    const nslookup = await run('busybox', ['nslookup', 'x']);
    expect([nslookup.exit, nslookup.lines]).toEqual([
      { code: 127 },
      ['leme: "nslookup" is not modelled in simulated containers yet'],
    ]);
    expect((await run('busybox', ['sh', '-c', 'nosuch'])).lines).toEqual(['sh: nosuch: not found']);
  });

  it('a database without a password does not start', async () => {
    expect((await run('postgres:16', [])).exit).toEqual({ code: 1 });
    expect((await run('postgres:16', [], [], 1000, { POSTGRES_PASSWORD: 'x' })).exit).toBeUndefined();
  });
});
