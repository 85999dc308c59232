import { describe, expect, it } from 'vitest';
import { newTestSimulation } from './simulation.testing.ts';

describe('Simulation', () => {
  it('runs events by time, ties in the order of scheduling', async () => {
    const simulation = newTestSimulation();
    const seen: string[] = [];
    const start = simulation.now;
    simulation.schedule(start + 5, () => seen.push('late'));
    simulation.schedule(start + 1, () => seen.push('first'));
    simulation.schedule(start + 1, () => seen.push('second'));
    await simulation.runUntil(start + 4);
    expect(seen).toEqual(['first', 'second']);
    expect(simulation.now).toBe(start + 4);
    await simulation.runUntil(start + 10);
    expect(seen).toEqual(['first', 'second', 'late']);
  });

  it('runs all continuations of a turn before the next event', async () => {
    const simulation = newTestSimulation();
    const seen: string[] = [];
    const chain = async (): Promise<void> => {
      for (let index = 0; index < 20; index += 1) await Promise.resolve();
      seen.push('continuation');
    };
    simulation.schedule(simulation.now, () => void chain());
    simulation.schedule(simulation.now, () => seen.push('next'));
    await simulation.runUntil(simulation.now);
    expect(seen).toEqual(['continuation', 'next']);
  });

  it('hands the cause from a record to what it schedules, and none to a periodic timer', async () => {
    const simulation = newTestSimulation();
    const context = simulation.createContext('cp-1/test');
    const causes: number[] = [];
    let input = 0;
    simulation.input('learner', 'click', {}, () => {
      input = context.tracer.cause;
      context.clock.setTimeout(() => causes.push(context.tracer.cause), 10);
    });
    const ticking = context.clock.setInterval(() => causes.push(context.tracer.cause), 7);
    await simulation.runUntil(simulation.now + 10);
    ticking.dispose();
    expect(input).toBeGreaterThan(0);
    expect(causes).toEqual([0, input]);
  });

  it('cancels what an ended context had scheduled: its sleepers never wake', async () => {
    const simulation = newTestSimulation();
    const context = simulation.createContext('cp-1/test');
    let woke = false;
    void context.clock.sleep(5).then(() => {
      woke = true;
    });
    context.end('killed');
    await simulation.runUntil(simulation.now + 10);
    expect(woke).toBe(false);
    expect(context.signal.aborted).toBe(true);
    expect(simulation.nextEventTime).toBeUndefined();
  });

  it('lets go of what an ended context had scheduled long before its time', () => {
    const simulation = newTestSimulation();
    const [ended, alive] = ['cp-1/ended', 'cp-1/alive'].map((actor) => simulation.createContext(actor));
    for (const context of [ended, alive]) context?.clock.setTimeout(() => undefined, 365 * 24 * 3_600_000);
    expect(simulation.scheduledCount).toBe(2);
    ended?.end('killed');
    expect(simulation.scheduledCount).toBe(1);
    expect([ended?.pending.size, alive?.pending.size]).toEqual([0, 1]);
  });

  it('tells the owner of a handler that throws, and rethrows when nobody owns it', async () => {
    const simulation = newTestSimulation();
    const errors: unknown[] = [];
    const context = simulation.createContext('cp-1/test', (error) => errors.push(error));
    context.clock.setTimeout(() => {
      throw new Error('owned');
    }, 1);
    await simulation.runUntil(simulation.now + 2);
    expect(errors).toEqual([new Error('owned')]);
    simulation.schedule(simulation.now, () => {
      throw new Error('nobody');
    });
    await expect(simulation.step()).rejects.toThrow('nobody');
  });

  it('runs what is left in order after thousands were cancelled, some of them twice or too late', async () => {
    const simulation = newTestSimulation();
    const ran: number[] = [];
    const timers = Array.from({ length: 5_000 }, (_, index) =>
      simulation.schedule(simulation.now + ((index * 7919) % 5_000), () => ran.push((index * 7919) % 5_000)),
    );
    timers.forEach((timer, index) => {
      if ((index * 7919) % 5_000 < 4_900) timer.dispose();
      if (index % 3 === 0 && (index * 7919) % 5_000 < 4_900) timer.dispose();
    });
    await simulation.runUntil(simulation.now + 5_000);
    expect(ran).toEqual(Array.from({ length: 100 }, (_, index) => 4_900 + index));
    for (const timer of timers) timer.dispose();
    expect(simulation.nextEventTime).toBeUndefined();
  });

  it('refuses to be stepped from inside a turn', async () => {
    const simulation = newTestSimulation();
    let failure: unknown;
    simulation.schedule(simulation.now, () => {
      simulation.step().catch((error: unknown) => {
        failure = error;
      });
    });
    await simulation.step();
    expect(failure).toEqual(new Error('Simulation.step is not reentrant'));
  });
});
