import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldSet } from './field-set.ts';
import {
  decodeFieldsV1,
  difference,
  EMPTY_SET,
  hasPath,
  intersection,
  isEmptySet,
  pathText,
  pathTexts,
  paths,
  recursiveDifference,
  sameSet,
  setOf,
  union,
} from './field-set.ts';

const STEPS = ['f:a', 'f:b', 'k:{"name":"x"}', 'k:{"port":80}', 'k:{"port":443}', 'v:1', 'v:"a"', 'i:2'];
const somePath = fc.array(fc.constantFrom(...STEPS), { minLength: 1, maxLength: 4 });
const someModel = fc.array(somePath, { maxLength: 12 });
/** The plain model: paths as texts. */
const model = (list: readonly (readonly string[])[]): Set<string> =>
  new Set(list.map((path) => path.join(' ')));
const asModel = (set: FieldSet): Set<string> => model(paths(set));
const sorted = (set: Set<string>): string[] => [...set].sort();

describe('a field set', () => {
  it('is FieldsV1 as it is written', () => {
    const set = setOf(['f:data'], ['f:data', 'f:a'], ['f:metadata', 'f:labels', 'f:x']);
    expect(JSON.stringify(set)).toBe('{"f:data":{".":{},"f:a":{}},"f:metadata":{"f:labels":{"f:x":{}}}}');
    expect(pathTexts(set)).toEqual(['.data', '.data.a', '.metadata.labels.x']);
    expect(hasPath(set, ['f:metadata'])).toBe(false);
  });

  it('has keys in the order of their values, whatever is in their texts, few or many', () => {
    const step = (name: string): string => `k:${JSON.stringify({ name })}`;
    const names = ['', 'a', 'a b', 'a"', 'a#', 'ab', 'b\\', 'bé'];
    const reversed = [...names].reverse().map((name) => [step(name)]);
    expect(Object.keys(setOf(...reversed))).toEqual(names.map(step));
    const ports = [
      'k:{"port":9,"protocol":"TCP"}',
      'k:{"port":80,"protocol":"TCP"}',
      'k:{"port":80,"protocol":"UDP"}',
    ];
    expect(Object.keys(setOf(...[...ports].reverse().map((port) => [port])))).toEqual(ports);
    const many = Array.from({ length: 100 }, (_, index) => `f:${String(index).padStart(3, '0')}`);
    const fields = Object.fromEntries([...many].reverse().map((field) => [field, {}]));
    expect(Object.keys(decodeFieldsV1(fields) ?? {})).toEqual(many);
  });

  it('keeps its steps in upstream’s order: fields, then keys by value, then values', () => {
    const set = setOf(['v:"a"'], ['k:{"port":443}'], ['k:{"port":80}'], ['f:z'], ['f:a'], ['v:3'], ['i:1']);
    expect(Object.keys(set)).toEqual([
      'f:a',
      'f:z',
      'k:{"port":80}',
      'k:{"port":443}',
      'v:3',
      'v:"a"',
      'i:1',
    ]);
  });

  it('writes paths as messages do', () => {
    expect(pathText(['f:spec', 'f:ports', 'k:{"containerPort":80,"protocol":"TCP"}', 'f:name'])).toBe(
      '.spec.ports[containerPort=80,protocol="TCP"].name',
    );
    expect(pathText(['f:finalizers', 'v:"kubernetes"'])).toBe('.finalizers[="kubernetes"]');
  });

  it('reads what clients send in any order and refuses what is none', () => {
    expect(
      JSON.stringify(decodeFieldsV1({ 'f:b': {}, 'k:{"b":1,"a":2}': { '.': {} }, 'f:a': { 'f:c': {} } })),
    ).toBe('{"f:a":{"f:c":{}},"f:b":{},"k:{\\"a\\":2,\\"b\\":1}":{}}');
    expect(decodeFieldsV1({ 'x:b': {} })).toBeUndefined();
    expect(decodeFieldsV1({ 'k:[1]': {} })).toBeUndefined();
    expect(decodeFieldsV1({ 'f:a': 1 })).toBeUndefined();
    expect(decodeFieldsV1([])).toBeUndefined();
  });

  it('does what plain sets of paths do', () => {
    fc.assert(
      fc.property(someModel, someModel, (left, right) => {
        const [a, b] = [setOf(...left), setOf(...right)];
        const [ma, mb] = [model(left), model(right)];
        expect(sorted(asModel(a))).toEqual(sorted(ma));
        expect(sorted(asModel(union(a, b)))).toEqual(sorted(new Set([...ma, ...mb])));
        expect(sorted(asModel(difference(a, b)))).toEqual([...ma].filter((path) => !mb.has(path)).sort());
        expect(sorted(asModel(intersection(a, b)))).toEqual([...ma].filter((path) => mb.has(path)).sort());
        const under = (path: string): boolean =>
          [...mb].some((other) => path === other || path.startsWith(`${other} `));
        expect(sorted(asModel(recursiveDifference(a, b)))).toEqual(
          [...ma].filter((path) => !under(path)).sort(),
        );
      }),
    );
  });

  it('survives the wire, and shares what does not change', () => {
    fc.assert(
      fc.property(someModel, (list) => {
        const set = setOf(...list);
        expect(sameSet(decodeFieldsV1(JSON.parse(JSON.stringify(set))) as FieldSet, set)).toBe(true);
        expect(JSON.stringify(decodeFieldsV1(set))).toBe(JSON.stringify(set));
        expect(union(set, set)).toBe(set);
        expect(union(set, EMPTY_SET)).toBe(set);
        expect(difference(set, setOf(['f:nosuch', 'f:a']))).toBe(set);
        expect(isEmptySet(difference(set, set))).toBe(true);
      }),
    );
  });

  it('tells different sets apart', () => {
    expect(sameSet(setOf(['f:a', 'f:b']), setOf(['f:a'], ['f:a', 'f:b']))).toBe(false);
  });
});
