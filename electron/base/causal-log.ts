import type { CausalRecord, MessageRecord, NewRecord, RecordId } from './causal-record.ts';
import { Emitter } from './event.ts';

type NewMessage = Extract<NewRecord, { readonly kind: 'message' }>;

/** Field by field: nearly all records are messages, and a copy of an object of many shapes is slow and large. */
function messageRecord(
  record: NewMessage,
  id: RecordId,
  time: number,
  cause: RecordId,
  actor: string,
): MessageRecord {
  const { kind, to, protocol, phase, summary, connection, call, body, latency, detail, dropped } = record;
  if (dropped !== undefined) return { ...record, id, time, cause, actor };
  if (detail === undefined)
    return { kind, to, protocol, phase, summary, connection, call, body, latency, id, time, cause, actor };
  return {
    kind,
    to,
    protocol,
    phase,
    summary,
    connection,
    call,
    body,
    latency,
    detail,
    id,
    time,
    cause,
    actor,
  };
}

/**
 * Append-only, bounded: a ring of the newest `capacity` records. Ids grow by one, so a record is found by
 * subtraction. What is older has been handed to `onDidAppend` listeners (persistence) before it left.
 */
export class CausalLog {
  readonly #ring: (CausalRecord | undefined)[];
  readonly #capacity: number;
  readonly #appended = new Emitter<CausalRecord>();
  #nextId: RecordId;
  #firstId: RecordId;

  /** `nextId` continues the numbering of an earlier run of the same workspace. */
  constructor(capacity: number, nextId: RecordId = 1) {
    this.#capacity = capacity;
    this.#ring = new Array<CausalRecord | undefined>(capacity);
    this.#nextId = nextId;
    this.#firstId = nextId;
  }

  readonly onDidAppend = this.#appended.event;

  get nextId(): RecordId {
    return this.#nextId;
  }

  /** Oldest id still in memory. */
  get firstId(): RecordId {
    return this.#firstId;
  }

  append(record: NewRecord, time: number, cause: RecordId, actor: string): RecordId {
    const id = this.#nextId;
    const full =
      record.kind === 'message'
        ? messageRecord(record, id, time, cause, actor)
        : ({ ...record, id, time, cause, actor } as CausalRecord);
    this.#put(full);
    this.#appended.fire(full);
    return id;
  }

  /** Puts back records of an earlier run, oldest first, ending right before `nextId`. */
  restore(records: readonly CausalRecord[]): void {
    for (const record of records) {
      this.#ring[record.id % this.#capacity] = record;
      this.#firstId = Math.min(this.#firstId, record.id);
    }
    this.#firstId = Math.max(this.#firstId, this.#nextId - this.#capacity);
  }

  get(id: RecordId): CausalRecord | undefined {
    if (id < this.#firstId || id >= this.#nextId) return undefined;
    return this.#ring[id % this.#capacity];
  }

  /** Records with id in [from, to), oldest first, as far as they are still in memory. */
  *range(from: RecordId, to: RecordId = this.#nextId): IterableIterator<CausalRecord> {
    for (let id = Math.max(from, this.#firstId); id < Math.min(to, this.#nextId); id += 1) {
      const record = this.get(id);
      if (record !== undefined) yield record;
    }
  }

  #put(record: CausalRecord): void {
    this.#ring[record.id % this.#capacity] = record;
    this.#nextId = record.id + 1;
    if (this.#nextId - this.#firstId > this.#capacity) this.#firstId = this.#nextId - this.#capacity;
  }
}
