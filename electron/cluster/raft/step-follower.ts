import { CAMPAIGN_TRANSFER } from './campaign-type.ts';
import { restoreConfig } from './confchange/restore.ts';
import { hexId } from './ids.ts';
import { type Message, NONE, type Snapshot } from './interface.ts';
import type { Raft } from './raft.ts';
import { switchToConfig } from './switch-to-config.ts';

/** False: the proposal was dropped. Models raft.go, stepFollower. */
export function stepFollower(raft: Raft, message: Message): boolean {
  const { type, from } = message;
  const me = hexId(raft.id);
  switch (type) {
    case 'MsgProp':
      if (raft.lead === NONE) {
        raft.config.log?.(`${me} no leader at term ${raft.term}; dropping proposal`);
        return false;
      }
      if (raft.config.disableProposalForwarding) {
        raft.config.log?.(
          `${me} not forwarding to leader ${hexId(raft.lead)} at term ${raft.term}; dropping proposal`,
        );
        return false;
      }
      raft.forward(message);
      return true;
    case 'MsgApp':
      hearLeader(raft, message);
      handleAppendEntries(raft, message);
      return true;
    case 'MsgHeartbeat':
      hearLeader(raft, message);
      raft.log.commitTo(message.commit);
      raft.send('MsgHeartbeatResp', from, { context: message.context });
      return true;
    case 'MsgSnap':
      hearLeader(raft, message);
      handleSnapshot(raft, message);
      return true;
    case 'MsgTransferLeader':
    case 'MsgReadIndex':
      if (raft.lead === NONE) {
        const what = type === 'MsgReadIndex' ? 'index reading msg' : 'leader transfer msg';
        raft.config.log?.(`${me} no leader at term ${raft.term}; dropping ${what}`);
        return true;
      }
      raft.forward(message);
      return true;
    case 'MsgForgetLeader':
      // A lease read trusts that followers do not forget.
      if (raft.config.readOnlyOption === 'LeaseBased' || raft.lead === NONE) return true;
      raft.config.log?.(`${me} forgetting leader ${hexId(raft.lead)} at term ${raft.term}`);
      raft.lead = NONE;
      return true;
    case 'MsgTimeoutNow':
      raft.config.log?.(
        `${me} [term ${raft.term}] received MsgTimeoutNow from ${hexId(from)} and starts an election to get leadership.`,
      );
      // The leader itself asks for it: no pre-vote.
      raft.hup(CAMPAIGN_TRANSFER);
      return true;
    case 'MsgReadIndexResp':
      raft.readStates.push({ index: message.index, requestContext: message.context ?? '' });
      return true;
    default:
      return true;
  }
}

function hearLeader(raft: Raft, { from }: Message): void {
  raft.electionElapsed = 0;
  raft.lead = from;
}

function handleAppendEntries(raft: Raft, message: Message): void {
  const { from, index, logTerm, entries, commit } = message;
  if (index < raft.log.committed) {
    raft.send('MsgAppResp', from, { index: raft.log.committed });
    return;
  }
  const last = raft.log.maybeAppend(index, logTerm, entries, commit);
  if (last !== -1) {
    raft.send('MsgAppResp', from, { index: last });
    return;
  }
  raft.config.log?.(
    `${hexId(raft.id)} [logterm: ${Math.max(raft.log.term(index), 0)}, index: ${index}] rejected MsgApp [logterm: ${logTerm}, index: ${index}] from ${hexId(from)}`,
  );
  // The leader's log has no term above logTerm up to here: what is ours with higher terms cannot match.
  const hint = raft.log.findConflictByTerm(Math.min(index, raft.log.lastIndex()), logTerm);
  raft.send('MsgAppResp', from, { index, reject: true, rejectHint: hint.index, logTerm: hint.term });
}

function handleSnapshot(raft: Raft, message: Message): void {
  const { snapshot, from } = message;
  if (snapshot === undefined) throw new Error(`${hexId(raft.id)} received MsgSnap without a snapshot`);
  const { index, term } = snapshot.metadata;
  const restored = restore(raft, snapshot);
  raft.config.log?.(
    `${hexId(raft.id)} [commit: ${raft.log.committed}] ${restored ? 'restored' : 'ignored'} snapshot [index: ${index}, term: ${term}]`,
  );
  raft.send('MsgAppResp', from, { index: restored ? raft.log.lastIndex() : raft.log.committed });
}

/** False: it was not needed, or is not for this member. */
function restore(raft: Raft, snapshot: Snapshot): boolean {
  const { index, term, confState } = snapshot.metadata;
  if (index <= raft.log.committed) return false;
  const { voters, learners, votersOutgoing } = confState;
  if (![voters, learners, votersOutgoing].some((ids) => ids.includes(raft.id))) {
    raft.config.log?.(
      `${hexId(raft.id)} attempted to restore snapshot but it is not in the ConfState; should never happen`,
    );
    return false;
  }
  if (raft.log.matchTerm(index, term)) {
    raft.config.log?.(
      `${hexId(raft.id)} [commit: ${raft.log.committed}, lastindex: ${raft.log.lastIndex()}, lastterm: ${raft.log.lastTerm()}] fast-forwarded commit to snapshot [index: ${index}, term: ${term}]`,
    );
    raft.log.commitTo(index);
    return false;
  }
  raft.log.restore(snapshot);
  raft.tracker = raft.newTracker();
  switchToConfig(raft, restoreConfig(raft.tracker, confState, raft.log.lastIndex()));
  return true;
}
