import * as library from 'sorted-btree';
import type BTreeClass from 'sorted-btree';

// The package is CommonJS with `exports.default`: depending on who loads it (Node, a bundler, vitest) the
// class is `default` or `default.default`.
const outer: unknown = library.default;
const constructor = (
  typeof outer === 'function' ? outer : (outer as { default: unknown }).default
) as typeof BTreeClass;

/** A B-tree over byte strings, ordered by code unit. */
export type ByteStringTree<V> = BTreeClass<string, V>;

export function createByteStringTree<V>(): ByteStringTree<V> {
  return new constructor<string, V>(undefined, (a, b) => (a < b ? -1 : a > b ? 1 : 0), 64);
}
