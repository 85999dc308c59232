import { CAMPAIGN_TRANSFER, type CampaignType } from './campaign-type.ts';
import { restoreConfig } from './confchange/restore.ts';
import { payloadsSize } from './entry-size.ts';
import { hexId } from './ids.ts';
import {
  type Config,
  type Entry,
  type HardState,
  type Message,
  type MessageType,
  NONE,
  type RaftId,
  type ReadState,
  type SoftState,
  type StateType,
} from './interface.ts';
import { type MessageFields, newMessage } from './message.ts';
import { RaftLog } from './raft-log.ts';
import { ReadOnly } from './read-only.ts';
import { stepCandidate } from './step-candidate.ts';
import { stepFollower } from './step-follower.ts';
import { stepLeader } from './step-leader.ts';
import { switchToConfig } from './switch-to-config.ts';
import { Progress } from './tracker/progress.ts';
import { ProgressTracker } from './tracker/progress-tracker.ts';
import { validateConfig } from './validate-config.ts';

/**
 * The state of one member and what is common to all roles: terms, elections, votes. What a role does with a message
 * is in `step-*.ts`. Models raft.go (v3.6).
 */
export class Raft {
  readonly id: RaftId;
  readonly config: Config;
  readonly log: RaftLog;
  tracker: ProgressTracker;
  readOnly = new ReadOnly();

  term = 0;
  vote: RaftId = NONE;
  lead: RaftId = NONE;
  state: StateType = 'Follower';
  isLearner = false;

  /** May be sent at once. */
  msgs: Message[] = [];
  /** Rest on what is not on disk yet: votes and acknowledgements, also this member's own to itself. */
  msgsAfterAppend: Message[] = [];
  readStates: ReadState[] = [];
  /** Reads that came before this leader had committed an entry of its term. */
  pendingReadIndexMessages: Message[] = [];

  leadTransferee: RaftId = NONE;
  /** At or above the last configuration change that may not be applied yet. */
  pendingConfIndex = 0;
  /** About the bytes of proposals in the log that are not applied; a leader's only. */
  uncommittedSize = 0;

  /** Ticks since the leader was heard; a leader's since its last quorum check. */
  electionElapsed = 0;
  heartbeatElapsed = 0;
  randomizedElectionTimeout = 0;

  constructor(config: Config) {
    validateConfig(config);
    this.id = config.id;
    this.config = config;
    const { storage } = config;
    this.log = new RaftLog(
      storage,
      config.maxCommittedSizePerReady === 0 ? config.maxSizePerMsg : config.maxCommittedSizePerReady,
      config.sizeOf,
    );
    this.tracker = this.newTracker();
    const { hardState, confState } = storage.initialState();
    switchToConfig(this, restoreConfig(this.tracker, confState, this.log.lastIndex()));
    if (hardState.term !== 0 || hardState.vote !== NONE || hardState.commit !== 0) this.#load(hardState);
    if (config.applied > 0) this.log.appliedTo(config.applied);
    this.becomeFollower(this.term, NONE);
    config.log?.(
      `newRaft ${hexId(this.id)} [peers: [${confState.voters.map(hexId).join(',')}], term: ${this.term}, commit: ${this.log.committed}, applied: ${this.log.applied}, lastindex: ${this.log.lastIndex()}, lastterm: ${this.log.lastTerm()}]`,
    );
  }

  newTracker(): ProgressTracker {
    return new ProgressTracker(this.config.maxInflightMsgs, this.config.maxInflightBytes ?? 0);
  }

  hardState(): HardState {
    return { term: this.term, vote: this.vote, commit: this.log.committed };
  }

  softState(): SoftState {
    return { lead: this.lead, raftState: this.state };
  }

  /** Voters' own messages: sent with the term of an election. All others: see `send`. */
  sendVote(type: MessageType, to: RaftId, term: number, fields?: MessageFields): void {
    const message = newMessage(type, to, this.id, term, fields);
    if (type === 'MsgVoteResp' || type === 'MsgPreVoteResp') this.msgsAfterAppend.push(message);
    else this.msgs.push(message);
  }

  send(type: MessageType, to: RaftId, fields?: MessageFields): void {
    const message = newMessage(type, to, this.id, this.term, fields);
    if (type === 'MsgAppResp') this.msgsAfterAppend.push(message);
    else this.msgs.push(message);
  }

