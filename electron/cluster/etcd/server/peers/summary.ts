import type { Message } from '../../../raft/interface.ts';
import { hexId } from '../../../raft/ids.ts';
import { NONE } from '../../../raft/interface.ts';

/** One line of a raft message, e.g. `MsgApp 2 entries after 17`, `MsgVote term 4, last index 17`. */
export function summarizeMessage(message: Message): string {
  const { type, entries, index, term, reject, commit, context } = message;
  switch (type) {
    case 'MsgApp':
      if (entries.length === 0) return `MsgApp no entries, commit ${commit}`;
      return `MsgApp ${entries.length} ${entries.length === 1 ? 'entry' : 'entries'} after ${index}`;
    case 'MsgAppResp':
      return reject
        ? `MsgAppResp rejected at ${index}, try ${message.rejectHint}`
        : `MsgAppResp up to ${index}`;
    case 'MsgVote':
    case 'MsgPreVote':
      return `${type} term ${term}, last index ${index}`;
    case 'MsgVoteResp':
    case 'MsgPreVoteResp':
      return `${type} term ${term}: ${reject ? 'no' : 'yes'}`;
    case 'MsgHeartbeat':
    case 'MsgHeartbeatResp':
      return context === undefined || context === '' ? type : `${type} for a read`;
    case 'MsgSnap':
      return `MsgSnap up to ${message.snapshot?.metadata.index ?? 0}`;
    case 'MsgProp':
      return `MsgProp ${entries.length} ${entries.length === 1 ? 'entry' : 'entries'}`;
    case 'MsgReadIndexResp':
      return `MsgReadIndexResp ${index}`;
    default:
      return type;
  }
}

/** For the causal log: what an inspector shows, and whether the diagram may leave it out. */
export function detailOfMessage(message: Message): Readonly<Record<string, unknown>> {
  const { type, term, logTerm, index, commit, entries, reject, context, from, to } = message;
  const isHeartbeat = type === 'MsgHeartbeat' || type === 'MsgHeartbeatResp';
  return {
    raft: type,
    from: from === NONE ? '0' : hexId(from),
    to: hexId(to),
    term,
    logTerm,
    index,
    commit,
    entries: entries.length,
    ...(reject ? { reject } : {}),
    ...(isHeartbeat && (context ?? '') === '' ? { heartbeat: true } : {}),
  };
}
