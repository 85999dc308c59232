import { expect } from 'vitest';
import type { Answer } from './raw-api-client.ts';

/** What a refused request looks like: a Status of a 4xx, nothing of our insides in it. */
export function expectRefused(answer: Answer, what: string): void {
  if (answer.status === 0) return;
  expect(answer.status, `${what}\n${answer.body.slice(0, 400)}`).toBeGreaterThanOrEqual(400);
  expect(answer.status, `${what}\n${answer.body.slice(0, 400)}`).toBeLessThan(500);
  expectNoInsides(answer, what);
}

/** Refused or taken, never a fault of the server. */
export function expectNoFault(answer: Answer, what: string): void {
  expect(answer.status, `${what}\n${answer.body.slice(0, 400)}`).toBeLessThan(500);
  expectNoInsides(answer, what);
}

function expectNoInsides(answer: Answer, what: string): void {
  expect(answer.body, what).not.toMatch(
    /\bat \S+ \(|\.ts:\d+|\.mjs:\d+|TypeError|RangeError|is not a function/,
  );
}
