import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SchemaRegistry } from '../schema/compile.ts';
import type { StructType } from '../schema/type-schema.ts';
import { compare, emptyValueOf } from './compare.ts';
import { pathTexts, union } from './field-set.ts';
import type { JsonObject } from './json.ts';
import { merge } from './merge.ts';
import { removeItems } from './remove.ts';
import { toFieldSet } from './to-field-set.ts';
import { validateConfig } from './validate.ts';

const text = { type: 'string' };
const number = { type: 'integer', format: 'int32' };
const SCHEMAS = new SchemaRegistry({
  'test.v1.Thing': {
    type: 'object',
    properties: {
      name: text,
      count: number,
      on: { type: 'boolean' },
      size: { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity' },
      data: { type: 'object', additionalProperties: text },
      selector: { type: 'object', additionalProperties: text, 'x-kubernetes-map-type': 'atomic' },
      args: { type: 'array', items: text },
      tags: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
      part: { allOf: [{ $ref: '#/components/schemas/test.v1.Part' }], default: {} },
      parts: {
        type: 'array',
        items: { allOf: [{ $ref: '#/components/schemas/test.v1.Part' }] },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['port', 'protocol'],
      },
    },
  },
  'test.v1.Part': {
    type: 'object',
    properties: { port: number, protocol: { type: 'string', default: 'TCP' }, note: text },
  },
});
const THING = SCHEMAS.byName('test.v1.Thing') as StructType;
const diff = (left: unknown, right: unknown) => {
  const { added, removed, modified } = compare(THING, left, right);
  return { added: pathTexts(added), removed: pathTexts(removed), modified: pathTexts(modified) };
};
const refused = (config: unknown): string => {
  try {
    validateConfig(THING, config);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('comparing', () => {
  it('names what is new with all it is in, and nothing above', () => {
    expect(diff({}, { data: { a: '1' }, part: { note: 'x' } })).toEqual({
      added: ['.data', '.data.a', '.part', '.part.note'],
      removed: [],
      modified: [],
    });
    expect(emptyValueOf(THING)).toEqual({ part: {} });
    expect(diff(emptyValueOf(THING), { part: { note: 'x' } }).added).toEqual(['.part.note']);
  });

  it('tells items apart by keys, defaults of keys included, and sets by value', () => {
    const before = { parts: [{ port: 80, note: 'a' }, { port: 443 }], tags: ['x', 'y'] };
    const after = { parts: [{ port: 443 }, { port: 80, protocol: 'TCP', note: 'b' }], tags: ['y', 'z'] };
    expect(diff(before, after)).toEqual({
      added: ['.parts[port=80,protocol="TCP"].protocol', '.tags[="z"]'],
      removed: ['.tags[="x"]'],
      modified: ['.parts[port=80,protocol="TCP"].note'],
    });
  });

  it('takes atomic lists and maps for one value, and items that occur twice too', () => {
    expect(diff({ args: ['a'], selector: { a: '1' } }, { args: ['a', 'b'], selector: {} }).modified).toEqual([
      '.args',
      '.selector',
    ]);
    const twice = {
      parts: [
        { port: 80, note: 'a' },
        { port: 80, note: 'b' },
      ],
    };
    expect(diff({ parts: [{ port: 80, note: 'a' }] }, twice)).toEqual({
      added: ['.parts[port=80,protocol="TCP"]'],
      removed: [
        '.parts[port=80,protocol="TCP"]',
        '.parts[port=80,protocol="TCP"].note',
        '.parts[port=80,protocol="TCP"].port',
      ],
      modified: [],
    });
  });

  it('finds nothing between equal values', () => {
    const value = { data: { a: '1' }, parts: [{ port: 80 }] };
    expect(diff(value, structuredClone(value))).toEqual({ added: [], removed: [], modified: [] });
    expect(diff({ name: 'a' }, { name: 'b' })).not.toEqual({ added: [], removed: [], modified: [] });
  });
});

describe('a configuration', () => {
  it('speaks of leaves, items and what is empty', () => {
    const config = {
      name: 'a',
      data: { k: 'v' },
      part: {},
      parts: [{ port: 80, note: 'x' }],
      tags: ['t'],
      args: [],
    };
    expect(pathTexts(toFieldSet(THING, config))).toEqual([
      '.args',
      '.data.k',
      '.name',
      '.part',
      '.parts[port=80,protocol="TCP"]',
      '.parts[port=80,protocol="TCP"].note',
      '.parts[port=80,protocol="TCP"].port',
      '.tags[="t"]',
    ]);
    expect(pathTexts(toFieldSet(THING, { data: null }))).toEqual(['.data']);
  });

  it.each([
    [{ nope: 1 }, '.nope: field not declared in schema'],
    [{ part: { nope: 1 } }, '.part.nope: field not declared in schema'],
    [{ name: 1 }, '.name: expected string, got &value.valueUnstructured{Value:1}'],
    [{ count: '1' }, '.count: expected numeric (int or float), got string'],
    [{ on: 'yes' }, '.on: expected boolean, got &{yes}'],
    [{ size: { a: 1 } }, '.size: expected any scalar, got &{map[a:1]}'],
    [{ data: ['a'] }, '.data: expected map, got &{[a]}'],
    [{ tags: { a: 'b' } }, '.tags: expected list, got &{map[a:b]}'],
    [{ tags: ['a', 'a'] }, '.tags: duplicate entries for key [="a"]'],
    [
      { tags: [null] },
      ".tags: element 0: associative list without keys has an element that's an explicit null",
    ],
    [
      { parts: [{ port: 80 }, { port: 80, protocol: 'TCP' }] },
      '.parts: duplicate entries for key [port=80,protocol="TCP"]',
    ],
    [{ parts: ['x'] }, '.parts: element 0: associative list with keys may not have non-map elements'],
    [
      { nope: 1, count: true },
      'errors:\n  .nope: field not declared in schema\n  .count: expected numeric (int or float), got bool',
    ],
    [{ name: null, args: [1, 2].map(String), parts: [] }, ''],
  ])('%j is judged', (config, message) => {
    expect(refused(config)).toBe(message);
  });
});

describe('merging and removing', () => {
  it('keeps what the configuration does not speak of, in the order of its items', () => {
    const live = { name: 'a', data: { x: '1', y: '2' }, tags: ['a', 'b', 'c'], args: ['old'] };
    expect(merge(THING, live, { data: { y: '3' }, tags: ['c', 'a', 'd'], args: ['new'] })).toEqual({
      name: 'a',
      data: { x: '1', y: '3' },
      tags: ['b', 'c', 'a', 'd'],
      args: ['new'],
    });
    expect(merge(THING, live, { name: 'a', data: { x: '1' } })).toBe(live);
  });

  it('removes items and fields with all that is in them', () => {
    const value = { data: { a: '1', b: '2' }, parts: [{ port: 80 }, { port: 81 }] };
    const config = { data: { a: '1' }, parts: [{ port: 80 }] };
    expect(removeItems(THING, value, toFieldSet(THING, config))).toEqual({
      data: { b: '2' },
      parts: [{ port: 81 }],
    });
    expect(removeItems(THING, { data: { a: '1' } }, toFieldSet(THING, { data: { a: '' } }))).toEqual({
      data: null,
    });
  });

  const things = fc.record(
    {
      name: fc.constantFrom('a', 'b'),
      count: fc.integer({ min: 0, max: 2 }),
      data: fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.constantFrom('1', '2'), { minKeys: 1 }),
      tags: fc.uniqueArray(fc.constantFrom('p', 'q', 'r'), { minLength: 1 }),
      args: fc.array(fc.constantFrom('1', '2')),
    },
    { requiredKeys: [] },
  );

  it('a merged object has all of the configuration, and differs from the live one only there', () => {
    fc.assert(
      fc.property(things, things, (live, config) => {
        const merged = merge(THING, live, config) as JsonObject;
        const { added, modified, removed } = compare(THING, live, merged);
        expect(pathTexts(removed)).toEqual([]);
        const spoken = new Set(pathTexts(toFieldSet(THING, config)));
        for (const path of pathTexts(union(added, modified))) {
          // A map or list that was not there at all comes with what is in it.
          expect([...spoken].some((own) => own === path || own.startsWith(path))).toBe(true);
        }
        expect(merge(THING, merged, config)).toBe(merged);
        // Whatever was applied can be taken out again without a trace of it.
        const rest = removeItems(THING, merged, toFieldSet(THING, config));
        const left = new Set(pathTexts(toFieldSet(THING, rest ?? {})));
        for (const path of spoken) if (!/^\.(data|tags)$/.test(path)) expect(left.has(path)).toBe(false);
      }),
    );
  });
});
