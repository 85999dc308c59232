import type { RaftId } from './interface.ts';

/** Numeric order of ids in decimal text, without turning them into numbers. */
export function compareIds(left: RaftId, right: RaftId): number {
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** As upstream's log lines print ids: hexadecimal without leading zeros. */
export function hexId(id: RaftId): string {
  return BigInt(id).toString(16);
}

/** Sorted, with `id` in it. */
export function withId(ids: readonly RaftId[], id: RaftId): readonly RaftId[] {
  return ids.includes(id) ? ids : [...ids, id].sort(compareIds);
}

export function withoutId(ids: readonly RaftId[], id: RaftId): readonly RaftId[] {
  return ids.includes(id) ? ids.filter((other) => other !== id) : ids;
}
