import type { Message } from '../../raft/interface.ts';

/**
 * One line of what a member says to another, e.g. `MsgApp term 3: 2 entries after 1861, commit 1860`. The
 * first word is raft's own name of the message: routine (heartbeats) and elections are told apart by it.
 */
export function summarizeMessage(message: Message): string {
  const { type, term, index, logTerm, entries, commit, reject, rejectHint, snapshot } = message;
  const head = `${type} term ${term}`;
  switch (type) {
    case 'MsgApp': {
      const count =
        entries.length === 1 ? '1 entry' : `${entries.length === 0 ? 'no' : entries.length} entries`;
      return `${head}: ${count} after ${index}, commit ${commit}`;
    }
    case 'MsgAppResp':
      return reject
        ? `${head}: rejected at ${index}, has up to ${rejectHint}`
        : `${head}: has up to ${index}`;
    case 'MsgVote':
    case 'MsgPreVote':
      return `${head}: last entry ${index} of term ${logTerm}`;
    case 'MsgVoteResp':
    case 'MsgPreVoteResp':
      return `${head}: ${reject ? 'rejected' : 'granted'}`;
    case 'MsgHeartbeat':
      return `${head}: commit ${commit}`;
    case 'MsgSnap':
      return `${head}: snapshot up to ${snapshot?.metadata.index ?? 0}`;
    case 'MsgProp':
      return `${head}: ${entries.length === 1 ? '1 entry' : `${entries.length} entries`}`;
    default:
      return head;
  }
}
