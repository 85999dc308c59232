import { hexId } from './ids.ts';
import { type ConfChangeV2, type Entry, type Message, NONE } from './interface.ts';
import type { Raft } from './raft.ts';
import { answerReadIndex, handleReadIndex, releasePendingReadIndex } from './read-index.ts';
import { bcastAppend, bcastHeartbeat, maybeSendAppend, sendAppend } from './replication.ts';
import type { Progress } from './tracker/progress.ts';

/** False: the proposal was dropped. Models raft.go, stepLeader. */
export function stepLeader(raft: Raft, message: Message): boolean {
  switch (message.type) {
    case 'MsgBeat':
      bcastHeartbeat(raft, raft.readOnly.lastPendingRequestContext());
      return true;
    case 'MsgCheckQuorum':
      checkQuorum(raft);
      return true;
    case 'MsgProp':
      return propose(raft, message.entries);
    case 'MsgReadIndex':
      handleReadIndex(raft, message);
      return true;
    default:
  }
  const progress = raft.tracker.progress.get(message.from);
  if (progress === undefined) return true;
  switch (message.type) {
    case 'MsgAppResp':
      progress.recentActive = true;
      if (message.reject) handleRejection(raft, message, progress);
      else handleAcknowledgement(raft, message, progress);
      return true;
    case 'MsgHeartbeatResp':
      handleHeartbeatResponse(raft, message, progress);
      return true;
    case 'MsgSnapStatus':
      if (progress.state !== 'Snapshot') return true;
      // Failed: probe from where it was, not from behind a snapshot it does not have.
      if (message.reject) progress.pendingSnapshot = 0;
      progress.becomeProbe();
      raft.config.log?.(
        `${hexId(raft.id)} snapshot ${message.reject ? 'failed' : 'succeeded'}, resumed sending replication messages to ${hexId(message.from)}`,
      );
      // Its acknowledgement or the next heartbeat's answer starts it.
      progress.msgAppFlowPaused = true;
      return true;
    case 'MsgUnreachable':
      // Appends that were sent ahead are most likely lost.
      if (progress.state === 'Replicate') progress.becomeProbe();
      return true;
    case 'MsgTransferLeader':
      transferLeader(raft, message, progress);
      return true;
    default:
      return true;
  }
}

function checkQuorum(raft: Raft): void {
  if (!raft.tracker.quorumActive()) {
    raft.config.log?.(`${hexId(raft.id)} stepped down to follower since quorum is not active`);
    raft.becomeFollower(raft.term, NONE);
  }
  for (const [id, progress] of raft.tracker.progress) if (id !== raft.id) progress.recentActive = false;
}

function propose(raft: Raft, proposed: readonly Entry[]): boolean {
  if (proposed.length === 0) throw new Error(`${hexId(raft.id)} stepped empty MsgProp`);
  // Removed while it led: nothing new through it.
  if (!raft.tracker.progress.has(raft.id)) return false;
  if (raft.leadTransferee !== NONE) return false;
  let entries = proposed;
  for (const [at, entry] of proposed.entries()) {
    if (entry.type !== 'ConfChange') continue;
    const refusal = refuseConfChange(raft, entry.data as ConfChangeV2);
    if (refusal === undefined || raft.config.disableConfChangeValidation) {
      raft.pendingConfIndex = raft.log.lastIndex() + at + 1;
      continue;
    }
    raft.config.log?.(`${hexId(raft.id)} ignoring conf change: ${refusal}`);
    const empty: Entry = { term: 0, index: 0, type: 'Normal', data: undefined, size: 0 };
    entries = entries.with(at, empty);
  }
  if (!raft.appendEntries(entries)) return false;
  bcastAppend(raft);
  return true;
}

/** One change at a time, and out of a joint configuration before the next. Undefined: it may go. */
function refuseConfChange(raft: Raft, change: ConfChangeV2): string | undefined {
  if (raft.pendingConfIndex > raft.log.applied)
    return `possible unapplied conf change at index ${raft.pendingConfIndex} (applied to ${raft.log.applied})`;
  const joint = raft.tracker.config.votersOutgoing.length > 0;
  const leaves = change.changes.length === 0;
  if (joint && !leaves) return 'must transition out of joint config first';
  if (!joint && leaves) return 'not in joint state; refusing empty conf change';
  return undefined;
}

