import type { CausalLog } from '../../base/causal-log.ts';
import type { CausalRecord, RecordId } from '../../base/causal-record.ts';

/** Routine whatever led to it: a loop that renews a lease, or a watch whose time is over, carries its first cause along. */
const ALWAYS_ROUTINE = /\/leases\/|^MsgHeartbeat(?:Resp)?$|^link heartbeat$|^end of stream \(timeout\)$/;
/** Members asking one another whether a read is current: the read is the news, not this. What follows from it is the read's. */
const IN_PASSING = /^MsgHeartbeat(?:Resp)? for a read$/;
/** Elections are news although timers begin them. */
const NEVER_ROUTINE = /^Msg(?:Pre)?Vote|^MsgTimeoutNow/;
/** Messages that a component sends again and again although nobody did anything. */
const ROUTINE = [
  /\/nodes\/[^/ ]+(\/status)?(\?|$| )/,
  /^GET /,
  /^(Status|ListImages|ListContainers|ListPodSandbox|ImageFsInfo)\b/,
  /bookmark/i,
  /\bprogress\b/i,
  /compact/i,
  /\b(healthz|livez|readyz)\b/,
];

/**
 * Tells routine (heartbeats, lease renewals, resyncs and all that follows from them) from what somebody or
 * something new has caused, by the root of each record's chain. Keeps one bit per record in memory.
 */
export class PeriodicFilter {
  readonly #log: CausalLog;
  readonly #routine = new Set<RecordId>();
  readonly #inPassing = new Set<RecordId>();
  #newest: RecordId = 0;

  constructor(log: CausalLog) {
    this.#log = log;
  }

  /** Ask for every record in the order of ids. */
  isRoutine(record: CausalRecord): boolean {
    if (record.id <= this.#newest) return this.#routine.has(record.id) || this.#inPassing.has(record.id);
    this.#newest = record.id;
    const routine =
      record.kind === 'message' && NEVER_ROUTINE.test(record.summary)
        ? false
        : record.kind === 'message' && ALWAYS_ROUTINE.test(record.summary)
          ? true
          : record.cause === 0
            ? record.kind === 'message' && ROUTINE.some((pattern) => pattern.test(record.summary))
            : this.#routine.has(record.cause) && record.kind === 'message';
    if (routine) this.#routine.add(record.id);
    const inPassing = !routine && record.kind === 'message' && IN_PASSING.test(record.summary);
    if (inPassing) this.#inPassing.add(record.id);
    if (this.#routine.size + this.#inPassing.size > 200_000) this.#forget();
    return routine || inPassing;
  }

  #forget(): void {
    for (const ids of [this.#routine, this.#inPassing])
      for (const id of ids) if (id < this.#log.firstId) ids.delete(id);
  }
}
