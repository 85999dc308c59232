import type { NewRecord, RecordId } from './causal-record.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';
import type { Rand } from './rand.ts';

/** Writes to the causal log in the name of one actor. */
export interface Tracer {
  readonly actor: string;
  /** Appends a record whose cause is the current one; the new record becomes the current cause of this turn. */
  record(record: NewRecord): RecordId;
  /** The record that caused what is running now. */
  readonly cause: RecordId;
  /** Continues under another cause for the rest of this turn, e.g. a work queue that hands over a key it kept. */
  resume(cause: RecordId): void;
}

/** All that a component may use of the world: time, chance, log, causes, and the end of its life. */
export interface Context {
  readonly clock: Clock;
  readonly rand: Rand;
  readonly log: Logger;
  readonly tracer: Tracer;
  /** Aborted when the process that owns this context has ended. */
  readonly signal: AbortSignal;
}
