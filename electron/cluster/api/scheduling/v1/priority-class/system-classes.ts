/** Highest value a class of a user may have; the system's are above it. */
export const HIGHEST_USER_PRIORITY = 1_000_000_000;

/** The classes every cluster has. Models pkg/apis/scheduling/v1 SystemPriorityClasses (v1.34). */
export const SYSTEM_PRIORITY_CLASSES: readonly {
  readonly name: string;
  readonly value: number;
  readonly description: string;
}[] = [
  {
    name: 'system-node-critical',
    value: 2 * HIGHEST_USER_PRIORITY + 1000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
  {
    name: 'system-cluster-critical',
    value: 2 * HIGHEST_USER_PRIORITY,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
];