  /** Proposals and reads on their way to the leader have no term, and keep their sender. */
  forward(message: Message): void {
    const from = message.from === NONE ? this.id : message.from;
    const term = message.type === 'MsgTransferLeader' ? this.term : 0;
    this.msgs.push({ ...message, to: this.lead, from, term });
  }

  tick(): void {
    if (this.state === 'Leader') this.#tickHeartbeat();
    else this.#tickElection();
  }

  /** False: the proposal was dropped. */
  step(message: Message): boolean {
    if (message.term > this.term) {
      if (!this.#stepHigherTerm(message)) return true;
    } else if (message.term < this.term && message.term !== 0) {
      this.#stepLowerTerm(message);
      return true;
    }
    switch (message.type) {
      case 'MsgHup':
        this.hup(this.config.preVote ? 'CampaignPreElection' : 'CampaignElection');
        return true;
      case 'MsgVote':
      case 'MsgPreVote':
        this.#answerVote(message);
        return true;
      default:
        if (this.state === 'Leader') return stepLeader(this, message);
        return this.state === 'Follower' ? stepFollower(this, message) : stepCandidate(this, message);
    }
  }

  becomeFollower(term: number, lead: RaftId): void {
    this.#reset(term);
    this.lead = lead;
    this.state = 'Follower';
    this.config.log?.(`${hexId(this.id)} became follower at term ${this.term}`);
  }

  becomeCandidate(): void {
    if (this.state === 'Leader') throw new Error('invalid transition [leader -> candidate]');
    this.#reset(this.term + 1);
    this.vote = this.id;
    this.state = 'Candidate';
    this.config.log?.(`${hexId(this.id)} became candidate at term ${this.term}`);
  }

  /** Asks only: neither term nor vote change. */
  becomePreCandidate(): void {
    if (this.state === 'Leader') throw new Error('invalid transition [leader -> pre-candidate]');
    this.tracker.votes = new Map();
    this.lead = NONE;
    this.state = 'PreCandidate';
    this.config.log?.(`${hexId(this.id)} became pre-candidate at term ${this.term}`);
  }

  becomeLeader(): void {
    if (this.state === 'Follower') throw new Error('invalid transition [follower -> leader]');
    this.#reset(this.term);
    this.lead = this.id;
    this.state = 'Leader';
    const own = this.tracker.progress.get(this.id);
    if (own === undefined) throw new Error(`${hexId(this.id)} leads a configuration it is not in`);
    own.becomeReplicate();
    own.recentActive = true;
    // Whether the tail of the log holds a configuration change is not looked up: new ones wait until all of it is applied.
    this.pendingConfIndex = this.log.lastIndex();
    this.appendEntries([{ term: 0, index: 0, type: 'Normal', data: undefined, size: 0 }]);
    this.config.log?.(`${hexId(this.id)} became leader at term ${this.term}`);
  }

  hup(type: CampaignType): void {
    const me = hexId(this.id);
    if (this.state === 'Leader') return;
    if (!this.promotable()) {
      this.config.log?.(`${me} is unpromotable and can not campaign`);
      return;
    }
    if (this.log.hasUnappliedConfChange()) {
      this.config.log?.(
        `${me} cannot campaign at term ${this.term} since there are still pending configuration changes to apply`,
      );
      return;
    }
    this.config.log?.(`${me} is starting a new election at term ${this.term}`);
    this.campaign(type);
  }

  campaign(type: CampaignType): void {
    const pre = type === 'CampaignPreElection';
    if (pre) this.becomePreCandidate();
    else this.becomeCandidate();
    const term = pre ? this.term + 1 : this.term;
    const index = this.log.lastIndex();
    const logTerm = this.log.lastTerm();
    const request = pre ? 'MsgPreVote' : 'MsgVote';
    const context = type === CAMPAIGN_TRANSFER ? type : undefined;
    for (const id of this.tracker.progress.keys()) {
      if (!this.tracker.isVoter(id)) continue;
      if (id === this.id) {
        // Counts once it is on disk, like anybody's.
        this.sendVote(pre ? 'MsgPreVoteResp' : 'MsgVoteResp', id, term);
        continue;
      }
      this.config.log?.(
        `${hexId(this.id)} [logterm: ${logTerm}, index: ${index}] sent ${request} request to ${hexId(id)} at term ${this.term}`,
      );
      this.sendVote(request, id, term, { index, logTerm, context });
    }
  }

  /** May it become leader: a voter of its own configuration, with no snapshot waiting. */
  promotable(): boolean {
    const own = this.tracker.progress.get(this.id);
    return own !== undefined && !own.isLearner && this.log.unstable.snapshot === undefined;
  }

  /** Gives entries their place. False: the limit of uncommitted bytes is reached. */
  appendEntries(entries: readonly Entry[]): boolean {
    const { sizeOf, maxUncommittedEntriesSize: limit } = this.config;
    let index = this.log.lastIndex();
    const placed: Entry[] = [];
    for (const entry of entries) {
      index += 1;
      const size = entry.size ?? payloadsSize([entry], sizeOf);
      placed.push({ term: this.term, index, type: entry.type, data: entry.data, size });
    }
    const bytes = payloadsSize(placed, sizeOf);
    // One proposal of any size, and empty entries, are always taken.
    if (limit > 0 && this.uncommittedSize > 0 && bytes > 0 && this.uncommittedSize + bytes > limit) {
      this.config.log?.(
        `${hexId(this.id)} appending new entries to log would exceed uncommitted entry size limit; dropping proposal`,
      );
      return false;
    }
    this.uncommittedSize += bytes;
    this.log.append(placed);
    // The leader acknowledges to itself once they are on disk.
    this.send('MsgAppResp', this.id, { index });
    return true;
  }

  appliedTo(index: number): void {
    const applied = Math.max(index, this.log.applied);
    this.log.appliedTo(applied);
    if (this.state !== 'Leader' || !this.tracker.config.autoLeave || applied < this.pendingConfIndex) return;
    const leave: Entry = { term: 0, index: 0, type: 'ConfChange', data: { transition: 'Auto', changes: [] } };
    // Dropped during a transfer: tried again with the next entry applied, here or by the next leader.
    const taken = this.step(newMessage('MsgProp', NONE, this.id, 0, { entries: [leave] }));
    if (taken)
      this.config.log?.(`${hexId(this.id)} initiating automatic transition out of joint configuration`);
  }

  reduceUncommittedSize(entries: readonly Entry[]): void {
    if (this.uncommittedSize === 0) return;
    this.uncommittedSize = Math.max(0, this.uncommittedSize - payloadsSize(entries, this.config.sizeOf));
  }

  maybeCommit(): boolean {
    return this.log.maybeCommit(this.tracker.committed(), this.term);
  }

  committedEntryInCurrentTerm(): boolean {
    return this.log.term(this.log.committed) === this.term;
  }

  #tickElection(): void {
    this.electionElapsed += 1;
    if (!this.promotable() || this.electionElapsed < this.randomizedElectionTimeout) return;
    this.electionElapsed = 0;
    this.step(newMessage('MsgHup', NONE, this.id, 0));
  }

