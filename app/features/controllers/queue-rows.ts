import type { ObjectLink, QueueState } from '../../../electron/shared/contract/controllers.ts';

/** A key of a work queue, wherever it is. */
export interface QueueRow {
  readonly key: string;
  readonly label: string;
  readonly object: ObjectLink | null;
  /** Key of the catalogue below `controllers.place`. */
  readonly place: 'processing' | 'again' | 'ready' | 'retry' | 'delayed';
  /** Milliseconds since it came there, or (`retry`, `delayed`) until it comes back. */
  readonly ms: number;
  readonly retries: number;
  readonly error: string | null;
}

/** Keys of a queue in the order in which their turn comes: in work, ready, then those that come back. */
export function queueRows(queue: QueueState, now: number): readonly QueueRow[] {
  const head = ({ key, label, object, retries, error }: QueueState['ready'][number] | Head): Head => ({
    key,
    label,
    object,
    retries,
    error,
  });
  return [
    ...queue.processing.map((one) => ({
      ...head(one),
      place: one.again ? ('again' as const) : ('processing' as const),
      ms: now - one.startedAt,
    })),
    ...queue.ready.map((one) => ({ ...head(one), place: 'ready' as const, ms: now - one.since })),
    ...queue.delayed.map((one) => ({
      ...head(one),
      place: one.retries > 0 ? ('retry' as const) : ('delayed' as const),
      ms: one.at - now,
    })),
  ];
}

type Head = Pick<QueueRow, 'key' | 'label' | 'object' | 'retries' | 'error'>;
