import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Json } from '../json.ts';
import { JsonPathTemplate, relaxedPath } from './template.ts';

interface Recorded {
  readonly object: Json;
  readonly cases: readonly { readonly template: string; readonly text?: string; readonly error?: string }[];
}

// What `kubectl config view -o jsonpath=…` (1.33.1) made of each template.
const recorded = JSON.parse(readFileSync(new URL('./recorded.json', import.meta.url), 'utf8')) as Recorded;

test.each(recorded.cases.map((each) => [each.template, each] as const))('%s', (template, each) => {
  const render = (): string => new JsonPathTemplate(template).render(recorded.object);
  if (each.error === undefined) expect(render()).toBe(each.text);
  else expect(render).toThrow(each.error);
});

test('fields that are not there are an error when they may not be missing', () => {
  expect(() => new JsonPathTemplate('{.a.b}').render({ a: {} }, { allowMissing: false })).toThrow(
    'b is not found',
  );
});

test('numbers and booleans compare by value, unlike types do not compare', () => {
  const object = {
    list: [
      { n: 1, on: true },
      { n: 3, on: false },
    ],
  };
  expect(new JsonPathTemplate('{.list[?(@.n>2)].n}').render(object)).toBe('3');
  expect(new JsonPathTemplate('{.list[?(@.on==true)].n}').render(object)).toBe('1');
  expect(() => new JsonPathTemplate('{.list[?(@.n=="1")].n}').render(object)).toThrow(
    'incompatible types for comparison',
  );
});

test('paths may leave out braces and the leading dot', () => {
  expect(['a.b', '.a.b', '{a.b}', '{.a.b}'].map(relaxedPath)).toEqual(Array(4).fill('{.a.b}'));
  expect(() => relaxedPath('{{a}}')).toThrow('unexpected path string');
});
