import { CausalLog } from './causal-log.ts';
import { SeededRand } from './rand.ts';
import { Simulation } from './simulation.ts';

/** A simulation for tests: seed 1, 2026-01-05 09:00 UTC, turns settled by `setImmediate`. */
export function newTestSimulation(seed: number | string = 1): Simulation {
  return new Simulation({
    startTime: Date.UTC(2026, 0, 5, 9),
    rand: new SeededRand(seed),
    log: new CausalLog(100_000),
    settle: (then) => void setImmediate(then),
  });
}
