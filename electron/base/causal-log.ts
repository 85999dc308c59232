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

/** How many bytes of bodies are kept, by a measure of the caller's; the oldest are let go of first. */
export interface BodyLimit {
  readonly bytes: number;
  /** Bytes that a record keeps alive by its body; the same each time it is asked. */
  readonly weigh: (record: MessageRecord) => number;
}

/**
 * Append-only, bounded: a ring of the newest `capacity` records. Ids grow by one, so a record is found by
 * subtraction. What is older has been handed to `onDidAppend` listeners (persistence) before it left.
 */
export class CausalLog {
  readonly #ring: (CausalRecord | undefined)[];
  readonly #capacity: number;
  readonly #appended = new Emitter<CausalRecord>();
  readonly #bodies: BodyLimit | undefined;
  /** Records whose bodies weigh something, oldest first, and what those still here weigh together. */
  readonly #heavy: { readonly id: RecordId; readonly bytes: number }[] = [];
  #bodyBytes = 0;
  #nextId: RecordId;
  #firstId: RecordId;

  /** `nextId` continues the numbering of an earlier run of the same workspace. */
  constructor(capacity: number, nextId: RecordId = 1, bodies?: BodyLimit) {
    this.#bodies = bodies;
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
    if (this.#bodies !== undefined && record.kind === 'message') this.#weigh(record, this.#bodies);
  }

  #weigh(record: MessageRecord, { bytes: limit, weigh }: BodyLimit): void {
    const bytes = weigh(record);
    if (bytes === 0) return;
    this.#heavy.push({ id: record.id, bytes });
    this.#bodyBytes += bytes;
    let gone = 0;
    for (const { id, bytes: weight } of this.#heavy) {
      const isHere = id >= this.#firstId;
      if (isHere && this.#bodyBytes <= limit) break;
      gone += 1;
      this.#bodyBytes -= weight;
      // The record stays, as one of an earlier run does, of which no body was kept either.
      if (isHere) this.#ring[id % this.#capacity] = { ...(this.get(id) as MessageRecord), body: undefined };
    }
    this.#heavy.splice(0, gone);
  }
}
