import { describe, expect, it } from 'vitest';
import { newTestSimulation } from '../../../base/simulation.testing.ts';
import { LeaderWatch } from './leader-watch.ts';

function setUp(): { watch: LeaderWatch; run: (ms: number) => Promise<void> } {
  const simulation = newTestSimulation();
  const watch = new LeaderWatch(simulation.createContext('cp-1/etcd').clock, 1000);
  return { watch, run: (ms) => simulation.runUntil(simulation.now + ms) };
}

describe('LeaderWatch', () => {
  it('tells after three election timeouts without a leader, once', async () => {
    const { watch, run } = setUp();
    let told = 0;
    watch.onLost(() => (told += 1));
    watch.leaderChanged(false);
    await run(2999);
    // Said again: the time goes on from the first.
    watch.leaderChanged(false);
    expect(told).toBe(0);
    await run(1);
    expect(told).toBe(1);
    watch.leaderChanged(false);
    await run(5000);
    expect(told).toBe(1);
  });

  it('does not tell when a leader comes in time, nor who is not interested any more', async () => {
    const { watch, run } = setUp();
    let told = 0;
    const other = watch.onLost(() => (told += 10));
    watch.onLost(() => (told += 1));
    watch.leaderChanged(false);
    await run(2500);
    watch.leaderChanged(true);
    await run(5000);
    expect(told).toBe(0);
    other.dispose();
    watch.leaderChanged(false);
    await run(3000);
    expect(told).toBe(1);
  });
});
