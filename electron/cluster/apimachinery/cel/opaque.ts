import { celMap, isCelMap } from '@bufbuild/cel';
import type { CelMap, CelValue } from '@bufbuild/cel';

/** What a value is, where it is none of the language's own. The library has no such values, so that they are maps with this key. */
const KIND = '@kind';

export type OpaqueKind =
  'quantity' | 'url' | 'ip' | 'cidr' | 'authorizer' | 'path' | 'group' | 'resource' | 'decision';
export type OpaqueFields = Readonly<Record<string, string>>;

/** Two are equal when their fields are. */
export function opaque(kind: OpaqueKind, fields: OpaqueFields): CelMap {
  return celMap(new Map([...Object.entries(fields), [KIND, kind]]));
}

/** Its fields. @throws Error for another kind of value, in CEL's words */
export function fieldsOf(value: CelValue, ...kinds: readonly OpaqueKind[]): OpaqueFields {
  const fields = isOpaque(value, ...kinds)
    ? [...value].map(([key, field]) => [String(key), String(field)])
    : undefined;
  if (fields === undefined) throw new Error('no such overload');
  return Object.fromEntries(fields) as OpaqueFields;
}

export function isOpaque(value: CelValue, ...kinds: readonly OpaqueKind[]): value is CelMap {
  return isCelMap(value) && kinds.includes(value.get(KIND) as OpaqueKind);
}
