import { describe, expect, it } from 'vitest';
import { sameJson } from './same-json.ts';

describe('sameJson', () => {
  it.each<[string, unknown, unknown]>([
    ['another order of fields', { a: 1, b: [{ c: 'x', d: true }] }, { b: [{ d: true, c: 'x' }], a: 1 }],
    ['absent, undefined and null', { a: 1, b: undefined, c: null }, { a: 1 }],
    ['null and undefined', null, undefined],
    ['nothing inside a list', [null], [undefined]],
  ])('holds for %s', (_, a, b) => {
    expect(sameJson(a, b)).toBe(true);
    expect(sameJson(b, a)).toBe(true);
  });

  it.each<[string, unknown, unknown]>([
    ['another value', { a: 1 }, { a: 2 }],
    ['a field more', { a: 1 }, { a: 1, b: false }],
    ['another order of a list', [1, 2], [2, 1]],
    ['a longer list', [1], [1, null]],
    ['an empty list and an empty object', [], {}],
    ['an empty object and nothing', {}, null],
    ['text and number', '1', 1],
  ])('refuses %s', (_, a, b) => {
    expect(sameJson(a, b)).toBe(false);
    expect(sameJson(b, a)).toBe(false);
  });
});
