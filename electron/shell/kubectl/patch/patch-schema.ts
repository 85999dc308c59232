import schema from './patch-schema.json' with { type: 'json' };

/** How one field merges. */
export interface PatchField {
  /** The type below it, when something below it merges in a special way. */
  readonly type?: string;
  /** Lists of objects merge by this field. */
  readonly mergeKey?: string;
  /** `merge`, `retainKeys` or both, comma-separated. */
  readonly strategy?: string;
  /** The field is a map whose values have the type. */
  readonly map?: boolean;
}

export type PatchType = Readonly<Record<string, PatchField>>;

const types: Readonly<Record<string, PatchType>> = schema.types;
const kinds: Readonly<Record<string, string>> = schema.kinds;

const nothing: PatchType = {};

/**
 * How objects of a built-in kind merge; undefined for kinds kubectl has no type for (custom resources), which merge as
 * plain JSON. The data is recorded from the API's `x-kubernetes-patch-*` extensions (v1.34).
 */
export function patchTypeOf(apiVersion: string, kind: string): PatchType | undefined {
  const name = kinds[`${apiVersion}/${kind}`];
  return name === undefined ? undefined : (types[name] ?? nothing);
}

export function patchTypeNamed(name: string | undefined): PatchType {
  return name === undefined ? nothing : (types[name] ?? nothing);
}

export function hasStrategy(field: PatchField | undefined, strategy: string): boolean {
  return field?.strategy?.split(',').includes(strategy) === true;
}
