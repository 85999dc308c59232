import type { RecordSummary } from '../../../../electron/shared/contract/records.ts';

const ELECTION = /^Msg(?:Pre)?Vote|^MsgTimeoutNow|^MsgTransferLeader/;
const STANDING = /^raft\b/;

/** Whether a record of the causal log belongs to an election: votes, and members that change their role. */
export function isElection(record: RecordSummary, members: { has(actor: string): boolean }): boolean {
  if (!members.has(record.actor)) return false;
  if (record.kind === 'message') return ELECTION.test(record.summary);
  return record.kind === 'state' && STANDING.test(record.summary);
}
