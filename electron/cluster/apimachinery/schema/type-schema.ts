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

export interface ListType {
  readonly kind: 'list';
  readonly item: TypeSchema;
  readonly goType: string;
}

export interface MapType {
  readonly kind: 'map';
  readonly value: TypeSchema;
  readonly goType: string;
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
}

export type TypeSchema = ScalarType | ListType | MapType | StructType;

export interface FieldSchema {
  readonly name: string;
  readonly type: TypeSchema;
  readonly required: boolean;
  /** Strategic merge patch: `merge`, `retainKeys`. */
  readonly patchStrategies: readonly string[];
  readonly patchMergeKey?: string;
  readonly listType?: string;
  readonly listMapKeys?: readonly string[];
}
