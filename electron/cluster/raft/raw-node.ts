import { Changer } from './confchange/changer.ts';
import {
  type ConfChangeV2,
  type ConfState,
  type Config,
  type Entry,
  type EntryData,
  type HardState,
  type Message,
  type MessageType,
  NONE,
  RaftError,
  type RaftId,
  type RaftNode,
  type Ready,
  type SoftState,
  type Status,
} from './interface.ts';
import { newMessage } from './message.ts';
import { Raft } from './raft.ts';
import { switchToConfig } from './switch-to-config.ts';

/** Never from another member. */
const LOCAL: ReadonlySet<MessageType> = new Set([
  'MsgHup',
  'MsgBeat',
  'MsgUnreachable',
  'MsgSnapStatus',
  'MsgCheckQuorum',
]);
/** Only from a member of our configuration. */
const RESPONSES: ReadonlySet<MessageType> = new Set([
  'MsgAppResp',
  'MsgVoteResp',
  'MsgPreVoteResp',
  'MsgHeartbeatResp',
  'MsgReadIndexResp',
]);

/** What `advance` has to tell the state machine about the Ready that was handed out. */
interface Accepted {
  readonly ready: Ready;
  readonly toSelf: readonly Message[];
  /** When it was handed out. */
  readonly term: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
}

/** Models rawnode.go (v3.6), without asynchronous storage writes. See `RaftNode`. */
export class RawNode implements RaftNode {
  private readonly raft: Raft;
  private softState: SoftState;
  private hardState: HardState;
  private accepted: Accepted | undefined;

  /** Goes on from what `config.storage` holds. @throws Error a configuration that cannot work */
  constructor(config: Config) {
    this.raft = new Raft(config);
    this.softState = this.raft.softState();
    this.hardState = this.raft.hardState();
  }

  /**
   * The first start of a first member: the log begins with the addition of each peer, committed without a vote, the same
   * on all of them. Storage must be empty. Models bootstrap.go.
   */
  bootstrap(peers: readonly { readonly id: RaftId; readonly context?: unknown }[]): void {
    const { raft } = this;
    if (peers.length === 0) throw new Error('must provide at least one peer to Bootstrap');
    if (raft.log.lastIndex() !== 0) throw new Error("can't bootstrap a nonempty Storage");
    this.hardState = { term: 0, vote: NONE, commit: 0 };
    raft.becomeFollower(1, NONE);
    const changes = peers.map(({ id, context }): ConfChangeV2 => {
      const change: ConfChangeV2 = { transition: 'Auto', changes: [{ type: 'AddNode', nodeId: id }] };
      return context === undefined ? change : { ...change, context };
    });
    raft.log.append(changes.map((data, at): Entry => ({ term: 1, index: at + 1, type: 'ConfChange', data })));
    raft.log.committed = peers.length;
    // In force at once, so that it can campaign; the application applies them again when it reads them from the log.
    for (const change of changes) this.applyConfChange(change);
  }

  tick(): void {
    this.raft.tick();
  }

  campaign(): void {
    this.#mustTake(newMessage('MsgHup', NONE, NONE, 0));
  }

  propose(data: readonly EntryData[]): void {
    const entries: Entry[] = [];
    for (const each of data)
      entries.push({ term: 0, index: 0, type: 'Normal', data: each, size: this.raft.config.sizeOf(each) });
    this.#mustTake(newMessage('MsgProp', NONE, this.raft.id, 0, { entries }));
  }

  proposeConfChange(change: ConfChangeV2): void {
    const entries: Entry[] = [{ term: 0, index: 0, type: 'ConfChange', data: change }];
    this.#mustTake(newMessage('MsgProp', NONE, NONE, 0, { entries }));
  }

  applyConfChange(change: ConfChangeV2): ConfState {
    const { raft } = this;
    const changer = new Changer(raft.tracker, raft.log.lastIndex());
    const { transition, changes } = change;
    if (transition === 'Auto' && changes.length === 0) return switchToConfig(raft, changer.leaveJoint());
    const joint = transition !== 'Auto' || changes.length > 1;
    return switchToConfig(
      raft,
      joint ? changer.enterJoint(transition !== 'Explicit', changes) : changer.simple(changes),
    );
  }

  step(message: Message): void {
    if (LOCAL.has(message.type)) throw new RaftError('stepLocalMsg', 'raft: cannot step raft local message');
    if (RESPONSES.has(message.type) && !this.raft.tracker.progress.has(message.from))
      throw new RaftError('stepPeerNotFound', 'raft: cannot step as peer not found');
    this.#mustTake(message);
  }

