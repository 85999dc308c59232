import { describe, expect, it } from 'vitest';
import { newTestSimulation } from '../base/simulation.testing.ts';
import { ManualTime } from './manual-time.testing.ts';
import { Pacer } from './pacer.ts';

function setUp(
  speed = 1,
  paused = false,
): {
  time: ManualTime;
  pacer: Pacer;
  ticks: number[];
  commits: () => number;
  failures: unknown[];
  start: number;
  simulation: ReturnType<typeof newTestSimulation>;
} {
  const simulation = newTestSimulation();
  const start = simulation.now;
  const time = new ManualTime();
  const ticks: number[] = [];
  let commits = 0;
  const failures: unknown[] = [];
  const context = simulation.createContext('test');
  context.clock.setInterval(() => ticks.push(simulation.now - start), 100);
  const pacer = new Pacer({
    simulation,
    time,
    speed,
    paused,
    commit: () => void (commits += 1),
    onFailure: (error) => void failures.push(error),
  });
  return { time, pacer, ticks, commits: () => commits, failures, start, simulation };
}

describe('Pacer', () => {
  it('keeps virtual time in step with real time, at any speed', async () => {
    const { time, pacer, ticks, commits } = setUp(2);
    pacer.start();
    await time.advance(110);
    expect(ticks).toEqual([100, 200]);
    expect(commits()).toBeGreaterThan(0);
    pacer.set({ speed: 10 });
    await time.advance(50);
    expect(ticks.length).toBeGreaterThanOrEqual(7);
    await pacer.stop();
    expect(time.pending).toBe(0);
  });

  it('stands still while paused and goes on where it was', async () => {
    const { time, pacer, ticks } = setUp();
    pacer.start();
    await time.advance(150);
    pacer.set({ paused: true });
    await time.advance(1000);
    expect(ticks).toEqual([100]);
    pacer.set({ paused: false });
    await time.advance(80);
    expect(ticks).toEqual([100, 200]);
    pacer.dispose();
  });

  it('steps turn by turn until it is enough, then stays paused', async () => {
    const { time, pacer, ticks } = setUp();
    pacer.start();
    let finished = false;
    void pacer.stepUntil(() => ticks.length === 3, 10_000).then(() => (finished = true));
    await time.advance(5);
    expect([ticks, finished, pacer.paused]).toEqual([[100, 200, 300], true, true]);
    await time.advance(500);
    expect(ticks).toHaveLength(3);
    pacer.dispose();
  });

  it('hurries while somebody outside waits, and pays back what it gained', async () => {
    const { time, pacer, simulation, start } = setUp();
    pacer.start();
    await time.advance(10);
    const answered: number[] = [];
    const hurry = pacer.hurry();
    pacer.inject(() => {
      simulation.createContext('call').clock.setTimeout(() => {
        answered.push(time.now());
        hurry.dispose();
      }, 15);
    });
    await time.advance(3);
    expect(answered).toEqual([10]);
    expect(simulation.now - start).toBeGreaterThanOrEqual(25);
    await pacer.stop();
  });

  it('does not hurry further than a short wait, and not at all once nobody waits', async () => {
    const { time, pacer, ticks, simulation, start } = setUp();
    pacer.start();
    await time.advance(10);
    // The next event is at 100: too far to be what the caller waits for.
    const hurry = pacer.hurry();
    pacer.inject(() => undefined);
    await time.advance(30);
    expect(ticks).toEqual([]);
    hurry.dispose();
    hurry.dispose();
    pacer.inject(() => undefined);
    await time.advance(20);
    expect(simulation.now - start).toBeLessThan(65);
    await pacer.stop();
  });

  it('gives a step up at its limit', async () => {
    const { time, pacer, ticks } = setUp(1, true);
    pacer.start();
    let finished = false;
    void pacer.stepUntil(() => false, 250).then(() => (finished = true));
    await time.advance(5);
    expect([ticks, finished]).toEqual([[100, 200], true]);
    pacer.dispose();
  });

  it('reports a failure and stands still', async () => {
    const { time, pacer, failures, simulation, ticks } = setUp();
    simulation.schedule(simulation.now + 10, () => {
      throw new Error('broken');
    });
    pacer.start();
    await time.advance(300);
    expect(failures).toEqual([new Error('broken')]);
    expect(ticks).toEqual([]);
  });
});
