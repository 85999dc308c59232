import { describe, expect, test } from 'vitest';
import { SeededRand } from '../../base/rand.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { unifiedDiff } from './diff.ts';
import { ageOf, formatGoDuration, humanDuration, parseGoDuration } from './duration.ts';
import { parseApiVersion } from './gvk.ts';
import { scaledValue } from './int-or-string.ts';
import { JsonSyntaxError, parseJson } from './json.ts';
import { computeHash, fnv32a, generateName, randomSuffix, safeEncodeString } from './names.ts';
import { canonicalTime, formatMicroTime, formatTime, parseTime } from './time.ts';
import { YamlSyntaxError, parseYaml } from './yaml.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('durations', () => {
  test.each([
    [-5 * SECOND, '<invalid>'], [-SECOND, '0s'], [0, '0s'], [119 * SECOND, '119s'], [2 * MINUTE, '2m'],
    [5 * MINUTE + 3 * SECOND, '5m3s'], [10 * MINUTE + 3 * SECOND, '10m'], [179 * MINUTE, '179m'], [3 * HOUR, '3h'],
    [3 * HOUR + 5 * MINUTE, '3h5m'], [8 * HOUR + 5 * MINUTE, '8h'], [47 * HOUR, '47h'], [48 * HOUR, '2d'],
    [50 * HOUR, '2d2h'], [8 * DAY, '8d'], [729 * DAY, '729d'], [730 * DAY, '2y'], [800 * DAY, '2y70d'], [3000 * DAY, '8y'],
  ])('%d ms is %s', (milliseconds, text) => {
    expect(humanDuration(milliseconds)).toBe(text);
  }); // prettier-ignore

  test('ages', () => {
    const now = Date.parse('2026-01-01T00:01:30Z');
    expect(ageOf('2026-01-01T00:00:00Z', now)).toBe('90s');
    expect(ageOf(undefined, now)).toBe('<unknown>');
  });

  test('Go durations', () => {
    expect(parseGoDuration('1h2m3.5s')).toBe(3_723_500);
    expect(parseGoDuration('250ms')).toBe(250);
    expect(parseGoDuration('5')).toBeUndefined();
    expect(formatGoDuration(3_723_500)).toBe('1h2m3.5s');
    expect(formatGoDuration(250)).toBe('250ms');
  });
});

test('times', () => {
  const at = Date.parse('2026-11-23T22:00:00.123Z');
  expect(formatTime(at)).toBe('2026-11-23T22:00:00Z');
  expect(formatMicroTime(at)).toBe('2026-11-23T22:00:00.123000Z');
  expect(canonicalTime('2026-11-23T23:00:00.5+01:00')).toBe('2026-11-23T22:00:00Z');
  expect(parseTime('yesterday')).toBeUndefined();
});

describe('names', () => {
  test('suffixes use the safe alphabet', () => {
    const rand = new SeededRand(1);
    expect(randomSuffix(rand)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(generateName('x'.repeat(100), rand)).toHaveLength(63);
  });

  test('hashes', () => {
    expect(fnv32a('')).toBe(0x811c9dc5);
    expect(fnv32a('a')).toBe(0xe40c292c);
    expect(fnv32a('foobar')).toBe(0xbf9cf968);
    expect(safeEncodeString('0123456789')).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{10}$/);
    expect(computeHash({ a: 1, b: 2 })).toBe(computeHash({ b: 2, a: 1 }));
    expect(computeHash({ a: 1 })).not.toBe(computeHash({ a: 1 }, 1));
  });
});

test('group versions, scaled values, base64', () => {
  expect(parseApiVersion('apps/v1')).toEqual({ group: 'apps', version: 'v1' });
  expect(parseApiVersion('a/b/c')).toBeUndefined();
  expect(scaledValue('25%', 3, true)).toBe(1);
  expect(scaledValue('25%', 3, false)).toBe(0);
  expect(scaledValue('lots', 3, true)).toBeUndefined();
  expect(encodeBase64('olá')).toBe('b2zDoQ==');
  expect(new TextDecoder().decode(decodeBase64('b2zDoQ=='))).toBe('olá');
});

describe('JSON', () => {
  test.each([
    ['{not json', "invalid character 'n' looking for beginning of object key string"],
    ['', 'unexpected end of JSON input'],
    ['{"a":', 'unexpected end of JSON input'],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['[1 2]', "invalid character '2' after array element"],
    ['{"a":1 "b"', `invalid character '"' after object key:value pair`],
    ['nul', 'unexpected end of JSON input'],
    ['nulx', "invalid character 'x' in literal null (expecting 'l')"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['-', 'unexpected end of JSON input'],
    ['01', "invalid character '1' after top-level value"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['"\\q"', "invalid character 'q' in string escape code"],
    ['hello', "invalid character 'h' looking for beginning of value"],
    ['['.repeat(1001), 'exceeded max depth'],
  ])('%j', (text, message) => {
    expect(() => parseJson(text)).toThrow(new JsonSyntaxError(message));
  });

  test('agrees with the engine, and notes keys given twice', () => {
    const text = '{"a":[1,-2.5e3,true,null,"\\u00e1\\n"],"b":{"c":""},"a2":0}';
    expect(parseJson(text)).toEqual({ value: JSON.parse(text) as unknown, duplicates: undefined });
    const { value, duplicates } = parseJson('{"a":1,"a":2}');
    expect(value).toEqual({ a: 2 });
    expect(duplicates?.get(value as object)).toEqual(['a']);
  });

  test('a key named __proto__ is a key', () => {
    const { value } = parseJson('{"__proto__":{"polluted":true}}');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('YAML', () => {
  test('is YAML 1.1 as kubectl reads it', () => {
    expect(parseYaml('a: yes\nb: 017\nc: "on"\nd: 2001-01-01\ne: ~\n')).toEqual({
      a: true,
      b: 15,
      c: 'on',
      d: '2001-01-01',
      e: null,
    });
    expect(parseYaml('x: &a {k: v}\nw: {<<: *a, z: 1}\n')).toEqual({ x: { k: 'v' }, w: { k: 'v', z: 1 } });
  });

  test.each([
    [
      'apiVersion: v1\nkind: Pod\n  bad: indent\n',
      'yaml: line 2: mapping values are not allowed in this context',
    ],
    ['a: 1\na: 2\n', 'yaml: unmarshal errors:\n  line 2: key "a" already set in map'],
  ])('refuses %j', (text, message) => {
    expect(() => parseYaml(text)).toThrow(new YamlSyntaxError(message));
  });

  test('refuses alias bombs', () => {
    const lines = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe'].map((pair) => [pair[0], pair[1]])) {
      lines.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${of}`).join(',')}]`);
    }
    expect(() => parseYaml(lines.join('\n'))).toThrow('yaml: document contains excessive aliasing');
  });
});

test('unified diff', () => {
  const left = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
  const right = ['a', 'b', 'c', 'd', 'X', 'Y', 'f', 'g', 'h', 'i'];
  expect(unifiedDiff(left, right)).toBe('@@ -2,7 +2,8 @@\n b\n c\n d\n-e\n+X\n+Y\n f\n g\n h\n');
  expect(unifiedDiff(left, left)).toBe('');
});
