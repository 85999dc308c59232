import { hexId } from './ids.ts';
import { type Message, NONE } from './interface.ts';
import type { Raft } from './raft.ts';
import { bcastAppend } from './replication.ts';
import { stepFollower } from './step-follower.ts';

/** Candidates and pre-candidates. False: the proposal was dropped. Models raft.go, stepCandidate. */
export function stepCandidate(raft: Raft, message: Message): boolean {
  const { type, from, reject } = message;
  switch (type) {
    case 'MsgProp':
      raft.config.log?.(`${hexId(raft.id)} no leader at term ${raft.term}; dropping proposal`);
      return false;
    case 'MsgApp':
    case 'MsgHeartbeat':
    case 'MsgSnap':
      // Somebody else has won this term.
      raft.becomeFollower(message.term, from);
      return stepFollower(raft, message);
    case 'MsgVoteResp':
    case 'MsgPreVoteResp': {
      // Answers to the pre-vote may still come when the vote is under way.
      if (type !== (raft.state === 'PreCandidate' ? 'MsgPreVoteResp' : 'MsgVoteResp')) return true;
      raft.config.log?.(
        `${hexId(raft.id)} received ${type}${reject ? ' rejection' : ''} from ${hexId(from)} at term ${raft.term}`,
      );
      raft.tracker.recordVote(from, !reject);
      const { granted, rejected, result } = raft.tracker.tallyVotes();
      raft.config.log?.(
        `${hexId(raft.id)} has received ${granted} ${type} votes and ${rejected} vote rejections`,
      );
      if (result === 'VoteLost') {
        raft.becomeFollower(raft.term, NONE);
      } else if (result === 'VoteWon') {
        if (raft.state === 'PreCandidate') {
          raft.campaign('CampaignElection');
        } else {
          raft.becomeLeader();
          bcastAppend(raft);
        }
      }
      return true;
    }
    default:
      return true;
  }
}
