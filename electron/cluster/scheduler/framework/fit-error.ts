import type { Status } from './status.ts';

/** Reasons with how many nodes gave them, sorted as text: `1 Insufficient cpu, 2 Too many pods`. */
export function reasonHistogram(statuses: Iterable<Status>): string {
  const counts = new Map<string, number>();
  for (const { reasons } of statuses)
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
}

/** Why no node would take a Pod. Models framework.FitError (v1.34). */
export interface Diagnosis {
  readonly nodeCount: number;
  readonly byNode: ReadonlyMap<string, Status>;
  /** Set when the Pod was refused before any node was looked at. */
  readonly preFilter?: string;
  readonly postFilter?: string;
  readonly rejectors: ReadonlySet<string>;
}

/** `0/3 nodes are available: 3 Insufficient cpu. preemption: …` */
export function fitErrorMessage(diagnosis: Diagnosis): string {
  const { nodeCount, byNode, preFilter = '', postFilter = '' } = diagnosis;
  if (nodeCount === 0) return 'no nodes available to schedule pods';
  let message = `0/${nodeCount} nodes are available:`;
  const why = preFilter === '' ? reasonHistogram(byNode.values()) : preFilter;
  if (why !== '') message += ` ${why}.`;
  if (postFilter !== '') message += ` ${postFilter}`;
  return message;
}
