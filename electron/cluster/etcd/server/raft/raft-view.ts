import { compareIds } from '../../../raft/ids.ts';
import type { ConfChangeV2, Entry, Status } from '../../../raft/interface.ts';
import type { EtcdLogEntryView, EtcdRaftView, EtcdRole } from '../../view/interface.ts';
import { summarizeRequest } from '../../view/request-summary.ts';
import type { MemberChange } from '../membership/interface.ts';
import { isClusterRequest } from './log-request.ts';
import type { LogRequest } from './log-request.ts';
import type { MemberLog } from './member-log.ts';

/** A member's part in the agreement, for people. */
export function viewOf(status: Status, log: MemberLog, snapshotIndex: number): EtcdRaftView {
  const { hardState, softState } = status;
  return {
    role: roleOf(status),
    term: hardState.term,
    vote: hardState.vote,
    commit: hardState.commit,
    applied: status.applied,
    lead: softState.lead,
    firstIndex: log.firstIndex(),
    lastIndex: log.lastIndex(),
    snapshotIndex,
    progress: [...status.progress]
      .filter(([id]) => id !== status.id)
      .sort(([a], [b]) => compareIds(a, b))
      .map(([memberId, { match, next, state, recentActive, isLearner, inflight }]) => ({
        memberId,
        match,
        next,
        state,
        recentActive,
        isLearner,
        inflight,
      })),
    entry: (index) => {
      const entry = log.entry(index);
      return entry === undefined ? undefined : viewOfEntry(entry);
    },
  };
}

function roleOf({ id, config, softState }: Status): EtcdRole {
  if (config.learners.includes(id)) return 'learner';
  switch (softState.raftState) {
    case 'Leader':
      return 'leader';
    case 'Candidate':
      return 'candidate';
    case 'PreCandidate':
      return 'pre-candidate';
    case 'Follower':
      return 'follower';
  }
}

function viewOfEntry(entry: Entry): EtcdLogEntryView {
  const { index, term, type } = entry;
  return { index, term, type, summary: summaryOf(entry) };
}

function summaryOf({ type, data }: Entry): string {
  if (data === undefined) return '';
  if (type === 'ConfChange') {
    const { changes, context } = data as ConfChangeV2;
    const [change] = changes;
    if (change === undefined) return 'leave joint configuration';
    const id = BigInt(change.nodeId).toString(16);
    return (context as MemberChange | undefined)?.isPromote === true
      ? `Promote ${id}`
      : `${change.type} ${id}`;
  }
  const { request } = data as LogRequest;
  if (!isClusterRequest(request)) return summarizeRequest(request);
  if ('clusterVersionSet' in request) return `ClusterVersionSet ${request.clusterVersionSet.version}`;
  if ('downgradeInfoSet' in request) return 'DowngradeInfoSet';
  const { name, clientUrls } = request.clusterMemberAttrSet;
  return `ClusterMemberAttrSet ${name} ${clientUrls.join(',')}`;
}
