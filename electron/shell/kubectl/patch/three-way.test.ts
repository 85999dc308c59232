import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { JsonObject } from '../json.ts';
import { clone, setAt } from '../json.ts';
import { withLastApplied } from '../last-applied.ts';
import { patchFor } from '../verbs/apply.ts';
import { patchTypeOf } from './patch-schema.ts';
import { diffObjects, StrategicPatchError } from './strategic-diff.ts';
import { threeWayJsonPatch, threeWayStrategicPatch } from './three-way.ts';

// A Deployment applied, changed in its file and applied again; `patch` is the body kubectl 1.33.1 sent.
const recorded = JSON.parse(readFileSync(new URL('./recorded.json', import.meta.url), 'utf8')) as {
  applied: JsonObject;
  next: JsonObject;
  patch: JsonObject;
};

test('sends what kubectl sends: deletions, retained keys, element order, merge keys', () => {
  const live = withLastApplied(recorded.applied);
  setAt(live, ['metadata', 'resourceVersion'], '7');
  setAt(live, ['status'], { replicas: 2 });
  const { patch, strategic } = patchFor(clone(recorded.next), live);
  expect(strategic).toBe(true);
  expect(patch).toEqual(recorded.patch);
});

test('nothing to send when the file is what was applied, whatever others added', () => {
  const live = withLastApplied(recorded.applied);
  setAt(live, ['metadata', 'labels', 'other'], 'added by someone');
  expect(patchFor(clone(recorded.applied), live).patch).toEqual({});
});

test('a field someone else set is left alone, one taken out of the file is deleted', () => {
  const original = { data: { a: '1', b: '2' } };
  const modified = { data: { a: '1' } };
  const current = { data: { a: '9', b: '2', c: 'theirs' } };
  expect(threeWayStrategicPatch(original, modified, current, patchTypeOf('v1', 'ConfigMap') ?? {})).toEqual({
    data: { a: '1', b: null },
  });
});

test('lists of plain values that merge say what was taken out', () => {
  const type = patchTypeOf('v1', 'Pod') ?? {};
  const patch = diffObjects(
    { metadata: { finalizers: ['a/x', 'a/y'] } },
    { metadata: { finalizers: ['a/y', 'a/z'] } },
    type,
    { ignoreDeletions: false, onlyDeletions: false },
  );
  expect(patch).toEqual({
    metadata: {
      finalizers: ['a/z'],
      '$deleteFromPrimitiveList/finalizers': ['a/x'],
      '$setElementOrder/finalizers': ['a/y', 'a/z'],
    },
  });
});

test('lists without a merge key are replaced, custom resources merge as plain JSON', () => {
  const type = patchTypeOf('v1', 'Pod') ?? {};
  expect(
    diffObjects({ spec: { tolerations: [{ key: 'a' }] } }, { spec: { tolerations: [{ key: 'b' }] } }, type, {
      ignoreDeletions: false,
      onlyDeletions: false,
    }),
  ).toEqual({ spec: { tolerations: [{ key: 'b' }] } });
  expect(patchTypeOf('example.com/v1', 'Boat')).toBeUndefined();
  expect(
    threeWayJsonPatch({ spec: { a: 1, l: [1] } }, { spec: { l: [1, 2] } }, { spec: { a: 1, l: [1] } }),
  ).toEqual({ spec: { a: null, l: [1, 2] } });
});

test('an item without its merge key is refused', () => {
  const type = patchTypeOf('v1', 'Pod') ?? {};
  expect(() =>
    diffObjects({ spec: { containers: [{ name: 'a' }] } }, { spec: { containers: [{ image: 'x' }] } }, type, {
      ignoreDeletions: false,
      onlyDeletions: false,
    }),
  ).toThrow(StrategicPatchError);
});
