import { beforeEach, describe, expect, it } from 'vitest';
import { RuntimeHarness } from '../../cri/runtime.testing.ts';
import { PackageDatabase } from '../../machine/packages.ts';
import { execOnMachine } from '../exec-on-machine.ts';

let node: RuntimeHarness;
let database: PackageDatabase;
beforeEach(() => {
  node = new RuntimeHarness();
  database = new PackageDatabase(node.machine.files);
  database.put({ name: 'kubelet', version: '1.23.17-1.1', hold: true });
  node.machine.units.define({
    name: 'crio',
    description: 'CRI-O',
    program: (process) => new Promise((resolve) => process.onTerminate(() => resolve(0))),
    argv: ['crio'],
    restart: 'always',
    restartSeconds: 5,
    isInstalled: () => database.get('cri-o') !== undefined,
  });
});

async function run(line: string): Promise<readonly [string, string, number | undefined]> {
  const text = { out: '', err: '' };
  let code: number | undefined;
  const io = {
    stdout: (piece: string) => void (text.out += piece),
    stderr: (piece: string) => void (text.err += piece),
  };
  const { simulation } = node.test;
  const after = (ms: number, work: () => void): void => void simulation.schedule(simulation.now + ms, work);
  void execOnMachine(node.machine, line.split(' '), io, after).done.then((done) => (code = done));
  await node.test.run(10_000);
  return [text.out, text.err, code];
}

const READING =
  'Reading package lists... Done\nBuilding dependency tree... Done\nReading state information... Done\n';

describe('packages of a machine', () => {
  it('upgrades the kubelet, which goes on as it is until it is restarted', async () => {
    const held = 'E: Held packages were changed and -y was used without --allow-change-held-packages.\n';
    expect((await run('apt-get install -y kubelet=1.24.17-1.1')).slice(1)).toEqual([held, 100]);
    expect(await run('apt-mark unhold kubelet')).toEqual(['Canceled hold on kubelet.\n', '', 0]);
    expect(await run('apt-get install -y kubelet=1.24.*')).toEqual([
      `${READING}The following packages will be upgraded:\n  kubelet\n1 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\nPreparing to unpack .../kubelet_1.24.17-1.1_amd64.deb ...\nUnpacking kubelet (1.24.17-1.1) over (1.23.17-1.1) ...\nSetting up kubelet (1.24.17-1.1) ...\n`,
      '',
      0,
    ]);
    expect(await run('kubelet --version')).toEqual(['Kubernetes v1.24.17\n', '', 0]);
  });

  it('brings a unit with its package, starts it, and takes it away again', async () => {
    expect(node.machine.units.get('crio')).toBeUndefined();
    expect((await run('apt-get install -y cri-o'))[2]).toBe(0);
    expect(node.machine.units.get('crio')?.active).toBe('active');
    expect(node.machine.files.exists('/etc/crio/crio.conf.d/10-crio.conf')).toBe(true);
    expect((await run('apt-get remove -y cri-o'))[2]).toBe(0);
    expect(node.machine.units.get('crio')).toBeUndefined();
    expect(node.machine.processes).toEqual([]);
  });

  const refusals: readonly (readonly [string, string, number])[] = [
    ['apt-get install -y kubelt', 'E: Unable to locate package kubelt\n', 100],
    ['apt-get install -y kubelet=1.99.0-1.1', "E: Version '1.99.0-1.1' for 'kubelet' was not found\n", 100],
    ['apt-get upgrad', 'E: Invalid operation upgrad\n', 100],
    ['dpkg -l nothing', 'dpkg-query: no packages found matching nothing\n', 1],
  ];
  it.each(refusals)('%s', async (line, err, code) => {
    expect((await run(line)).slice(1)).toEqual([err, code]);
  });

  it('does nothing without a yes', async () => {
    const [out, , code] = await run('apt-get install cri-o');
    expect(out).toMatch(/Do you want to continue\? \[Y\/n\] Abort\.\n$/);
    expect(code).toBe(1);
    expect(database.get('cri-o')).toBeUndefined();
  });
});
