import type { Pod } from '../api/types.ts';
import { uidOf } from './pod-accessors.ts';
import type { PodEvents } from './pod-events.ts';
import type { MountStage } from './mount-error.ts';
import type { MountFailure } from './pod-volumes.ts';
import type { SyncFailure } from './pod-syncer.ts';

/** Milliseconds between attempts to mount: doubling. */
const FIRST_RETRY = 500;
const LAST_RETRY = 122_000;
/** How long a pass over a Pod waits for its volumes before it says so. */
const WAIT = 123_000;

interface Waiting {
  retryAfter: number;
  since: number;
}

/** Tells of volumes that cannot be mounted, and when that is tried again. Models operationexecutor and WaitForAttachAndMount (v1.34). */
export class MountBackoff {
  readonly #events: PodEvents;
  readonly #now: () => number;
  readonly #waiting = new Map<string, Waiting>();

  constructor(events: PodEvents, now: () => number) {
    this.#events = events;
    this.#now = now;
  }

  /** What an attempt came to; undefined when everything is mounted. */
  told(pod: Pod, failed: readonly MountFailure[]): SyncFailure | undefined {
    const uid = uidOf(pod);
    const known = this.#waiting.get(uid);
    if (failed.length === 0) {
      this.#waiting.delete(uid);
      return undefined;
    }
    // Of the others only the waiting is told: attaching is not the kubelet's, and a claim may yet be bound.
    for (const { stage, message } of failed)
      if (stage === 'mount') this.#events.pod(pod, 'Warning', 'FailedMount', message);
    const now = this.#now();
    const waiting = known ?? { retryAfter: FIRST_RETRY / 2, since: now };
    waiting.retryAfter = Math.min(waiting.retryAfter * 2, LAST_RETRY);
    this.#waiting.set(uid, waiting);
    if (now - waiting.since >= WAIT) {
      waiting.since = now;
      const names = (stages: readonly MountStage[]): string =>
        failed
          .filter(({ stage }) => stages.includes(stage))
          .map(({ volume }) => volume)
          .join(' ');
      const [unprocessed] = failed.filter(({ stage }) => stage === 'process');
      this.#events.pod(
        pod,
        'Warning',
        'FailedMount',
        `Unable to attach or mount volumes: unmounted volumes=[${names(['mount', 'attach', 'process'])}], unattached volumes=[${names(['attach'])}], failed to process volumes=[${names(['process'])}]: ${unprocessed?.message ?? 'context deadline exceeded'}`,
      );
    }
    return { message: failed.map(({ message }) => message).join(', '), retryAfter: waiting.retryAfter };
  }

  forget(uid: string): void {
    this.#waiting.delete(uid);
  }
}
