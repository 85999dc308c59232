import type { JsonObject as PathObject } from '../../../../base/jsonpath/json.ts';
import { sha256 } from '@noble/hashes/sha2.js';
import { encodeBase64 } from '../../../apimachinery/base64.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { apiVersionOf } from '../../../apimachinery/gvk.ts';
import type { GroupVersionKind } from '../../../apimachinery/gvk.ts';
import { isJsonObject } from '../../../apimachinery/managed-fields/json.ts';
import type { Decoded, DuplicateKeys } from '../../../apimachinery/schema/decode.ts';
import { DecodeError, decodeValue } from '../../../apimachinery/schema/decode.ts';
import { newInternalError } from '../../../apimachinery/status.ts';
import { withDefaults } from '../../../apimachinery/structural-schema/defaults.ts';
import type { JsonObject, JsonSchema } from '../../../apimachinery/structural-schema/json-schema.ts';
import { validateListTypes } from '../../../apimachinery/structural-schema/list-types.ts';
import { prune } from '../../../apimachinery/structural-schema/prune.ts';
import { resourceTypeOf } from '../../../apimachinery/structural-schema/to-type-schema.ts';
import { validateBySchema } from '../../../apimachinery/structural-schema/validate.ts';
import { hasRules, validateByRules } from '../../../apimachinery/structural-schema/validation-rules.ts';
import type { FieldError } from '../../../apimachinery/validation/field-error.ts';
import { invalid } from '../../../apimachinery/validation/field-error.ts';
import { defineStrategy, statusSubresource } from '../../generic-strategy.ts';
import { metadataType } from '../../scheme.ts';
import type { CustomKind, KindStrategy, StorageConversion, SubresourceInfo } from '../../strategy.ts';
import type { CustomResourceDefinition, KubeObject } from '../../types.ts';
import { firstValue, pathOf, printerColumns } from './printer-columns.ts';
import { customScale, validateScalePaths } from './scale.ts';

type Spec = CustomResourceDefinition['spec'];
type Version = Spec['versions'][number];
type CustomResource = KubeObject & { readonly status?: unknown };

