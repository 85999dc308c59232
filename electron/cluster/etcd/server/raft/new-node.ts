import type { Context } from '../../../../base/context.ts';
import type { RaftId } from '../../../raft/interface.ts';
import { RawNode } from '../../../raft/raw-node.ts';
import type { MemberConfig } from './interface.ts';
import { entryDataSize } from './log-request.ts';
import type { MemberLog } from './member-log.ts';

/** Bytes, as upstream configures raft. */
const MAX_SIZE_PER_MESSAGE = 512 * 1024;
const MAX_INFLIGHT = 512;

/** A raft node that goes on from what the log holds. Models raftConfig in server/etcdserver/bootstrap.go. */
export function newNode(
  context: Context,
  id: RaftId,
  log: MemberLog,
  applied: number,
  { heartbeat, electionTimeout, preVote }: MemberConfig,
): RawNode {
  return new RawNode({
    id,
    electionTick: Math.max(Math.floor(electionTimeout / heartbeat), 2),
    heartbeatTick: 1,
    storage: log,
    applied,
    maxSizePerMsg: MAX_SIZE_PER_MESSAGE,
    maxCommittedSizePerReady: 0,
    maxUncommittedEntriesSize: 0,
    maxInflightMsgs: MAX_INFLIGHT,
    checkQuorum: true,
    preVote,
    readOnlyOption: 'Safe',
    disableProposalForwarding: false,
    disableConfChangeValidation: false,
    stepDownOnRemoval: false,
    sizeOf: entryDataSize,
    randomInt: (n) => context.rand.int(n),
    log: (line) => context.log.info(line, { logger: 'raft', caller: 'v3@v3.6.0/raft.go' }),
  });
}
