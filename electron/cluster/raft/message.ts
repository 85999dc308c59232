import type { Entry, Message, MessageType, RaftId, Snapshot } from './interface.ts';

const NO_ENTRIES: readonly Entry[] = [];

/** What a type of message carries beside its addresses; the rest is zero. */
export interface MessageFields {
  readonly logTerm?: number;
  readonly index?: number;
  readonly entries?: readonly Entry[];
  readonly commit?: number;
  readonly snapshot?: Snapshot;
  readonly reject?: boolean;
  readonly rejectHint?: number;
  readonly context?: string | undefined;
}

/** All messages have all fields: one shape, so that reading them stays fast. */
export function newMessage(
  type: MessageType,
  to: RaftId,
  from: RaftId,
  term: number,
  fields: MessageFields = {},
): Message {
  return {
    type,
    to,
    from,
    term,
    logTerm: fields.logTerm ?? 0,
    index: fields.index ?? 0,
    entries: fields.entries ?? NO_ENTRIES,
    commit: fields.commit ?? 0,
    snapshot: fields.snapshot,
    reject: fields.reject ?? false,
    rejectHint: fields.rejectHint ?? 0,
    context: fields.context,
  };
}