function handleRejection(raft: Raft, message: Message, progress: Progress): void {
  // The follower's hint names the term it has there: entries of ours with higher terms below it cannot match either.
  const { rejectHint, logTerm, index, from } = message;
  const probe = logTerm > 0 ? raft.log.findConflictByTerm(rejectHint, logTerm).index : rejectHint;
  raft.config.log?.(
    `${hexId(raft.id)} received MsgAppResp(rejected, hint: (index ${rejectHint}, term ${logTerm})) from ${hexId(from)} for index ${index}`,
  );
  if (!progress.maybeDecrTo(index, probe)) return;
  if (progress.state === 'Replicate') progress.becomeProbe();
  sendAppend(raft, from);
}

function handleAcknowledgement(raft: Raft, message: Message, progress: Progress): void {
  const { from, index } = message;
  // A probe's answer puts it into Replicate even when it brings nothing new.
  if (!progress.maybeUpdate(index) && !(progress.match === index && progress.state === 'Probe')) return;
  if (progress.state === 'Probe') {
    progress.becomeReplicate();
  } else if (progress.state === 'Replicate') {
    progress.inflights.freeLE(index);
  } else if (progress.match + 1 >= raft.log.firstIndex()) {
    // Whatever snapshot it took, our log continues it. By Probe, which takes note of the snapshot.
    progress.becomeProbe();
    progress.becomeReplicate();
  }
  if (raft.maybeCommit()) {
    releasePendingReadIndex(raft);
    bcastAppend(raft);
  } else if (from !== raft.id && progress.canBumpCommit(raft.log.committed)) {
    sendAppend(raft, from);
  }
  if (from === raft.id) return;
  while (maybeSendAppend(raft, from, false));
  if (from === raft.leadTransferee && progress.match === raft.log.lastIndex()) {
    raft.config.log?.(`${hexId(raft.id)} sent MsgTimeoutNow to ${hexId(from)} after received MsgAppResp`);
    raft.send('MsgTimeoutNow', from);
  }
}

function handleHeartbeatResponse(raft: Raft, message: Message, progress: Progress): void {
  const { from, context } = message;
  progress.recentActive = true;
  progress.msgAppFlowPaused = false;
  if (progress.match < raft.log.lastIndex() || progress.state === 'Probe') sendAppend(raft, from);
  if (raft.config.readOnlyOption !== 'Safe' || context === undefined || context === '') return;
  if (raft.tracker.voteResult(raft.readOnly.recvAck(from, context)) !== 'VoteWon') return;
  for (const { request, index } of raft.readOnly.advance(context)) answerReadIndex(raft, request, index);
}

function transferLeader(raft: Raft, { from: transferee }: Message, progress: Progress): void {
  const me = hexId(raft.id);
  const target = hexId(transferee);
  if (progress.isLearner) return;
  if (raft.leadTransferee !== NONE) {
    if (raft.leadTransferee === transferee) {
      raft.config.log?.(
        `${me} [term ${raft.term}] transfer leadership to ${target} is in progress, ignores request to same node ${target}`,
      );
      return;
    }
    raft.config.log?.(
      `${me} [term ${raft.term}] abort previous transferring leadership to ${hexId(raft.leadTransferee)}`,
    );
    raft.leadTransferee = NONE;
  }
  if (transferee === raft.id) return;
  raft.config.log?.(`${me} [term ${raft.term}] starts to transfer leadership to ${target}`);
  // It has one election timeout.
  raft.electionElapsed = 0;
  raft.leadTransferee = transferee;
  if (progress.match === raft.log.lastIndex()) {
    raft.send('MsgTimeoutNow', transferee);
    raft.config.log?.(
      `${me} sends MsgTimeoutNow to ${target} immediately as ${target} already has up-to-date log`,
    );
  } else {
    sendAppend(raft, transferee);
  }
}
