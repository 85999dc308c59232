import { type Message, NONE } from '../../../electron/cluster/raft/interface.ts';
import type { Raft } from '../../../electron/cluster/raft/raft.ts';
import { answerReadIndex } from '../../../electron/cluster/raft/read-index.ts';
import { majorityCommitted, majorityVote } from '../../../electron/cluster/raft/quorum/majority.ts';
import type { Mutation } from './mutation.testing.ts';

/** Bugs that people have put into Raft implementations and their applications. Each has to be noticed. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'votes for candidates with a shorter log': {
    raft: (raft) => {
      raft.log.isUpToDate = () => true;
    },
  },
  'compares logs by length only': {
    raft: (raft) => {
      raft.log.isUpToDate = (index) => index >= raft.log.lastIndex();
    },
  },
  'votes twice in a term': {
    raft: (raft) => {
      const { step } = raft;
      raft.step = (message) => {
        if (message.type === 'MsgVote' && raft.state === 'Follower') raft.vote = NONE;
        return step.call(raft, message);
      };
    },
  },
  'the vote is not on disk': {
    write: (ready) => ({ ...ready, hardState: ready.hardState && { ...ready.hardState, vote: NONE } }),
  },
  'the term is not on disk': {
    write: (ready) => ({
      ...ready,
      hardState: ready.hardState && { ...ready.hardState, term: 1, vote: NONE },
    }),
  },
  'promises before the disk has synced': { sendsBeforeSync: true },
  'never syncs': { neverSyncs: true },
  'commits entries of older terms by counting': {
    raft: (raft) => {
      raft.log.maybeCommit = (index) => {
        if (index <= raft.log.committed || index === Infinity) return false;
        raft.log.commitTo(index);
        return true;
      };
    },
  },
  'half of the members are a majority': {
    raft: (raft) =>
      eachTracker(raft, (tracker) => {
        tracker.voteResult = (votes) => {
          const granted = tracker.config.voters.filter((id) => votes.get(id) === true).length;
          return granted * 2 >= tracker.config.voters.length ? 'VoteWon' : 'VotePending';
        };
      }),
  },
  'commits what half of the members have': {
    raft: (raft) =>
      eachTracker(raft, (tracker) => {
        tracker.committed = () => {
          const indexes = tracker.config.voters.map((id) => tracker.progress.get(id)?.match ?? 0);
          return indexes.toSorted((a, b) => b - a)[Math.ceil(indexes.length / 2) - 1] ?? 0;
        };
      }),
  },
  'learners count': {
    raft: (raft) =>
      eachTracker(raft, (tracker) => {
        tracker.committed = () => {
          const { voters, learners } = tracker.config;
          const matches = [...voters, ...learners].map((id) => tracker.progress.get(id)?.match ?? 0);
          return matches.toSorted((a, b) => b - a)[Math.floor(voters.length / 2)] ?? 0;
        };
      }),
  },
  'a joint configuration asks the incoming half only': {
    raft: (raft) =>
      eachTracker(raft, (tracker) => {
        tracker.committed = () => majorityCommitted(tracker.config.voters, tracker.progress);
        tracker.voteResult = (votes) => majorityVote(tracker.config.voters, votes);
      }),
  },
  'a joint change is applied in one step': { noJoint: true },
  'appends without comparing the entry before': {
    raft: (raft) => {
      const { maybeAppend } = raft.log;
      raft.log.maybeAppend = (index, _, entries, committed) =>
        index > raft.log.lastIndex()
          ? -1
          : maybeAppend.call(raft.log, index, Math.max(raft.log.term(index), 0), entries, committed);
    },
  },
  'keeps its own entries where the leader has others': {
    raft: (raft) => {
      raft.log.findConflict = (entries) =>
        entries.find(({ index }) => index > raft.log.lastIndex())?.index ?? 0;
    },
  },
  'believes a commit index before it has the entries': {
    raft: (raft) => {
      const { maybeAppend } = raft.log;
      raft.log.maybeAppend = (index, term, entries, committed) => {
        if (raft.log.matchTerm(index, term)) raft.log.commitTo(Math.min(committed, raft.log.lastIndex()));
        return maybeAppend.call(raft.log, index, term, entries, committed);
      };
    },
  },
  'heartbeats carry the commit index as it is': {
    send: (message, raft) =>
      message.type === 'MsgHeartbeat' ? { ...message, commit: raft.log.committed } : message,
  },
  'acknowledges its whole log': {
    send: (message, raft) =>
      message.type === 'MsgAppResp' && !message.reject
        ? { ...message, index: Math.max(message.index, raft.log.lastIndex()) }
        : message,
  },
  'does not step down for a higher term': {
    raft: (raft) => {
      const { step } = raft;
      raft.step = (message) =>
        step.call(
          raft,
          raft.state === 'Leader' && message.term > raft.term && message.type !== 'MsgPreVote'
            ? { ...message, term: raft.term }
            : message,
        );
    },
  },
  'takes messages of older terms': {
    raft: (raft) => {
      const { step } = raft;
      raft.step = (message) =>
        step.call(
          raft,
          message.type === 'MsgApp' && message.term < raft.term ? { ...message, term: 0 } : message,
        );
    },
  },
  'takes a snapshot older than its log': {
    raft: (raft) => {
      const { step } = raft;
      raft.step = (message) => {
        const { snapshot, term } = message;
        if (snapshot === undefined || term < raft.term || raft.state === 'Leader')
          return step.call(raft, message);
        const { matchTerm } = raft.log;
        raft.log.committed = Math.min(raft.log.committed, snapshot.metadata.index - 1);
        raft.log.matchTerm = () => false;
        const taken = step.call(raft, message);
        raft.log.matchTerm = matchTerm;
        return taken;
      };
    },
  },
  'answers reads without asking anybody': { readsLocally: true },
  'trusts a lease for reads': { leaseBased: true },
  'answers reads before their index is applied': { readsEarly: true },
  'answers reads before the first commit of a term': {
    raft: (raft) => {
      raft.committedEntryInCurrentTerm = () => true;
    },
  },
  'a leader answers reads without a quorum': {
    raft: (raft) => {
      const { step } = raft;
      raft.step = (message) => {
        if (message.type !== 'MsgReadIndex' || raft.state !== 'Leader') return step.call(raft, message);
        answerReadIndex(raft, message, raft.log.committed);
        return true;
      };
    },
  },
  'a leader counts its own entries before they are on disk': {
    raft: (raft) => {
      const { appendEntries } = raft;
      raft.appendEntries = (entries) => {
        const taken = appendEntries.call(raft, entries);
        raft.tracker.progress.get(raft.id)?.maybeUpdate(raft.log.lastIndex());
        raft.maybeCommit();
        return taken;
      };
    },
  },
  'acknowledges a write when it is in the log': { acknowledgesEarly: true },
  'several configuration changes at a time': {
    raft: (raft) => Object.defineProperty(raft, 'pendingConfIndex', { get: () => 0, set: () => undefined }),
  },
  'a refusal names another index': {
    send: (message: Message) =>
      message.type === 'MsgAppResp' && message.reject ? { ...message, index: message.index + 1 } : message,
  },
};

/** Also for the trackers that snapshots bring. */
function eachTracker(raft: Raft, change: (tracker: Raft['tracker']) => void): void {
  const { newTracker } = raft;
  raft.newTracker = () => {
    const tracker = newTracker.call(raft);
    change(tracker);
    return tracker;
  };
  change(raft.tracker);
}