/** After these a value is not what rules take it for. Models hasBlockingErr (v1.34). */
const BLOCKING = new Set<FieldError['type']>([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);
const NOT_CHECKED =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

const SCALE: GroupVersionKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' };

export interface DefinedKind {
  readonly strategy: KindStrategy;
  readonly served: boolean;
}

/** The kinds of a definition, one a version in their order. Models crdHandler.getOrCreateServingInfoFor (v1.34). */
export function defineKinds(definition: CustomResourceDefinition): DefinedKind[] {
  const { versions } = definition.spec;
  const stored = versions.find(({ storage }) => storage);
  if (stored === undefined) return [];
  return versions.map((version) => ({
    strategy: defineKind(definition, version, stored.name) as unknown as KindStrategy,
    served: version.served,
  }));
}

function defineKind(
  definition: CustomResourceDefinition,
  version: Version,
  storedAs: string,
): KindStrategy<CustomResource> {
  const { spec, status } = definition;
  const names = status?.acceptedNames ?? spec.names;
  const gvk = { group: spec.group, version: version.name, kind: spec.names.kind };
  const schema = (version.schema?.openAPIV3Schema ?? { type: 'object' }) as JsonSchema;
  const { subresources } = version;
  const hasStatus = subresources?.status !== undefined;
  const scalePaths = subresources?.scale;
  const table = printerColumns(version.additionalPrinterColumns);
  const selectable = (version.selectableFields ?? []).map(({ jsonPath }) => ({
    label: jsonPath.slice(1),
    path: pathOf(jsonPath),
  }));
  const offered: SubresourceInfo[] = [];
  if (hasStatus) offered.push(statusSubresource(gvk));
  if (scalePaths !== undefined)
    offered.push({ name: 'scale', kind: SCALE, verbs: ['get', 'patch', 'update'] });
  const isRuled = hasRules(schema);
  const validate = (object: CustomResource, old?: CustomResource): FieldError[] => {
    const errors = [
      ...validateTypeMeta(object, gvk),
      ...validateBySchema(schema, object),
      ...(scalePaths === undefined ? [] : validateScalePaths(object, scalePaths)),
      ...validateListTypes(schema, object),
    ];
    if (!isRuled) return errors;
    if (errors.some(({ type }) => BLOCKING.has(type)))
      return [...errors, invalid('<nil>', undefined, NOT_CHECKED)];
    return [...errors, ...validateByRules(schema, object as JsonObject, old as JsonObject | undefined)];
  };
  return defineStrategy<CustomResource>({
    gvk,
    listKind: spec.names.listKind ?? `${gvk.kind}List`,
    resource: spec.names.plural,
    singular: names.singular ?? '',
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: spec.scope === 'Namespaced',
    subresources: offered,
    storageVersionHash: storageVersionHash({ ...gvk, version: storedAs }),
    ...(version.deprecated === true
      ? {
          deprecation: version.deprecationWarning ?? `${apiVersionOf(gvk)} ${gvk.kind} is deprecated`,
        }
      : {}),
    allowUnconditionalUpdate: false,
    custom: customKind(schema, gvk),
    storage: conversion(spec, gvk, storedAs, schema),
    applyDefaults: (object) => withDefaults(schema, object) as CustomResource,
    prepareForCreate: (object) => firstOf(object, hasStatus),
    prepareForUpdate: (object, old) => nextOf(object, old, hasStatus),
    validate: (object) => validate(object),
    validateUpdateReplaces: true,
    validateUpdate: validate,
    ...(hasStatus
      ? {
          status: {
            prepareForUpdate: (object: CustomResource, old: CustomResource) => statusOnly(object, old),
            validate,
          },
        }
      : {}),
    ...(scalePaths === undefined ? {} : { scale: customScale(scalePaths) }),
    fieldLabels: selectable.map(({ label }) => label),
    selectableFields: (object) =>
      Object.fromEntries(
        selectable.map(({ label, path }) => {
          const value = firstValue(path, object as PathObject);
          return [label, value === undefined || value === null ? '' : String(value as string)];
        }),
      ),
    columns: table.columns,
    tableRow: (object, now) => table.tableRow(object, now),
  });
}

/** Models validateTypeMeta of customResourceValidator. */
function validateTypeMeta(object: KubeObject, gvk: GroupVersionKind): FieldError[] {
  const errors: FieldError[] = [];
  const apiVersion = apiVersionOf(gvk);
  if (object.kind !== gvk.kind) errors.push(invalid('kind', object.kind ?? '', `must be ${gvk.kind}`));
  if (object.apiVersion !== apiVersion)
    errors.push(invalid('apiVersion', object.apiVersion ?? '', `must be ${apiVersion}`));
  return errors;
}

function firstOf(object: CustomResource, hasStatus: boolean): CustomResource {
  const { status: _status, ...rest } = object;
  const base: CustomResource = hasStatus ? rest : object;
  return { ...base, metadata: { ...base.metadata, generation: 1 } };
}

/** Everything but metadata (and a status with a door of its own) counts as a new generation. */
function nextOf(object: CustomResource, old: CustomResource, hasStatus: boolean): CustomResource {
  const { status: _status, ...rest } = object;
  const base: CustomResource = !hasStatus
    ? object
    : old.status === undefined
      ? rest
      : { ...rest, status: old.status };
  const before = old.metadata?.generation ?? 0;
  const same = deepEqual({ ...base, metadata: {} }, { ...old, metadata: {} });
  const generation = same ? before : before + 1;
  return { ...base, metadata: { ...base.metadata, generation } };
}

function statusOnly(object: CustomResource, old: CustomResource): CustomResource {
  const { status: _status, ...rest } = old;
  const managedFields = object.metadata?.managedFields;
  return {
    ...rest,
    metadata: { ...old.metadata, ...(managedFields === undefined ? {} : { managedFields }) },
    ...(object.status === undefined ? {} : { status: object.status }),
  };
}

function customKind(schema: JsonSchema, gvk: GroupVersionKind): CustomKind {
  const meta = metadataType();
  return {
    type: resourceTypeOf(schema, gvk.kind, meta),
    schema,
    component: [...gvk.group.split('.').reverse(), gvk.version, gvk.kind].join('.'),
    decode: (value, duplicates) => decodeCustomResource(schema, value, duplicates),
  };
}

/** @throws DecodeError for metadata of the wrong shape */
function decodeCustomResource(schema: JsonSchema, value: JsonObject, duplicates?: DuplicateKeys): Decoded {
  const { value: pruned, unknown } = prune(schema, value);
  const strictErrors = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
  if (duplicates !== undefined) strictErrors.unshift(...duplicateFields(value, duplicates, ''));
  const { metadata } = pruned;
  if (metadata === undefined) return { value: pruned, strictErrors };
  if (!isJsonObject(metadata)) throw new DecodeError(`metadata: Invalid value: must be an object`);
  const decoded = decodeValue(metadataType(), metadata);
  strictErrors.push(...decoded.strictErrors.map((text) => text.replace(' "', ' "metadata.')));
  return {
    value: decoded.value === metadata ? pruned : { ...pruned, metadata: decoded.value },
    strictErrors,
  };
}

function duplicateFields(value: unknown, duplicates: DuplicateKeys, path: string): string[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => duplicateFields(item, duplicates, `${path}[${index}]`));
  if (!isJsonObject(value)) return [];
  const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
  return [
    ...(duplicates.get(value) ?? []).map((name) => `duplicate field ${JSON.stringify(below(name))}`),
    ...Object.entries(value).flatMap(([name, child]) => duplicateFields(child, duplicates, below(name))),
  ];
}

/**
 * Objects carry the version in which they were last written; between versions only that changes. What is read is
 * pruned and defaulted by the schema of today. Conversion by webhook is not modelled: it fails, and says so.
 */
function conversion(
  spec: Spec,
  gvk: GroupVersionKind,
  storedAs: string,
  schema: JsonSchema,
): StorageConversion {
  const served = apiVersionOf(gvk);
  const stored = apiVersionOf({ group: gvk.group, version: storedAs });
  const convert = (object: KubeObject, to: string): KubeObject => {
    if (object.apiVersion === to) return object;
    if (spec.conversion?.strategy === 'Webhook') {
      throw newInternalError(
        `conversion webhook for ${object.apiVersion ?? ''}, Kind=${gvk.kind} failed: conversion by webhook is not modelled`,
      );
    }
    return { ...object, apiVersion: to };
  };
  return {
    gvk: { ...gvk, version: storedAs },
    resource: spec.names.plural,
    toStorage: (object) => convert(object, stored),
    fromStorage: (object) => {
      const known = prune(schema, convert(object, served) as JsonObject).value;
      return withDefaults(schema, known) as KubeObject;
    },
  };
}

/** Models StorageVersionHash of apiserver/pkg/endpoints/discovery (v1.34). */
function storageVersionHash({ group, version, kind }: GroupVersionKind): string {
  const digest = sha256(new TextEncoder().encode(`${group}/${version}/${kind}`));
  return encodeBase64(digest.subarray(0, 8));
}
