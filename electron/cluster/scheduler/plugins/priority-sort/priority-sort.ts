import type { QueuedPod, QueueSortPlugin } from '../../framework/interface.ts';

/** Higher priority first, then who came first. Models plugins/queuesort (v1.34). */
export class PrioritySort implements QueueSortPlugin {
  readonly name = 'PrioritySort';

  less(a: QueuedPod, b: QueuedPod): boolean {
    if (a.info.priority !== b.info.priority) return a.info.priority > b.info.priority;
    return a.timestamp < b.timestamp;
  }
}
