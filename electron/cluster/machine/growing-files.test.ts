import { beforeEach, describe, expect, it } from 'vitest';
import { newTestSimulation } from '../../base/simulation.testing.ts';
import { SimulatedNetwork } from '../network/network.ts';
import type { MachineStore } from './local-state.ts';
import { SimulatedMachine } from './machine.ts';

const SPEC = {
  name: 'node',
  ip: '10.0.0.1',
  role: 'worker',
  os: 'linux',
  cpus: 2,
  memory: 1,
  disk: 4 * 1024 ** 3,
  isNode: true,
} as const;
const PATH = '/var/log/grows.log';

let store: MachineStore;
function boot(): SimulatedMachine {
  const simulation = newTestSimulation();
  return new SimulatedMachine(SPEC, simulation, new SimulatedNetwork(simulation), store);
}

let machine: SimulatedMachine;
beforeEach(() => {
  const kept = new Map<string, unknown>();
  store = {
    load: () => [...kept],
    set: (key, value) => void kept.set(key, value),
    delete: (key) => void kept.delete(key),
  };
  machine = boot();
});

/** `count` lines of ten bytes. */
function grow(count: number): void {
  for (let index = 0; index < count; index += 1)
    machine.files.append(PATH, `${String(index).padStart(9, '0')}\n`, 100);
}

describe('a file that grows', () => {
  it('keeps its last whole lines, and counts with all of them', () => {
    const before = machine.disk.used;
    grow(1_000);
    const text = machine.files.read(PATH);
    expect(text.length).toBeLessThanOrEqual(200);
    expect(text).toMatch(/^\d{9}\n/);
    expect(text.endsWith('000000999\n')).toBe(true);
    expect(machine.files.stat(PATH)).toMatchObject({ size: 10_000, elided: 10_000 - text.length });
    expect(machine.disk.used - before).toBe(10_000);
    expect(boot().disk.used).toBe(machine.disk.used);
  });

  it('keeps its size under another name, and gives it back when it is written anew or goes', () => {
    const before = machine.disk.used;
    grow(1_000);
    machine.files.rename(PATH, `${PATH}.1`);
    expect(machine.files.stat(`${PATH}.1`)?.size).toBe(10_000);
    expect(machine.disk.used - before).toBe(10_000);
    machine.files.write(`${PATH}.1`, 'new');
    expect(machine.files.stat(`${PATH}.1`)).toMatchObject({ size: 3 });
    expect(machine.disk.used - before).toBe(3);
    machine.files.remove(`${PATH}.1`);
    expect(machine.disk.used).toBe(before);
  });

  it('counts once under its new name when it has no content at all', () => {
    const before = machine.disk.used;
    machine.files.allocate(PATH, 1_000_000);
    machine.files.rename(PATH, `${PATH}.1`);
    expect(machine.disk.used - before).toBe(1_000_000);
    expect(machine.files.stat(`${PATH}.1`)?.size).toBe(1_000_000);
  });

  it('grows no more on a full disk', () => {
    grow(10);
    machine.files.allocate('/tmp/rest', machine.disk.available);
    expect(() => grow(1)).toThrow(`write ${PATH}: no space left on device`);
    expect(machine.files.stat(PATH)?.size).toBe(100);
  });
});
