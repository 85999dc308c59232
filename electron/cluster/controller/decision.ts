import type { ControllerContext } from './interface.ts';

/** What one reconcile saw and did. `subject` is e.g. `replicasets default/web-5d4`. */
export interface Reconcile {
  readonly subject: string;
  /** `scale-up`, `no-op` … */
  readonly action: string;
  readonly desired: string;
  readonly observed: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Writes a reconcile to the causal log and to the controller's journal: what the controller does next has it as its cause. */
export function decide(c: Pick<ControllerContext, 'context' | 'journal'>, reconcile: Reconcile): void {
  c.journal.decided(c.context.tracer.record({ kind: 'decision', ...reconcile }), reconcile);
}
