import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compareKeys } from './key-order.ts';
import { readYaml, YamlError } from './read.ts';
import { writeYaml } from './write.ts';

function load<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./${name}`, import.meta.url), 'utf8')) as T;
}

const written = load<{ data: Record<string, string>; yaml: string }>('recorded.json');

test('quotes, folds and breaks texts as kubectl does', () => {
  const object = {
    apiVersion: 'v1',
    data: written.data,
    kind: 'ConfigMap',
    metadata: { creationTimestamp: null, name: 'x' },
  };
  expect(writeYaml(object)).toBe(written.yaml);
});

test('reads back what it wrote', () => {
  expect(readYaml(written.yaml)).toMatchObject({ data: written.data });
});

test('numbers in keys are ordered by value, letters come last', () => {
  expect(['b', 'a10', 'a2', '10', '9', 'A', '_'].sort(compareKeys)).toEqual([
    '_',
    '9',
    '10',
    'A',
    'a2',
    'a10',
    'b',
  ]);
});

test('plain scalars mean what they mean in YAML 1.1', () => {
  expect(
    readYaml('a: on\nb: 017\nc: 0x1f\nd: 1_000\ne: 12:30\nf: 2020-01-01\ng: ~\nh: "on"\ni: 1e3\nj: .5\n1: x'),
  ).toEqual({
    a: true,
    b: 15,
    c: 31,
    d: 1000,
    e: '12:30',
    f: '2020-01-01',
    g: null,
    h: 'on',
    i: 1000,
    j: 0.5,
    '1': 'x',
  });
});

test('anchors, merges and doubled keys', () => {
  expect(readYaml('a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}\nc: 1\nc: 2')).toEqual({
    a: { p: 1, q: 2 },
    b: { q: 3, p: 1 },
    c: 2,
  });
});

test('a document that grows without end is refused', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
    .split('')
    .map(
      (name, i) =>
        `${name}: &${name} [${Array(9)
          .fill(`*${'abcdefghi'[i] ?? ''}`)
          .join(',')}]`,
    )
    .join('\n')}`;
  expect(() => readYaml(bomb)).toThrow('excessive aliasing');
});

test.each(
  load<{ text: string; error: string }[]>('recorded-errors.json').map((each) => [each.text, each.error]),
)('%j is refused', (text, error) => {
  expect(() => readYaml(text)).toThrow(YamlError);
  expect(() => readYaml(text)).toThrow(error);
});
