/** Leaves of the type system, by how they appear in JSON. */
export type ScalarKind =
  | 'string'
  | 'bytes'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'number'
  | 'quantity'
  | 'int-or-string'
  | 'time'
  | 'micro-time'
  /** Any JSON value, kept as it is: RawExtension, FieldsV1. */
  | 'any';

export interface ScalarType {
  readonly kind: 'scalar';
  readonly scalar: ScalarKind;
  /** As Go names it in messages, e.g. `int32`, `v1.Time`. */
  readonly goType: string;
}

/** How the items of a list relate: all one value, a set of scalars, or a map by `keys`. Only field owners ask. */
export type ListRelationship = 'atomic' | 'set' | 'map';

export interface ListType {
  readonly kind: 'list';
  readonly item: TypeSchema;
  readonly goType: string;
  readonly relationship: ListRelationship;
  /** The fields that tell items apart; empty unless `relationship` is `map`. */
  readonly keys: readonly string[];
}

export interface MapType {
  readonly kind: 'map';
  readonly value: TypeSchema;
  readonly goType: string;
  /** The map is one value to field owners. */
  readonly atomic: boolean;
}

export interface StructType {
  readonly kind: 'struct';
  /** Component name, e.g. `io.k8s.api.core.v1.Container`. */
  readonly name: string;
  /** e.g. `Container`. */
  readonly goName: string;
  /** e.g. `v1.Container`. */
  readonly goType: string;
  readonly fields: ReadonlyMap<string, FieldSchema>;
  /** Fields that are present as `{}` even when nobody set them: structs that are no pointers. */
  readonly embedded: readonly string[];
  /** Every field whose struct is no pointer: Go always has it, if only empty. */
  readonly valueStructs: readonly string[];
  /** The struct is one value to field owners. */
  readonly atomic: boolean;
}

export type TypeSchema = ScalarType | ListType | MapType | StructType;

export interface FieldSchema {
  readonly name: string;
  /** `f:name`: the field as managedFields write it. */
  readonly element: string;
  readonly type: TypeSchema;
  readonly required: boolean;
  /** Strategic merge patch: `merge`, `retainKeys`. */
  readonly patchStrategies: readonly string[];
  readonly patchMergeKey?: string;
  /** What the field is when absent, for scalars that are keys of a list. */
  readonly defaultValue?: unknown;
}
