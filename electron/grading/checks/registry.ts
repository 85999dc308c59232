import type { CheckSpec, CheckSpecOf } from '../../shared/lab/check-schema.ts';
import type { Check, CheckContext, CheckFactory } from '../interface.ts';
import { causeCheck } from './cause-check.ts';
import { commandCheck } from './command-check.ts';
import { etcdCheck } from './etcd-check.ts';
import { historyCheck } from './history-check.ts';
import { logCheck } from './log-check.ts';
import { nodeCheck } from './node-check.ts';
import { objectCheck } from './object-check.ts';
import { placementCheck } from './placement-check.ts';
import { temporalCheck } from './temporal-check.ts';

/** Every kind of check. Answers to questions are graded by the questions themselves. */
export const CHECKS: { readonly [K in CheckSpec['kind']]: CheckFactory<CheckSpecOf<K>> } = {
  object: objectCheck,
  history: historyCheck,
  cause: causeCheck,
  command: commandCheck,
  etcd: etcdCheck,
  node: nodeCheck,
  placement: placementCheck,
  log: logCheck,
  temporal: temporalCheck,
};

/** Starts a check from its specification; `state` is what an earlier one kept. */
export function createCheck(spec: CheckSpec, context: CheckContext, state: unknown): Check {
  const factory = CHECKS[spec.kind] as CheckFactory<CheckSpec>;
  return factory(spec, context, state);
}
