import { expect, test } from 'vitest';
import type { JsonObject } from '../json.ts';
import { lastApplied } from '../last-applied.ts';
import { annotationOwners, upgradedManagers } from './managers.ts';

const entry = (
  manager: string,
  operation: string,
  fieldsV1: JsonObject,
  more: JsonObject = {},
): JsonObject => ({
  manager,
  operation,
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  fieldsV1,
  ...more,
});
const annotation = { 'f:metadata': { 'f:annotations': { '.': {}, [`f:${lastApplied}`]: {} } } };
const object = (...managedFields: JsonObject[]): JsonObject => ({ metadata: { managedFields } });

test('owners of the annotation are found by operation', () => {
  const made = object(
    entry('kubectl', 'Apply', { 'f:data': { 'f:a': {} } }),
    entry('kubectl-client-side-apply', 'Update', annotation),
  );
  expect(annotationOwners(made, 'Update').map(({ manager }) => manager)).toEqual([
    'kubectl-client-side-apply',
  ]);
  expect(annotationOwners(made, 'Apply')).toEqual([]);
});

test('what was applied from the client’s side goes to the applier, field by field', () => {
  const made = object(
    entry('kubectl', 'Apply', { 'f:data': { 'f:a': {}, 'f:b': {} } }),
    entry('kubectl-client-side-apply', 'Update', { 'f:data': { '.': {}, 'f:a': {}, 'f:c': {} } }),
    entry('other', 'Update', { 'f:data': { 'f:d': {} } }),
  );
  expect(upgradedManagers(made, ['kubectl-client-side-apply'], 'kubectl')).toEqual([
    entry('kubectl', 'Apply', { 'f:data': { '.': {}, 'f:a': {}, 'f:b': {}, 'f:c': {} } }),
    entry('other', 'Update', { 'f:data': { 'f:d': {} } }),
  ]);
});

test('without an applier the updater becomes one; a field that ends keeps its end', () => {
  const made = object(entry('old', 'Update', { 'f:data': {} }));
  expect(upgradedManagers(made, ['old'], 'kubectl')).toEqual([entry('kubectl', 'Apply', { 'f:data': {} })]);
  const both = object(
    entry('kubectl', 'Apply', { 'f:data': { 'f:a': {} } }),
    entry('old', 'Update', { 'f:data': {} }),
  );
  expect(upgradedManagers(both, ['old'], 'kubectl')).toEqual([
    entry('kubectl', 'Apply', { 'f:data': { '.': {}, 'f:a': {} } }),
  ]);
});

test('nobody to move is nothing to do, and subresources are left alone', () => {
  const made = object(entry('old', 'Update', { 'f:status': {} }, { subresource: 'status' }));
  expect(upgradedManagers(made, ['old'], 'kubectl')).toBeUndefined();
});
