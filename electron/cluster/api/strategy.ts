import type { FieldError } from '../apimachinery/validation/field-error.ts';
import type { GroupVersionKind } from '../apimachinery/gvk.ts';
import type { ColumnDefinition, TableCell } from '../apimachinery/table.ts';
import type { Decoded, DuplicateKeys } from '../apimachinery/schema/decode.ts';
import type { StructType } from '../apimachinery/schema/type-schema.ts';
import type { JsonSchema } from '../apimachinery/structural-schema/json-schema.ts';
import type { KubeObject, Scale } from './types.ts';

/** What a strategy may know about the request. Times are virtual. */
export interface RequestContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Who asks; absent where nobody does. */
  readonly user?: RequestUser;
}

/** As far as kinds keep who made them. */
export interface RequestUser {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** A verb of discovery. */
export type ResourceVerb =
  'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

/** A subresource as discovery shows it. `kind` may be of another group (Scale, Eviction). */
export interface SubresourceInfo {
  readonly name: string;
  readonly kind: GroupVersionKind;
  readonly verbs: readonly ResourceVerb[];
}

/** How an update through one door (the main resource or `/status`) is prepared and judged. */
export interface UpdateStrategy<T extends KubeObject> {
  /** Keeps what this door may not change as it was, and bumps `metadata.generation` where that is due. */
  prepareForUpdate(object: T, old: T, context: RequestContext): T;
  /** ObjectMeta included. Empty when acceptable. */
  validateUpdate(object: T, old: T, context: RequestContext): FieldError[];
  warningsOnUpdate(object: T, old: T): string[];
}

/** Scale of a workload. Models the `scale` subresource (pkg/registry/apps/.../storage, v1.34). */
export interface ScaleStrategy<T extends KubeObject> {
  toScale(object: T): Scale;
  /** The object with `spec.replicas` of the scale. The registry then runs the ordinary update. */
  withScale(object: T, scale: Scale): T;
}

/** What a delete request asks for, after decoding. */
export interface DeleteRequest {
  /** Seconds; undefined lets the kind decide. */
  readonly gracePeriodSeconds?: number;
}

/**
 * Everything about a kind that the generic registry does not know. All functions are pure, take immutable
 * objects and return the same reference when nothing changes. Objects carry `apiVersion` and `kind`.
 *
 * Order of a create: `applyDefaults` → fill system metadata (uid, creationTimestamp, generateName; the
 * registry's) → `prepareForCreate` → admission → `validateCreate` → `warningsOnCreate`.
 * Order of an update: `applyDefaults` → `prepareForUpdate` → admission → `validateUpdate` → `warningsOnUpdate`.
 * Models pkg/registry/generic/registry and k8s.io/apiserver/pkg/registry/rest (v1.34).
 */
export interface KindStrategy<T extends KubeObject = KubeObject> extends UpdateStrategy<T> {
  readonly gvk: GroupVersionKind;
  /** Kind of the list, e.g. `PodList`. */
  readonly listKind: string;
  /** Plural, e.g. `pods`. */
  readonly resource: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly ResourceVerb[];
  readonly subresources: readonly SubresourceInfo[];
  readonly storageVersionHash: string;
  /** Warning that goes with every answer about this kind; undefined when it is not deprecated. */
  readonly deprecation?: string;
  /** PUT of an object that does not exist creates it. */
  readonly allowCreateOnUpdate: boolean;
  /** PUT without resourceVersion is accepted. */
  readonly allowUnconditionalUpdate: boolean;
  /**
   * When set, objects of this kind are stored as another kind and this is how; e.g. events.k8s.io/v1 Event
   * is core/v1 Event in storage.
   */
  readonly storage?: StorageConversion;

  /** Set for kinds that a CustomResourceDefinition defines. */
  readonly custom?: CustomKind;

  applyDefaults(object: T): T;
  prepareForCreate(object: T, context: RequestContext): T;
  validateCreate(object: T, context: RequestContext): FieldError[];
  warningsOnCreate(object: T): string[];

  /** The `/status` door; undefined when the kind has none. */
  readonly status?: UpdateStrategy<T>;
  readonly scale?: ScaleStrategy<T>;
  /** The `/approval` door of certificate signing requests. */
  readonly approval?: UpdateStrategy<T>;
  /** The `/ephemeralcontainers` door of Pods. */
  readonly ephemeralContainers?: UpdateStrategy<T>;
  /** The `/resize` door of Pods. */
  readonly resize?: UpdateStrategy<T>;
  /** The `/finalize` door of namespaces: changes `spec.finalizers` only. */
  readonly finalize?: UpdateStrategy<T>;

  /** Value of each field selector label for this object; the keys are exactly the supported labels. */
  selectableFields(object: T): Readonly<Record<string, string>>;
  /** The labels a field selector may use for this kind, and the error text for one it may not. */
  fieldLabelError(label: string): string | undefined;

  readonly columns: readonly ColumnDefinition[];
  /** Cells in the order of `columns`. `now` in milliseconds. */
  tableRow(object: T, now: number): TableCell[];

  /**
   * Seconds the object stays with a deletionTimestamp before it goes, or undefined when the kind is deleted
   * at once (subject to finalizers). Models rest.GracefulDeleteStrategy.CheckGracefulDelete (v1.34).
   */
  gracePeriod?(object: T, request: DeleteRequest): number | undefined;
}

/** What a kind that is not in the scheme brings along: a CustomResourceDefinition defines it. */
export interface CustomKind {
  /** The objects as field owners see them. */
  readonly type: StructType;
  /** The schema as `/openapi` publishes it, its component name, and that of its list. */
  readonly schema: JsonSchema;
  readonly component: string;
  /** Drops unknown fields and brings metadata into its shape. @throws DecodeError */
  decode(value: Readonly<Record<string, unknown>>, duplicates?: DuplicateKeys): Decoded;
}

/** Conversion between a served kind and the kind it is stored as. */
export interface StorageConversion {
  readonly gvk: GroupVersionKind;
  readonly resource: string;
  toStorage(object: KubeObject): KubeObject;
  fromStorage(object: KubeObject): KubeObject;
}