  #tickHeartbeat(): void {
    this.heartbeatElapsed += 1;
    this.electionElapsed += 1;
    if (this.electionElapsed >= this.config.electionTick) {
      this.electionElapsed = 0;
      if (this.config.checkQuorum) this.step(newMessage('MsgCheckQuorum', NONE, this.id, 0));
      // A transfer that took longer has failed: proposals are taken again.
      if (this.isLeader()) this.leadTransferee = NONE;
    }
    if (!this.isLeader() || this.heartbeatElapsed < this.config.heartbeatTick) return;
    this.heartbeatElapsed = 0;
    this.step(newMessage('MsgBeat', NONE, this.id, 0));
  }

  isLeader(): boolean {
    return this.state === 'Leader';
  }

  /** False: the message is not looked at. */
  #stepHigherTerm(message: Message): boolean {
    const { type, from, term } = message;
    if (type === 'MsgVote' || type === 'MsgPreVote') {
      const force = message.context === CAMPAIGN_TRANSFER;
      const { checkQuorum, electionTick } = this.config;
      if (!force && checkQuorum && this.lead !== NONE && this.electionElapsed < electionTick) {
        this.#logVote(
          'ignored',
          message,
          `: lease is not expired (remaining ticks: ${electionTick - this.electionElapsed})`,
        );
        return false;
      }
    }
    // A pre-vote changes nobody's term; a granted one carries the term that was asked for, which nobody has yet.
    if (type === 'MsgPreVote' || (type === 'MsgPreVoteResp' && !message.reject)) return true;
    this.config.log?.(
      `${hexId(this.id)} [term: ${this.term}] received a ${type} message with higher term from ${hexId(from)} [term: ${term}]`,
    );
    const leads = type === 'MsgApp' || type === 'MsgHeartbeat' || type === 'MsgSnap';
    this.becomeFollower(term, leads ? from : NONE);
    return true;
  }

  #stepLowerTerm(message: Message): void {
    const { type, from } = message;
    const { checkQuorum, preVote } = this.config;
    if ((checkQuorum || preVote) && (type === 'MsgHeartbeat' || type === 'MsgApp')) {
      // This member's term ran ahead while it was cut off, and its votes are ignored now: the old leader must hear of it.
      this.send('MsgAppResp', from);
    } else if (type === 'MsgPreVote') {
      // Else members with a higher term and a shorter log could block one another for ever.
      this.#logVote('rejected', message);
      this.sendVote('MsgPreVoteResp', from, this.term, { reject: true });
    } else {
      this.config.log?.(
        `${hexId(this.id)} [term: ${this.term}] ignored a ${type} message with lower term from ${hexId(from)} [term: ${message.term}]`,
      );
    }
  }

  /** Learners vote too: a candidate's configuration may know better than ours that this member has been promoted. */
  #answerVote(message: Message): void {
    const { type, from, term } = message;
    const response = type === 'MsgVote' ? 'MsgVoteResp' : 'MsgPreVoteResp';
    const canVote =
      this.vote === from ||
      (this.vote === NONE && this.lead === NONE) ||
      (type === 'MsgPreVote' && term > this.term);
    if (!canVote || !this.log.isUpToDate(message.index, message.logTerm)) {
      this.#logVote('rejected', message);
      this.sendVote(response, from, this.term, { reject: true });
      return;
    }
    this.#logVote('cast', message);
    // With the term that was asked for: ours may be lower, and a lower one would be ignored over there.
    this.sendVote(response, from, term);
    if (type === 'MsgPreVote') return;
    this.electionElapsed = 0;
    this.vote = from;
  }

  #reset(term: number): void {
    if (this.term !== term) {
      this.term = term;
      this.vote = NONE;
    }
    this.lead = NONE;
    this.electionElapsed = 0;
    this.heartbeatElapsed = 0;
    const { electionTick, randomInt } = this.config;
    this.randomizedElectionTimeout = electionTick + randomInt(electionTick);
    this.leadTransferee = NONE;
    this.tracker.votes = new Map();
    const last = this.log.lastIndex();
    for (const [id, { isLearner }] of this.tracker.progress) {
      const progress = new Progress(last + 1, this.tracker.newInflights(), isLearner);
      if (id === this.id) progress.match = last;
      this.tracker.progress.set(id, progress);
    }
    this.pendingConfIndex = 0;
    this.uncommittedSize = 0;
    this.readOnly = new ReadOnly();
  }

  #load(hardState: HardState): void {
    const { committed } = this.log;
    const last = this.log.lastIndex();
    if (hardState.commit < committed || hardState.commit > last)
      throw new Error(
        `${hexId(this.id)} state.commit ${hardState.commit} is out of range [${committed}, ${last}]`,
      );
    this.log.committed = hardState.commit;
    this.term = hardState.term;
    this.vote = hardState.vote;
  }

  #logVote(verb: 'cast' | 'rejected' | 'ignored', message: Message, why = ''): void {
    this.config.log?.(
      `${hexId(this.id)} [logterm: ${this.log.lastTerm()}, index: ${this.log.lastIndex()}, vote: ${hexId(this.vote)}] ${verb} ${message.type} ${verb === 'cast' ? 'for' : 'from'} ${hexId(message.from)} [logterm: ${message.logTerm}, index: ${message.index}] at term ${this.term}${why}`,
    );
  }
}
