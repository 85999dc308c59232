/** What a plugin says of a Pod (on a node). Models k8s.io/kube-scheduler framework Code (v1.34). */
export type Code =
  | 'Success'
  | 'Error'
  /** Not now; removing Pods might help. */
  | 'Unschedulable'
  /** Not now; removing Pods would not help. */
  | 'UnschedulableAndUnresolvable'
  | 'Wait'
  | 'Skip'
  | 'Pending';

/** A verdict that is not plain success. Success is `undefined`. */
export interface Status {
  readonly code: Exclude<Code, 'Success'>;
  readonly reasons: readonly string[];
  /** Who said so; filled in by the framework. */
  readonly plugin?: string;
}

export function unschedulable(...reasons: string[]): Status {
  return { code: 'Unschedulable', reasons };
}

export function unresolvable(...reasons: string[]): Status {
  return { code: 'UnschedulableAndUnresolvable', reasons };
}

export const skip: Status = { code: 'Skip', reasons: [] };

/** Something that should not happen; the Pod is tried again after a pause. */
export function errorStatus(error: unknown): Status {
  return { code: 'Error', reasons: [error instanceof Error ? error.message : String(error)] };
}

/** True for a refusal, as opposed to an error or a skip. */
export function isRejected(status: Status | undefined): boolean {
  return (
    status?.code === 'Unschedulable' ||
    status?.code === 'UnschedulableAndUnresolvable' ||
    status?.code === 'Pending'
  );
}
