import type { CausalLog } from '../../../base/causal-log.ts';
import type { DecisionRecord } from '../../../base/causal-record.ts';
import type { CycleDetail } from '../../../cluster/scheduler/cycle-trace.ts';
import type { Profile } from '../../../cluster/scheduler/framework/profile.ts';
import { defaultProfile } from '../../../cluster/scheduler/plugins/registry.ts';

/** So many of a Pod's decisions are listed. */
const KEPT = 50;

/** A cycle as the causal log keeps it. */
export interface CycleRecord extends DecisionRecord {
  readonly detail: CycleDetail;
}

/** Finds what schedulers decided of a Pod. Looks at the log when asked, and at each record once. */
export class DecisionIndex {
  readonly #log: CausalLog;
  /** Ids by Pod (`namespace/name`), oldest first. */
  readonly #byPod = new Map<string, number[]>();
  /** Profiles by which schedulers decided last, by their names. */
  readonly #profiles = new Map<string, Profile>();
  #next = 0;

  constructor(log: CausalLog) {
    this.#log = log;
  }

  /** Cycles and moves between queues, oldest first, as far as they are still kept. */
  of(pod: string): readonly DecisionRecord[] {
    this.#read();
    return (this.#byPod.get(pod) ?? []).flatMap((id) => {
      const record = this.#log.get(id);
      return record?.kind === 'decision' ? [record] : [];
    });
  }

  cycle(id: number): CycleRecord | undefined {
    const record = this.#log.get(id);
    return record?.kind === 'decision' && isCycle(record) ? record : undefined;
  }

  /** By which a scheduler decides, from its latest decision; the default one before the first. */
  profileOf(scheduler: string): Profile {
    this.#read();
    return this.#profiles.get(scheduler) ?? defaultProfile;
  }

  #read(): void {
    for (const record of this.#log.range(this.#next)) {
      if (record.kind !== 'decision' || !(isCycle(record) || isMove(record))) continue;
      if (isCycle(record))
        this.#profiles.set(record.detail.scheduler, record.detail.seen?.profile ?? defaultProfile);
      const pod = record.subject.slice('pods '.length);
      const ids = this.#byPod.get(pod);
      if (ids === undefined) this.#byPod.set(pod, [record.id]);
      else if (ids.push(record.id) > KEPT) ids.shift();
    }
    this.#next = this.#log.nextId;
    for (const [pod, ids] of this.#byPod) if ((ids.at(-1) ?? 0) < this.#log.firstId) this.#byPod.delete(pod);
  }
}

export function isCycle(record: DecisionRecord): record is CycleRecord {
  return Array.isArray(record.detail?.['fits']) && typeof record.detail['scheduler'] === 'string';
}

/** Between the queues of a scheduler. */
export function isMove(record: DecisionRecord): boolean {
  return record.action === 'queue' && typeof record.detail?.['queue'] === 'string';
}
