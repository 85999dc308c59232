import type { CustomResourceDefinition } from '../../../types.ts';

/** What changes in a condition; the time follows from it. */
export interface ConditionState {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/** Whether a condition is there and true. */
export function isDefinitionTrue(definition: CustomResourceDefinition, type: string): boolean {
  return definition.status?.conditions?.find((each) => each.type === type)?.status === 'True';
}

/** The definition with a condition as it is now; the same when nothing changes. Models SetCRDCondition (v1.34). */
export function withDefinitionCondition(
  definition: CustomResourceDefinition,
  state: ConditionState,
  time: string,
): CustomResourceDefinition {
  const conditions = definition.status?.conditions ?? [];
  const before = conditions.find((each) => each.type === state.type);
  const same =
    before?.status === state.status && before.reason === state.reason && before.message === state.message;
  if (same) return definition;
  const lastTransitionTime = before?.status === state.status ? before.lastTransitionTime : time;
  const next = { ...state, ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }) };
  return {
    ...definition,
    status: {
      ...definition.status,
      conditions:
        before === undefined
          ? [...conditions, next]
          : conditions.map((each) => (each === before ? next : each)),
    },
  };
}
