import type { ByteString } from '../../../base/byte-string.ts';
import type { EtcdEvent } from '../client/interface.ts';
import type { Change } from './interface.ts';

export interface WatcherOptions {
  readonly key: ByteString;
  /** As `rangeEnd` in `RangeRequest`. */
  readonly end: ByteString;
  /** 0: from now on. */
  readonly startRevision: number;
  readonly prevKv: boolean;
  readonly noPut: boolean;
  readonly noDelete: boolean;
}

/** What the store tells a watcher. Neither events nor compactRevision: progress up to `revision`. */
export interface WatcherResponse {
  /** Revision of the store; 0 with `compactRevision`. */
  readonly revision: number;
  readonly events: readonly EtcdEvent[];
  /** Set: what the watcher wanted next is compacted; it has been removed. */
  readonly compactRevision: number | undefined;
}

/** Takes a response, or returns false when it cannot take any now: the store tries again later. */
export type WatcherSink = (response: WatcherResponse) => boolean;

/** One watch in the store. */
export class Watcher {
  readonly key: ByteString;
  readonly end: ByteString;
  readonly options: WatcherOptions;
  readonly sink: WatcherSink;
  /** Next revision that it has not seen. */
  minRevision: number;
  cancelled = false;
  /** What its sink would not take: it is a victim until it does. */
  refused: WatcherResponse | undefined;
  /** Progress was asked for while it was behind. */
  progressWanted = false;

  constructor(options: WatcherOptions, sink: WatcherSink, minRevision: number) {
    this.key = options.key;
    this.end = options.end;
    this.options = options;
    this.sink = sink;
    this.minRevision = minRevision;
  }

  wants(change: Change): boolean {
    if (change.record.kv.modRevision < this.minRevision) return false;
    return change.record.tombstone ? !this.options.noDelete : !this.options.noPut;
  }
}

/** The event of a change, with the previous value for those who want it. */
export function toEvent(change: Change, prevKv: boolean): EtcdEvent {
  const { record, previous } = change;
  const type = record.tombstone ? 'DELETE' : 'PUT';
  if (!prevKv || previous === undefined) return { type, kv: record.kv };
  return { type, kv: record.kv, prevKv: previous.kv };
}