  hasReady(): boolean {
    if (this.accepted !== undefined) return false;
    const { raft } = this;
    const { log } = raft;
    return (
      raft.msgs.length > 0 ||
      raft.msgsAfterAppend.length > 0 ||
      raft.readStates.length > 0 ||
      log.unstable.hasNextEntries() ||
      log.hasNextCommitted() ||
      log.unstable.nextSnapshot() !== undefined ||
      this.#hardStateChanged() ||
      this.#softStateChanged()
    );
  }

  ready(): Ready {
    if (this.accepted !== undefined) throw new Error('ready before the last one was advanced');
    const { raft } = this;
    const { log } = raft;
    const entries = log.unstable.nextEntries();
    const toSelf: Message[] = [];
    let messages = raft.msgs;
    for (const message of raft.msgsAfterAppend)
      if (message.to === raft.id) toSelf.push(message);
      else messages.push(message);
    const snapshot = log.unstable.nextSnapshot();
    // Upstream leaves a snapshot's sync to whoever saves it; here one flag says it all.
    const mustSync =
      entries.length > 0 ||
      snapshot !== undefined ||
      raft.term !== this.hardState.term ||
      raft.vote !== this.hardState.vote;
    const softState = this.#softStateChanged() ? raft.softState() : undefined;
    const hardState = this.#hardStateChanged() ? raft.hardState() : undefined;
    const ready: Ready = {
      softState,
      hardState,
      readStates: raft.readStates,
      entries,
      snapshot,
      committedEntries: log.nextCommitted(),
      messages,
      mustSync,
    };
    this.softState = softState ?? this.softState;
    this.hardState = hardState ?? this.hardState;
    messages = [];
    raft.msgs = messages;
    if (raft.msgsAfterAppend.length > 0) raft.msgsAfterAppend = [];
    if (raft.readStates.length > 0) raft.readStates = [];
    log.unstable.acceptInProgress();
    log.applying = ready.committedEntries.at(-1)?.index ?? log.applying;
    const unstable = log.unstable.entries.length > 0;
    this.accepted = {
      ready,
      toSelf,
      term: raft.term,
      lastIndex: unstable ? log.lastIndex() : 0,
      lastTerm: unstable ? log.lastTerm() : 0,
    };
    return ready;
  }

  advance(ready: Ready): void {
    if (this.accepted?.ready !== ready) throw new Error('advance without the ready that was handed out');
    const { raft } = this;
    const { toSelf, term, lastIndex, lastTerm } = this.accepted;
    this.accepted = undefined;
    // While the entries are still at hand: a leader's own acknowledgement looks up their terms.
    for (const message of toSelf) raft.step(message);
    // In a later term other entries may be on their way to the same places: then the next Ready settles it.
    if (lastIndex > 0 && raft.term === term) raft.log.unstable.stableTo(lastIndex, lastTerm);
    if (ready.snapshot !== undefined) {
      const { index } = ready.snapshot.metadata;
      raft.log.unstable.stableSnapTo(index);
      raft.appliedTo(index);
    }
    const last = ready.committedEntries.at(-1);
    if (last === undefined) return;
    raft.appliedTo(last.index);
    raft.reduceUncommittedSize(ready.committedEntries);
  }

  status(): Status {
    const { raft } = this;
    const leads = raft.isLeader();
    return {
      id: raft.id,
      hardState: raft.hardState(),
      softState: raft.softState(),
      applied: raft.log.applied,
      leadTransferee: raft.leadTransferee,
      config: raft.tracker.config,
      progress: new Map(
        leads ? [...raft.tracker.progress].map(([id, progress]) => [id, progress.view()]) : [],
      ),
    };
  }

  reportUnreachable(id: RaftId): void {
    this.raft.step(newMessage('MsgUnreachable', NONE, id, 0));
  }

  reportSnapshot(id: RaftId, status: 'finish' | 'failure'): void {
    this.raft.step(newMessage('MsgSnapStatus', NONE, id, 0, { reject: status === 'failure' }));
  }

  transferLeader(transferee: RaftId): void {
    this.raft.step(newMessage('MsgTransferLeader', NONE, transferee, 0));
  }

  forgetLeader(): void {
    this.raft.step(newMessage('MsgForgetLeader', NONE, NONE, 0));
  }

  readIndex(context: string): void {
    this.raft.step(newMessage('MsgReadIndex', NONE, NONE, 0, { context }));
  }

  #mustTake(message: Message): void {
    if (!this.raft.step(message)) throw new RaftError('proposalDropped', 'raft proposal dropped');
  }

  #softStateChanged(): boolean {
    return this.softState.lead !== this.raft.lead || this.softState.raftState !== this.raft.state;
  }

  #hardStateChanged(): boolean {
    const { hardState, raft } = this;
    return (
      hardState.commit !== raft.log.committed || hardState.term !== raft.term || hardState.vote !== raft.vote
    );
  }
}
