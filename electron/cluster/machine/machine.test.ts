import { beforeEach, describe, expect, it } from 'vitest';
import type { Simulation } from '../../base/simulation.ts';
import { newTestSimulation } from '../../base/simulation.testing.ts';
import { SimulatedNetwork } from '../network/network.ts';
import type { Program } from './interface.ts';
import type { MachineStore } from './local-state.ts';
import { volatileStore } from './local-state.ts';
import { SimulatedMachine } from './machine.ts';

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
const forever: Program = () => new Promise(() => undefined);
let simulation: Simulation;

function boot(store: MachineStore = volatileStore()): SimulatedMachine {
  return new SimulatedMachine(SPEC, simulation, new SimulatedNetwork(simulation), store);
}

beforeEach(() => {
  simulation = newTestSimulation();
});

describe('SimulatedMachine', () => {
  it('ends a process with the code of its program, or as a crash with the message', async () => {
    const machine = boot();
    const good = machine.spawn({ name: 'good', program: async () => 3 });
    const bad = machine.spawn({ name: 'bad', program: async () => Promise.reject(new Error('boom')) });
    const stray = machine.spawn({
      name: 'stray',
      program: (process) => {
        process.go(async () => Promise.reject(new Error('background')));
        return new Promise(() => undefined);
      },
    });
    await simulation.runUntil(simulation.now + 1);
    expect([good.exit, bad.exit, stray.exit]).toEqual([
      { code: 3 },
      { code: 2, message: 'boom' },
      { code: 2, message: 'background' },
    ]);
    expect(machine.processes).toEqual([]);
  });

  it('lets a program that handles SIGTERM finish, and ends one that does not', async () => {
    const machine = boot();
    const polite = machine.spawn({
      name: 'polite',
      program: (process) =>
        new Promise((resolve) => {
          process.onTerminate(() => void process.clock.sleep(100).then(() => resolve(0)));
        }),
    });
    const rude = machine.spawn({ name: 'rude', program: forever });
    await simulation.runUntil(simulation.now + 1);
    polite.kill('SIGTERM');
    rude.kill('SIGTERM');
    expect(rude.exit).toEqual({ code: 143, signal: 'SIGTERM' });
    expect(polite.exit).toBeUndefined();
    await simulation.runUntil(simulation.now + 200);
    expect(polite.exit).toEqual({ code: 0 });
  });

  it('restarts a unit that died, not one that was stopped', async () => {
    const machine = boot();
    machine.units.define({
      name: 'svc',
      description: 'A service',
      program: forever,
      argv: ['svc'],
      restart: 'always',
      restartSeconds: 10,
    });
    machine.boot(false);
    await simulation.runUntil(simulation.now + 1);
    machine.units.get('svc')?.process?.kill('SIGKILL');
    expect(machine.units.get('svc')?.active).toBe('activating');
    await simulation.runUntil(simulation.now + 10_001);
    expect(machine.units.get('svc')?.active).toBe('active');
    machine.units.stop('svc');
    await simulation.runUntil(simulation.now + 60_000);
    expect(machine.units.get('svc')?.active).toBe('inactive');
    expect(() => machine.units.start('none')).toThrow('Unit none.service could not be found.');
  });

  describe('units', () => {
    const FOLDER = '/usr/lib/systemd/system';
    let machine: SimulatedMachine;
    let started: (readonly string[])[];
    const messages = (): readonly string[] => machine.units.journal('svc').map(({ message }) => message);

    beforeEach(async () => {
      machine = boot();
      started = [];
      machine.units.define({
        name: 'svc',
        description: 'A service',
        program: (process) => {
          started.push(process.argv);
          return process.argv.includes('--bad') ? Promise.resolve(1) : forever(process);
        },
        argv: ['svc'],
        restart: 'always',
        restartSeconds: 10,
        files: {
          [`${FOLDER}/svc.service`]:
            '[Unit]\nDescription=A service\n[Service]\nExecStart=/usr/bin/svc\nRestart=always\nRestartSec=10\n',
          [`${FOLDER}/svc.service.d/10-args.conf`]:
            '[Service]\nEnvironment="A=--one --two" B=x\nEnvironmentFile=-/etc/default/svc\nExecStart=\nExecStart=/usr/bin/svc $A --b=${B} $EXTRA\n',
        },
      });
      machine.boot(false);
      await simulation.runUntil(simulation.now + 1);
    });

    it('run what their files and drop-ins say, once these are loaded', async () => {
      machine.files.write('/etc/default/svc', '# more\nEXTRA="--three"\n');
      machine.units.restart('svc');
      await simulation.runUntil(simulation.now + 1);
      machine.files.write(
        '/etc/systemd/system/svc.service.d/10-args.conf',
        '[Service]\nExecStart=\nExecStart=/usr/bin/svc --mine\n',
      );
      expect(machine.units.get('svc')?.changedOnDisk).toBe(true);
      machine.units.restart('svc');
      await simulation.runUntil(simulation.now + 1);
      machine.units.reload();
      expect(machine.units.get('svc')?.changedOnDisk).toBe(false);
      machine.units.restart('svc');
      await simulation.runUntil(simulation.now + 1);
      expect(started).toEqual([
        ['/usr/bin/svc', '--one', '--two', '--b=x'],
        ['/usr/bin/svc', '--one', '--two', '--b=x', '--three'],
        ['/usr/bin/svc', '--one', '--two', '--b=x', '--three'],
        ['/usr/bin/svc', '--mine'],
      ]);
    });

    it('fail and come back in systemd’s words', async () => {
      machine.files.write('/etc/default/svc', 'EXTRA=--bad\n');
      machine.units.restart('svc');
      await simulation.runUntil(simulation.now + 10_002);
      expect(messages()).toEqual([
        'Started svc.service - A service.',
        'Stopping svc.service - A service...',
        'svc.service: Deactivated successfully.',
        'Stopped svc.service - A service.',
        'Started svc.service - A service.',
        'svc.service: Main process exited, code=exited, status=1/FAILURE',
        "svc.service: Failed with result 'exit-code'.",
        'svc.service: Scheduled restart job, restart counter is at 1.',
        'Started svc.service - A service.',
        'svc.service: Main process exited, code=exited, status=1/FAILURE',
        "svc.service: Failed with result 'exit-code'.",
      ]);
      expect(machine.units.get('svc')).toMatchObject({ active: 'activating', result: 'exit-code' });
    });

    it('that are masked do not start, and what cannot be executed is told', async () => {
      machine.units.mask('svc', true);
      expect(machine.files.readLink('/etc/systemd/system/svc.service')).toBe('/dev/null');
      machine.units.stop('svc');
      expect(() => machine.units.start('svc')).toThrow('Unit svc.service is masked.');
      machine.units.mask('svc', false);
      machine.files.write('/etc/systemd/system/svc.service', '[Service]\nExecStart=/opt/nothing\n');
      machine.files.remove(`${FOLDER}/svc.service.d/10-args.conf`);
      machine.units.reload();
      machine.units.start('svc');
      await simulation.runUntil(simulation.now + 1);
      expect(messages().slice(-3)).toEqual([
        'svc.service: Failed at step EXEC spawning /opt/nothing: No such file or directory',
        'svc.service: Main process exited, code=exited, status=203/EXEC',
        "svc.service: Failed with result 'exit-code'.",
      ]);
      expect(machine.units.get('svc')?.active).toBe('failed');
    });

    it('come and go with their package; one that somebody wrote finds no program without it', async () => {
      const file = `${FOLDER}/extra.service`;
      let installed = false;
      machine.units.define({
        name: 'extra',
        description: 'Extra',
        program: forever,
        argv: ['/opt/extra', '--yes'],
        restart: 'no',
        restartSeconds: 1,
        isInstalled: () => installed,
      });
      const seen = (): unknown => [machine.files.exists(file), machine.units.get('extra')?.active];
      expect(seen()).toEqual([false, undefined]);
      expect(() => machine.units.start('extra')).toThrow('Unit extra.service could not be found.');
      installed = true;
      machine.units.reload();
      machine.units.start('extra');
      expect(seen()).toEqual([true, 'active']);
      expect(machine.units.get('extra')?.process?.argv).toEqual(['/opt/extra', '--yes']);
      machine.units.stop('extra');
      installed = false;
      machine.units.reload();
      expect(seen()).toEqual([false, undefined]);
      machine.files.write('/etc/systemd/system/extra.service', '[Service]\nExecStart=/opt/extra\n');
      machine.units.reload();
      machine.units.start('extra');
      await simulation.runUntil(simulation.now + 1);
      expect(machine.units.get('extra')?.last?.status).toBe('203/EXEC');
    });
  });

  it('keeps files and the wish to run over a restart of the app, and powers off everything at once', async () => {
    const kept = new Map<string, unknown>();
    const store: MachineStore = {
      load: () => [...kept],
      set: (key, value) => void kept.set(key, value),
      delete: (key) => void kept.delete(key),
    };
    const unit = {
      name: 'svc',
      description: 'A service',
      program: forever,
      argv: ['svc'],
      restart: 'always',
      restartSeconds: 1,
    } as const;
    const first = boot(store);
    first.units.define(unit);
    first.boot(false);
    first.files.write('/etc/x/a.yaml', 'a');
    first.units.stop('svc');

    const second = boot(store);
    second.units.define(unit);
    second.boot(true);
    expect(second.units.get('svc')?.active).toBe('inactive');
    expect(second.files.list('/etc/x')).toEqual(['a.yaml']);
    expect(second.files.read('/etc/x/../x/a.yaml')).toBe('a');
    second.powerOff();
    expect(() => second.spawn({ name: 'p', program: forever })).toThrow('node is powered off');
    second.powerOn();
    expect(second.units.get('svc')?.active).toBe('active');
  });

  it('tells watchers of a folder about changes below it, and errs on what is not there', async () => {
    const machine = boot();
    const seen: string[] = [];
    machine.spawn({
      name: 'watcher',
      program: (process) => {
        process.files.watch('/etc/kubernetes', (path) => void seen.push(path));
        return new Promise(() => undefined);
      },
    });
    await simulation.runUntil(simulation.now + 1);
    machine.files.write('/etc/kubernetes/a', '1');
    machine.files.write('/etc/other', '1');
    machine.files.rename('/etc/kubernetes/a', '/tmp/a');
    await simulation.runUntil(simulation.now + 1);
    expect(seen).toEqual(['/etc/kubernetes/a', '/etc/kubernetes/a']);
    expect(() => machine.files.read('/nope')).toThrow('open /nope: no such file or directory');
  });

  it('has a folder as long as something is in it, also after a restart', () => {
    const kept = new Map<string, unknown>();
    const store: MachineStore = {
      load: () => kept,
      set: (key, value) => void kept.set(key, value),
      delete: (key) => void kept.delete(key),
    };
    const { files } = boot(store);
    files.write('/a/b/one', '1');
    files.write('/a/b/one', '2');
    files.write('/a/two', '2');
    expect(['/', '/a', '/a/b/', '/a/b/one', '/a/b/one/x', '/b'].map((path) => files.exists(path))).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    files.rename('/a/b/one', '/c/one');
    expect(['/a', '/a/b', '/c'].map((path) => files.exists(path))).toEqual([true, false, true]);
    const again = boot(store).files;
    again.remove('/a');
    expect(['/', '/a', '/a/two', '/c'].map((path) => again.exists(path))).toEqual([true, false, false, true]);
    again.remove('/c/one');
    expect(again.exists('/c')).toBe(false);
    expect(again.list('/')).toEqual([
      'etc/',
      'home/',
      'mnt/',
      'opt/',
      'root/',
      'srv/',
      'tmp/',
      'usr/',
      'var/',
    ]);
  });

  it('keeps folders that were made, and what is in memory only until the power goes', () => {
    const kept = new Map<string, unknown>();
    const store: MachineStore = {
      load: () => kept,
      set: (key, value) => void kept.set(key, value),
      delete: (key) => void kept.delete(key),
    };
    const machine = boot(store);
    const { files } = machine;
    files.makeFolder('/data/empty');
    files.makeFolder('/data/cache', 'memory');
    files.write('/data/cache/a', '1');
    let made = 0;
    files.provide('/run/token', () => `token ${String((made += 1))}`);
    expect(made).toBe(0);
    expect([files.exists('/run/token'), files.list('/run'), files.isFolder('/run/token')]).toEqual([
      true,
      ['token'],
      false,
    ]);
    expect([files.read('/run/token'), files.read('/run/token')]).toEqual(['token 1', 'token 1']);
    expect(() => files.makeFolder('/run/token')).toThrow('mkdir /run/token: file exists');
    expect([...kept.keys()].some((key) => key.includes('token'))).toBe(false);
    machine.powerOff();
    expect(files.list('/data')).toEqual(['empty/']);
    expect([files.exists('/run/token'), files.isFolder('/run')]).toEqual([false, false]);
    expect(boot(store).files.list('/data')).toEqual(['empty/']);
    files.remove('/data/empty');
    expect(files.exists('/data')).toBe(false);
  });
});
