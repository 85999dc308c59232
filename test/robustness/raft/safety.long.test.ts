import { expect, test } from 'vitest';
import { runMany } from './run-schedule.testing.ts';

const SCHEDULES = 12_000;

test(`${SCHEDULES} random schedules with faults: every property holds`, { timeout: 1_800_000 }, () => {
  const totals = runMany(1_000, SCHEDULES);
  console.log(`raft safety: ${JSON.stringify(totals)}`);
  expect(totals.schedules).toBe(SCHEDULES);
  expect(totals.stranded + totals.undecided).toBeLessThan(SCHEDULES * 0.03);
});
