import { expect, test } from 'vitest';
import { describeFailure, runMany, runSchedule } from './run-schedule.testing.ts';
import { generateSchedule } from './schedule.testing.ts';

test('300 random schedules with faults: every property holds', { timeout: 120_000 }, () => {
  const totals = runMany(0, 300);
  console.log(`raft safety: ${JSON.stringify(totals)}`);
  expect(totals.schedules).toBe(300);
  // They are worth something: leaders fall, configurations change, clients get answers.
  expect(totals.leaders).toBeGreaterThan(1200);
  expect(totals.changes).toBeGreaterThan(900);
  expect(totals.operations).toBeGreaterThan(3000);
  expect(totals.stranded + totals.undecided).toBeLessThan(9);
});

test('the same seed is the same run', () => {
  const trace = (): readonly string[] =>
    runSchedule(generateSchedule(11), { neverSyncs: true, readsLocally: true }, true)?.trace ?? [];
  expect(trace().length).toBeGreaterThan(50);
  expect(trace()).toEqual(trace());
});

test('a failure is shown with its seed, a short schedule and what happened', () => {
  const mutation = { readsLocally: true };
  const seed = 0;
  const failure = runSchedule(generateSchedule(seed), mutation);
  if (failure === undefined) throw new Error('reads that ask nobody were not noticed');
  const text = describeFailure(seed, failure, mutation);
  expect(text).toMatch(/^seed 0: linearizability: key k[01]:\n\[\d+, \d+\] at \d: /);
  const [, kept] = /\n(\d+) of \d+ actions are enough:\n/.exec(text) ?? [];
  expect(Number(kept)).toBeLessThan(12);
  expect(text).toContain('\ntrace:\n');
  expect(text).toContain(' became leader at term ');
});
