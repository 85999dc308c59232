import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  JsonPatchError,
  JsonPatchFormatError,
  applyJsonPatch,
  deepEqual,
  toJsonPatch,
} from './json-patch.ts';
import { applyMergePatch, createMergePatch } from './merge-patch.ts';

const freeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
};

describe('JSON patch', () => {
  const document = freeze({ data: { a: '1', b: '2', z: 'n' }, list: ['x', 'y'], 'a/b': { 'c~d': 1 } });
  const apply = (...operations: object[]): unknown => applyJsonPatch(document, toJsonPatch(operations));

  test.each([
    [{ op: 'replace', path: '/data/a', value: '5' }, { data: { a: '5', b: '2', z: 'n' } }],
    [{ op: 'add', path: '/data/c', value: null }, { data: { a: '1', b: '2', z: 'n', c: null } }],
    [{ op: 'remove', path: '/data/b' }, { data: { a: '1', z: 'n' } }],
    [{ op: 'move', from: '/data/z', path: '/data/moved' }, { data: { a: '1', b: '2', moved: 'n' } }],
    [
      { op: 'copy', from: '/data/a', path: '/data/copied' },
      { data: { a: '1', b: '2', z: 'n', copied: '1' } },
    ],
    [{ op: 'add', path: '/list/1', value: 'n' }, { list: ['x', 'n', 'y'] }],
    [{ op: 'add', path: '/list/-', value: 'n' }, { list: ['x', 'y', 'n'] }],
    [{ op: 'remove', path: '/list/-1' }, { list: ['x'] }],
    [{ op: 'replace', path: '/a~1b/c~0d', value: 2 }, { 'a/b': { 'c~d': 2 } }],
    [{ op: 'test', path: '/list', value: ['x', 'y'] }, {}],
    [{ op: 'test', path: '/data/none', value: null }, {}],
  ])('%j', (operation, changed) => {
    expect(apply(operation)).toEqual({ ...document, ...changed });
  });

  test.each([
    [{ op: 'test', path: '/data/a', value: 'no' }, 'testing value /data/a failed: test failed'],
    [
      { op: 'remove', path: '/data/nosuch' },
      'remove operation does not apply: doc is missing key: /data/nosuch: missing value',
    ],
    [
      { op: 'replace', path: '/data/nosuch/deep', value: 1 },
      'replace operation does not apply: doc is missing path: /data/nosuch/deep: missing value',
    ],
    [{ op: 'frobnicate', path: '/data/a' }, 'Unexpected kind: frobnicate'],
    [
      { op: 'add', path: '/list/9', value: 1 },
      "add operation does not apply: error in add for path: '/list/9': Unable to access invalid index: 9: invalid index referenced",
    ],
    [{ op: 'add', value: 1 }, 'add operation failed to decode path: missing value'],
  ])('refuses %j', (operation, message) => {
    expect(() => apply(operation)).toThrow(new JsonPatchError(message));
  });

  test('refuses what is no list of operations', () => {
    const message = 'json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp';
    expect(() => toJsonPatch({ op: 'add' })).toThrow(new JsonPatchFormatError(message));
  });

  test('a copy is a thing of its own', () => {
    expect(
      apply(
        { op: 'copy', from: '/data', path: '/copied' },
        { op: 'replace', path: '/data/a', value: 'source' },
        { op: 'add', path: '/copied/b', value: 'copy' },
      ),
    ).toEqual({
      ...document,
      data: { a: 'source', b: '2', z: 'n' },
      copied: { a: '1', b: 'copy', z: 'n' },
    });
  });

  test('what copies add is limited', () => {
    const doubling = Array.from({ length: 64 }, (_, i) => ({
      op: 'copy',
      from: '/data',
      path: `/data/k${i}`,
    }));
    expect(() => apply(...doubling)).toThrow(
      /^Unable to complete the copy, the accumulated size increase of copy is \d+, exceeding the limit 3145728$/,
    );
  });

  test('ten thousand operations on one object', () => {
    const added = apply(
      ...Array.from({ length: 10_000 }, (_, i) => ({ op: 'add', path: `/data/k${i}`, value: i })),
    ) as { data: object };
    expect(Object.keys(added.data)).toHaveLength(10_003);
  });

  test('all or nothing', () => {
    expect(() => apply({ op: 'remove', path: '/data/a' }, { op: 'remove', path: '/data/a' })).toThrow(
      JsonPatchError,
    );
    expect(document.data.a).toBe('1');
  });
});

describe('merge patch', () => {
  test.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [['a'], { a: 1 }, { a: 1 }],
  ])('%j with %j', (target, patch, result) => {
    expect(applyMergePatch(freeze(target), freeze(patch))).toEqual(result);
  });

  const withoutNulls = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.integer(),
      fc.string({ maxLength: 3 }),
      fc.boolean(),
      fc.array(fc.integer(), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), tie('value'), { maxKeys: 3 }),
    ),
  })).value;
  const object = fc.dictionary(fc.constantFrom('a', 'b', 'c'), withoutNulls, { maxKeys: 3 });

  test('what a created patch makes is what it was made for', () => {
    fc.assert(
      fc.property(object, object, (from, to) => {
        const patch = createMergePatch(freeze(from), freeze(to));
        expect(deepEqual(patch === undefined ? from : applyMergePatch(from, patch), to)).toBe(true);
      }),
    );
  });

  test('applying it twice changes nothing more', () => {
    fc.assert(
      fc.property(object, object, (target, patch) => {
        const once = applyMergePatch(freeze(target), freeze(patch));
        expect(applyMergePatch(once, patch)).toEqual(once);
      }),
    );
  });
});
