import { expect, it } from 'vitest';
import { HostFailures } from './host-failures.ts';

it('tells once, after three hosts that ended as soon as they started', () => {
  let now = 0;
  const failures = new HostFailures(() => now);
  const life = (milliseconds: number, code: number): boolean => {
    failures.started();
    now += milliseconds;
    return failures.ended(code);
  };
  expect([life(100, 1), life(100, 1)]).toEqual([false, false]);
  // One that lived, or ended as it was asked to, starts the count again.
  expect([life(10_000, 9), life(100, 1), life(100, 0), life(100, 1), life(100, 1)]).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
  expect(failures.mayStart).toBe(true);
  expect(life(100, 1)).toBe(true);
  expect(failures.mayStart).toBe(false);
});
