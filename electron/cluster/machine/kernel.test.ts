import { describe, expect, it } from 'vitest';
import type { ControlGroup, MachineSpec } from './interface.ts';
import { SimulatedKernel } from './kernel.ts';

const MIB = 1024 * 1024;

/** What one container holds, in MiB. */
function newGroup(held: number): { held: number; ended: boolean; readonly group: ControlGroup } {
  const state = { held, ended: false };
  const group = {
    get memory() {
      return state.held * MIB;
    },
    oomScoreAdjust: 0,
    processes: 1,
    endForMemory: () => (state.ended = true),
  } as unknown as ControlGroup;
  return Object.assign(state, { group });
}

describe("a kernel's memory", () => {
  it('is that of the groups there are, as they were told of last', () => {
    const kernel = new SimulatedKernel({ memory: 4096 * MIB } as MachineSpec);
    const [web, db] = [newGroup(100), newGroup(0)];
    kernel.add('web', web.group);
    kernel.add('db', db.group);
    expect(kernel.memory.groups).toBe(100 * MIB);
    db.held = 50;
    kernel.memoryChanged('db');
    kernel.memoryChanged('gone');
    expect(kernel.memory.groups).toBe(150 * MIB);
    kernel.remove('web');
    kernel.remove('web');
    expect(kernel.memory.groups).toBe(50 * MIB);
    kernel.remove('db');
    expect(kernel.memory.groups).toBe(0);
  });

  it('ends the largest when it is not enough', () => {
    const kernel = new SimulatedKernel({ memory: 1024 * MIB } as MachineSpec);
    const [small, large] = [newGroup(100), newGroup(200)];
    kernel.add('small', small.group);
    kernel.add('large', large.group);
    large.held = 900;
    kernel.memoryChanged('large');
    expect([small.ended, large.ended]).toEqual([false, true]);
  });
});
