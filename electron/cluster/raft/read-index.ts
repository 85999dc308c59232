import { type Message, NONE } from './interface.ts';
import type { Raft } from './raft.ts';
import { bcastHeartbeat } from './replication.ts';

/** To whoever asked: here as a ReadState, elsewhere by message. */
export function answerReadIndex(raft: Raft, request: Message, index: number): void {
  const context = request.context ?? '';
  if (request.from === NONE || request.from === raft.id)
    raft.readStates.push({ index, requestContext: context });
  else raft.send('MsgReadIndexResp', request.from, { index, context });
}

/**
 * A leader's answer to a read. Two differences to upstream, which answers at once wherever there is a single voter. Before
 * its first commit a leader does not know what is committed, after a restart not even when it is alone: reads wait. And
 * the single voter may be another: a leader that was demoted or removed leads until it hears of a new one.
 */
export function handleReadIndex(raft: Raft, request: Message): void {
  if (!raft.committedEntryInCurrentTerm()) {
    raft.pendingReadIndexMessages.push(request);
    return;
  }
  const alone = raft.tracker.isSingleton() && raft.tracker.isVoter(raft.id);
  if (alone || raft.config.readOnlyOption === 'LeaseBased') {
    answerReadIndex(raft, request, raft.log.committed);
    return;
  }
  raft.readOnly.addRequest(raft.log.committed, request);
  raft.readOnly.recvAck(raft.id, request.context ?? '');
  bcastHeartbeat(raft, request.context);
}

export function releasePendingReadIndex(raft: Raft): void {
  if (raft.pendingReadIndexMessages.length === 0 || !raft.committedEntryInCurrentTerm()) return;
  const requests = raft.pendingReadIndexMessages;
  raft.pendingReadIndexMessages = [];
  for (const request of requests) handleReadIndex(raft, request);
}
