import { CausalLog } from '../../base/causal-log.ts';
import { SeededRand } from '../../base/rand.ts';
import { Simulation } from '../../base/simulation.ts';

export const START = Date.UTC(2026, 0, 1);

/** A simulation for tests: begins 2026-01-01, seed 1. */
export function testSimulation(): Simulation {
  return new Simulation({
    startTime: START,
    rand: new SeededRand(1),
    log: new CausalLog(10_000),
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  });
}
