import type { GroupVersionKind } from '../apimachinery/gvk.ts';
import type { ColumnDefinition, TableCell } from '../apimachinery/table.ts';
import { columnDefinitions } from '../apimachinery/table.ts';
import type { KubeObject } from '../apimachinery/types.ts';
import type { FieldError } from '../apimachinery/validation/field-error.ts';
import { isDNS1123Subdomain } from '../apimachinery/validation/names.ts';
import type { NameValidator } from '../apimachinery/validation/object-meta.ts';
import {
  nameValidator,
  sameValue,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from '../apimachinery/validation/object-meta.ts';
import { TABLE_COLUMNS } from './generated/table-columns.ts';
import type {
  KindStrategy,
  RequestContext,
  ResourceVerb,
  SubresourceInfo,
  UpdateStrategy,
} from './strategy.ts';

/** Names most kinds take: DNS subdomains. */
export const SUBDOMAIN_NAMES: NameValidator = nameValidator(isDNS1123Subdomain);

export const ALL_VERBS: readonly ResourceVerb[] = [
  'create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch',
]; // prettier-ignore

const SUBRESOURCE_VERBS: readonly ResourceVerb[] = ['get', 'patch', 'update'];

/** What a kind says of itself; the rest is as for most kinds. */
export interface StrategyDefinition<T extends KubeObject> {
  readonly gvk: GroupVersionKind;
  readonly resource: string;
  readonly singular: string;
  readonly storageVersionHash: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly namespaced: boolean;
  readonly verbs?: readonly ResourceVerb[];
  readonly subresources?: readonly SubresourceInfo[];
  readonly deprecation?: string;
  readonly allowCreateOnUpdate?: boolean;
  readonly allowUnconditionalUpdate?: boolean;
  readonly storage?: KindStrategy<T>['storage'];
  readonly custom?: KindStrategy<T>['custom'];
  readonly listKind?: string;
  readonly names?: NameValidator;
  applyDefaults?(object: T): T;
  prepareForCreate?(object: T, context: RequestContext): T;
  prepareForUpdate?(object: T, old: T, context: RequestContext): T;
  /** Of everything but metadata. */
  validate?(object: T): FieldError[];
  /** Of everything but metadata; `validate` runs too unless `validateUpdateReplaces`. */
  validateUpdate?(object: T, old: T): FieldError[];
  readonly validateUpdateReplaces?: boolean;
  warnings?(object: T): string[];
  readonly status?: {
    prepareForUpdate?(object: T, old: T, context: RequestContext): T;
    validate?(object: T, old: T): FieldError[];
  };
  readonly approval?: StrategyDefinition<T>['status'];
  readonly ephemeralContainers?: KindStrategy<T>['ephemeralContainers'];
  readonly resize?: KindStrategy<T>['resize'];
  readonly scale?: KindStrategy<T>['scale'];
  readonly finalize?: KindStrategy<T>['finalize'];
  selectableFields?(object: T): Readonly<Record<string, string>>;
  /** Labels beyond metadata.name and metadata.namespace. When absent the kind has none of its own. */
  readonly fieldLabels?: readonly string[];
  /** Columns when they are not those recorded. */
  readonly columns?: readonly ColumnDefinition[];
  tableRow(object: T, now: number): TableCell[];
  gracePeriod?: KindStrategy<T>['gracePeriod'];
}

/** Completes a kind's own rules with what is the same for all kinds. */
export function defineStrategy<T extends KubeObject & { readonly spec?: unknown; readonly status?: unknown }>(
  definition: StrategyDefinition<T>,
): KindStrategy<T> {
  const { gvk, namespaced, names = SUBDOMAIN_NAMES } = definition;
  const columnsKey = `${gvk.group === '' ? '' : `${gvk.group}/`}${gvk.version}/${definition.resource}`;
  return {
    gvk,
    listKind: definition.listKind ?? `${gvk.kind}List`,
    resource: definition.resource,
    singular: definition.singular,
    shortNames: definition.shortNames ?? [],
    categories: definition.categories ?? [],
    namespaced,
    verbs: definition.verbs ?? ALL_VERBS,
    subresources: definition.subresources ?? [],
    storageVersionHash: definition.storageVersionHash,
    deprecation: definition.deprecation,
    allowCreateOnUpdate: definition.allowCreateOnUpdate ?? false,
    allowUnconditionalUpdate: definition.allowUnconditionalUpdate ?? true,
    storage: definition.storage,
    custom: definition.custom,
    applyDefaults: (object) => definition.applyDefaults?.(object) ?? object,
    prepareForCreate: (object, context) => definition.prepareForCreate?.(object, context) ?? object,
    prepareForUpdate: (object, old, context) => definition.prepareForUpdate?.(object, old, context) ?? object,
    validateCreate: (object) => [
      ...validateObjectMeta(object.metadata, namespaced, names),
      ...(definition.validate?.(object) ?? []),
    ],
    validateUpdate: (object, old) => [
      ...validateObjectMetaUpdate(object, old),
      ...(definition.validateUpdateReplaces === true ? [] : (definition.validate?.(object) ?? [])),
      ...(definition.validateUpdate?.(object, old) ?? []),
    ],
    warningsOnCreate: (object) => definition.warnings?.(object) ?? [],
    warningsOnUpdate: (object) => definition.warnings?.(object) ?? [],
    status: definition.status === undefined ? undefined : statusStrategy(definition.status),
    approval: definition.approval === undefined ? undefined : statusStrategy(definition.approval),
    ephemeralContainers: definition.ephemeralContainers,
    resize: definition.resize,
    scale: definition.scale,
    finalize: definition.finalize,
    selectableFields: (object) => ({
      'metadata.name': object.metadata?.name ?? '',
      ...(namespaced ? { 'metadata.namespace': object.metadata?.namespace ?? '' } : {}),
      ...definition.selectableFields?.(object),
    }),
    fieldLabelError: (label) => fieldLabelError(definition.fieldLabels, label),
    columns: definition.columns ?? columnDefinitions(TABLE_COLUMNS[columnsKey] ?? []),
    tableRow: (object, now) => definition.tableRow(object, now),
    gracePeriod: definition.gracePeriod,
  };
}

function statusStrategy<T extends KubeObject & { readonly spec?: unknown }>(
  definition: NonNullable<StrategyDefinition<T>['status']>,
): UpdateStrategy<T> {
  return {
    prepareForUpdate(object, old, context) {
      const kept = {
        ...object,
        metadata: { ...object.metadata, ownerReferences: old.metadata?.ownerReferences },
      };
      if (kept.metadata.ownerReferences === undefined) delete kept.metadata.ownerReferences;
      const prepared = 'spec' in old ? { ...kept, spec: old.spec } : kept;
      return definition.prepareForUpdate?.(prepared, old, context) ?? prepared;
    },
    validateUpdate: (object, old) => [
      ...validateObjectMetaUpdate(object, old),
      ...(definition.validate?.(object, old) ?? []),
    ],
    warningsOnUpdate: () => [],
  };
}

function fieldLabelError(own: readonly string[] | undefined, label: string): string | undefined {
  if (label === 'metadata.name' || label === 'metadata.namespace' || own?.includes(label) === true)
    return undefined;
  if (own !== undefined) return `field label not supported: ${label}`;
  return `"${label}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

/** A `/status` subresource of the kind. */
export function statusSubresource(gvk: GroupVersionKind): SubresourceInfo {
  return { name: 'status', kind: gvk, verbs: SUBRESOURCE_VERBS };
}

/** The object with `metadata.generation` 1. */
export function withFirstGeneration<T extends KubeObject>(object: T): T {
  return { ...object, metadata: { ...object.metadata, generation: 1 } };
}

/** The object with the old one's generation, one higher when the spec differs. */
export function withGeneration<T extends KubeObject & { readonly spec?: unknown }>(object: T, old: T): T {
  const before = old.metadata?.generation ?? 0;
  const changed = object.spec !== old.spec && !sameValue(object.spec, old.spec);
  const generation = changed ? before + 1 : before;
  if (object.metadata?.generation === generation) return object;
  return { ...object, metadata: { ...object.metadata, generation } };
}

/** The object with another's status (or none). */
export function withStatusOf<T extends KubeObject & { readonly status?: unknown }>(object: T, old: T): T {
  if (object.status === old.status) return object;
  return { ...object, status: old.status };
}
