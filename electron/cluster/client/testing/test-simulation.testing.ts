import { CausalLog } from '../../../base/causal-log.ts';
import { SeededRand } from '../../../base/rand.ts';
import type { LogLine } from '../../../base/logger.ts';
import type { OwnedContext } from '../../../base/owned-context.ts';
import { Simulation } from '../../../base/simulation.ts';
import type { ComponentContext } from '../component-context.ts';

/** A simulation for tests: begins at 2026-01-01T00:00:00Z; work that fails is kept in `failures`. */
export class TestSimulation {
  readonly simulation: Simulation;
  readonly log = new CausalLog(100_000);
  readonly lines: LogLine[] = [];
  readonly failures: unknown[] = [];
  readonly startTime = Date.UTC(2026, 0, 1);

  constructor(seed: number | string = 1) {
    this.simulation = new Simulation({
      startTime: this.startTime,
      rand: new SeededRand(seed),
      log: this.log,
      settle: (then) => void setImmediate(then),
      onLogLine: (line) => void this.lines.push(line),
    });
  }

  component(actor: string): ComponentContext & Pick<OwnedContext, 'end'> {
    const context = this.simulation.createContext(actor, (error) => void this.failures.push(error));
    const { clock, rand, log, tracer } = context;
    return {
      clock,
      rand,
      log,
      tracer,
      get signal(): AbortSignal {
        return context.signal;
      },
      end: (reason) => context.end(reason),
      go: (work) => {
        work().catch((error: unknown) => void this.failures.push(error));
      },
    };
  }

  /** Milliseconds of virtual time. Throws what failed meanwhile. */
  async run(ms: number): Promise<void> {
    await this.simulation.runUntil(this.simulation.now + ms);
    if (this.failures.length > 0) throw this.failures[0];
  }

  /** Runs `work` inside the simulation and steps until it has finished. */
  async do<T>(work: () => Promise<T>, limit = 60_000): Promise<T> {
    let outcome: { value: T } | { error: unknown } | undefined;
    this.simulation.schedule(this.simulation.now, () => {
      work().then(
        (value) => (outcome = { value }),
        (error: unknown) => (outcome = { error }),
      );
    });
    const until = this.simulation.now + limit;
    while (outcome === undefined && (await this.simulation.step(until)));
    if (this.failures.length > 0) throw this.failures[0];
    if (outcome === undefined) throw new Error(`not finished after ${limit} ms of virtual time`);
    const done = outcome as { value: T } | { error: unknown };
    if ('error' in done) throw done.error;
    return done.value;
  }
}
