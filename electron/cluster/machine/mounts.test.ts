import { beforeEach, describe, expect, it } from 'vitest';
import { newTestSimulation } from '../../base/simulation.testing.ts';
import { SimulatedNetwork } from '../network/network.ts';
import type { DiskFiles } from './disk-mounts.ts';
import type { FileSystem } from './interface.ts';
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
  disk: 64 * 1024 ** 3,
  isNode: true,
} as const;

let disk: FileSystem;
let attached: boolean;

function boot(store: MachineStore = volatileStore()): SimulatedMachine {
  const simulation = newTestSimulation();
  const devices = (device: string): DiskFiles | undefined =>
    attached && device === '/dev/sdb' ? { files: disk, root: '/disk' } : undefined;
  return new SimulatedMachine(SPEC, simulation, new SimulatedNetwork(simulation), store, devices);
}

beforeEach(() => {
  const simulation = newTestSimulation();
  disk = new SimulatedMachine(SPEC, simulation, new SimulatedNetwork(simulation), volatileStore()).files;
  disk.makeFolder('/disk');
  attached = true;
});

describe('a mounted disk', () => {
  it('is seen in its folder, and no more when it is unmounted', () => {
    const { files } = boot();
    files.mount('/dev/sdb', '/mnt/data');
    files.write('/mnt/data/a/b', 'text');
    expect(disk.read('/disk/a/b')).toBe('text');
    expect(files.list('/mnt/data')).toEqual(['a/']);
    expect([files.isFolder('/mnt/data/a'), files.exists('/mnt/data/c')]).toEqual([true, false]);
    expect(files.mounts()).toEqual([{ device: '/dev/sdb', folder: '/mnt/data' }]);
    files.unmount('/mnt/data');
    expect([files.list('/mnt/data'), files.exists('/mnt/data/a/b')]).toEqual([[], false]);
    expect(disk.read('/disk/a/b')).toBe('text');
  });

  it('shows the same in two folders, and nothing is moved from disk to disk', () => {
    const { files } = boot();
    files.mount('/dev/sdb', '/one');
    files.mount('/dev/sdb', '/two');
    files.write('/one/x', 'here');
    expect(files.read('/two/x')).toBe('here');
    files.rename('/two/x', '/two/y');
    expect([files.exists('/one/x'), files.read('/one/y')]).toEqual([false, 'here']);
    expect(() => files.rename('/two/y', '/tmp/y')).toThrow('rename /two/y: invalid cross-device link');
  });

  it('cannot be removed under its mount, nor a folder above it', () => {
    const { files } = boot();
    files.mount('/dev/sdb', '/mnt/data');
    expect(() => files.remove('/mnt')).toThrow('remove /mnt/data: device or resource busy');
    expect(() => files.mount('/dev/sdc', '/x')).toThrow('mount: /x: special device /dev/sdc does not exist.');
    expect(() => files.unmount('/x')).toThrow('umount: /x: not mounted.');
  });

  it('gives errors when it is taken away', () => {
    const { files } = boot();
    files.mount('/dev/sdb', '/mnt/data');
    files.write('/mnt/data/x', '1');
    attached = false;
    expect(() => files.read('/mnt/data/x')).toThrow('open /mnt/data/x: input/output error');
    expect(files.list('/mnt/data')).toEqual([]);
  });

  it('stays mounted when the machine was frozen, not over a loss of power', () => {
    const kept = new Map<string, unknown>();
    const store: MachineStore = {
      load: () => [...kept],
      set: (key, value) => void kept.set(key, value),
      delete: (key) => void kept.delete(key),
    };
    boot(store).files.mount('/dev/sdb', '/mnt/data');
    const later = boot(store);
    expect(later.files.mounts()).toHaveLength(1);
    later.powerOff();
    expect(later.files.mounts()).toEqual([]);
  });
});
