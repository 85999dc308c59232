import { describe, expect, it } from 'vitest';
import { newTestSimulation } from '../../../base/simulation.testing.ts';
import type { AutoCompaction } from './auto-compactor.ts';
import { AutoCompactor } from './auto-compactor.ts';

const MINUTE = 60_000;

function setUp(settings: AutoCompaction): {
  compactor: AutoCompactor;
  host: { revision: number };
  compacted: number[];
  refuse: (yes: boolean) => void;
  minutes: (count: number) => Promise<void>;
} {
  const simulation = newTestSimulation();
  const compacted: number[] = [];
  let refusing = false;
  const host = {
    revision: 1,
    compact: (revision: number, done: (accepted: boolean) => void): void => {
      compacted.push(revision);
      done(!refusing);
    },
  };
  const compactor = new AutoCompactor(simulation.createContext('cp-1/etcd').clock, host, settings);
  compactor.paused = false;
  return {
    compactor,
    host,
    compacted,
    refuse: (yes) => void (refusing = yes),
    minutes: (count) => simulation.runUntil(simulation.now + count * MINUTE),
  };
}

describe('AutoCompactor', () => {
  it('by revision: every five minutes, keeps so many', async () => {
    const { host, compacted, minutes } = setUp({ mode: 'revision', retention: 100 });
    host.revision = 90;
    await minutes(5);
    expect(compacted).toEqual([]);
    host.revision = 150;
    await minutes(5);
    await minutes(5);
    expect(compacted).toEqual([50]);
    host.revision = 151;
    await minutes(5);
    expect(compacted).toEqual([50, 51]);
  });

  it('by time: what was there before the retention, each time it has passed', async () => {
    const { host, compacted, minutes } = setUp({ mode: 'periodic', retention: 10 * MINUTE });
    for (let minute = 1; minute <= 9; minute += 1) {
      host.revision = minute * 10;
      await minutes(1);
    }
    expect(compacted).toEqual([]);
    await minutes(1);
    expect(compacted).toEqual([1]);
    host.revision = 500;
    await minutes(10);
    expect(compacted).toEqual([1, 90]);
  });

  it('leaves it to the leader, and begins when it becomes that', async () => {
    const { compactor, host, compacted, minutes } = setUp({ mode: 'revision', retention: 10 });
    compactor.paused = true;
    host.revision = 100;
    await minutes(20);
    expect(compacted).toEqual([]);
    compactor.paused = false;
    await minutes(5);
    expect(compacted).toEqual([90]);
  });

  it('tries again what was refused, and nothing once it is disposed of', async () => {
    const { compactor, host, compacted, refuse, minutes } = setUp({ mode: 'revision', retention: 10 });
    host.revision = 100;
    refuse(true);
    await minutes(10);
    expect(compacted).toEqual([90, 90]);
    refuse(false);
    await minutes(10);
    expect(compacted).toEqual([90, 90, 90]);
    host.revision = 200;
    compactor.dispose();
    await minutes(10);
    expect(compacted).toHaveLength(3);
  });
});
