import type { LabelSelector } from '../../apimachinery/types.ts';
import type { Labels } from '../../apimachinery/labels.ts';
import type { Service } from '../../api/types.ts';

/** An owner of Pods that says by labels which are its own: ReplicaSet, StatefulSet. */
export interface SelectingOwner {
  readonly spec?: { readonly selector?: LabelSelector };
}

/** What preemption needs of a policy/v1 PodDisruptionBudget. */
export interface DisruptionBudget {
  readonly metadata?: { readonly namespace?: string };
  readonly spec?: { readonly selector?: LabelSelector };
  readonly status?: {
    readonly disruptionsAllowed?: number;
    readonly disruptedPods?: Readonly<Record<string, unknown>>;
  };
}

/** Objects besides Pods and nodes that plugins look up; what the cluster does not serve is absent. */
export interface ClusterObjects {
  /** Labels of a namespace; none when it is not known. */
  namespaceLabels(name: string): Labels;
  namespaces(): readonly { readonly name: string; readonly labels: Labels }[];
  services(namespace: string): readonly Service[];
  /** `kind`: ReplicaSet or StatefulSet. */
  owner(kind: string, namespace: string, name: string): SelectingOwner | undefined;
  hasPersistentVolumeClaim(namespace: string, name: string): boolean;
  disruptionBudgets(): readonly DisruptionBudget[];
}
