import type { PodCondition } from '../../api/types.ts';

/** Puts a condition in place of the one of its type. */
export function withCondition(conditions: readonly PodCondition[], condition: PodCondition): PodCondition[] {
  return [...conditions.filter(({ type }) => type !== condition.type), condition];
}
