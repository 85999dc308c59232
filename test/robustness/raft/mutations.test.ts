import { afterAll, expect, test } from 'vitest';
import { MUTATIONS } from './mutations.testing.ts';
import { runSchedule } from './run-schedule.testing.ts';
import { generateSchedule } from './schedule.testing.ts';

/** Without a bug these seeds, and thousands more, find nothing: safety.test.ts. */
const SEEDS = 300;
const table: string[] = [];

afterAll(() => console.log(['raft, bugs put in on purpose:', ...table].join('\n')));

test.each(Object.entries(MUTATIONS))('noticed: %s', { timeout: 60_000 }, (name, mutation) => {
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const failure = runSchedule(generateSchedule(seed), mutation);
    if (failure === undefined) continue;
    table.push(`  ${name}: schedule ${seed + 1}, ${failure.property}`);
    return;
  }
  expect.fail(`not noticed in ${SEEDS} schedules`);
});
