import { SeededRand } from '../../../electron/base/rand.ts';
import {
  type ConfChangeV2,
  type ConfState,
  type Entry,
  type Message,
  NONE,
  type RaftId,
  type Ready,
  type Snapshot,
} from '../../../electron/cluster/raft/interface.ts';
import type { MemoryStorage } from '../../../electron/cluster/raft/memory-storage.ts';
import type { Raft } from '../../../electron/cluster/raft/raft.ts';
import { RawNode } from '../../../electron/cluster/raft/raw-node.ts';
import { EMPTY_CONFIG } from '../../../electron/cluster/raft/tracker/progress-tracker.ts';
import { applyBatch, type Batch, Disk } from './disk.testing.ts';
import type { Invariants } from './invariants.testing.ts';
import type { Mutation } from './mutation.testing.ts';
import type { Setting } from './schedule.testing.ts';
import { type Command, EMPTY_MACHINE, type MachineState, StateMachine } from './state-machine.testing.ts';

/** What a member tells the world. */
export interface Surroundings {
  readonly invariants: Invariants;
  readonly mutation: Mutation;
  send(message: Message): void;
  applied(member: SimMember, command: Command, outcome: string): void;
  read(context: string, member: SimMember): void;
  log(line: string): void;
}

/** One object each: logs are compared by identity. */
const FIRST_CHANGES: readonly ConfChangeV2[] = ['1', '2', '3', '4', '5', '6'].map((nodeId) => ({
  transition: 'Auto',
  changes: [{ type: 'AddNode', nodeId }],
}));

export const sizeOf = (data: unknown): number => (data === undefined ? 0 : 20);

/** A process with its disk: it can be killed between any two steps, and started again. */
export class SimMember {
  readonly id: RaftId;
  confState: ConfState = EMPTY_CONFIG;
  /** Undefined: the process is not running. */
  node: RawNode | undefined;
  machine = new StateMachine(EMPTY_MACHINE);
  appliedIndex = 0;
  readonly #setting: Setting;
  readonly #world: Surroundings;
  readonly #disk: Disk;
  #storage!: MemoryStorage;
  /** Taken and written, not synced. */
  #taken: Ready | undefined;
  #reads: { readonly index: number; readonly context: string }[] = [];
  #starts = 0;
  #seenCommit = 0;

  /** `peers`: the members of the beginning, if this is one of them. Their logs begin with them (as `bootstrap` does). */
  constructor(id: RaftId, peers: readonly RaftId[], setting: Setting, world: Surroundings) {
    this.id = id;
    this.#setting = setting;
    this.#world = world;
    const entries = peers.map((peer, at): Entry => {
      const data = FIRST_CHANGES[Number(peer) - 1];
      return { term: 1, index: at + 1, type: 'ConfChange', data };
    });
    const first = {
      snapshot: { metadata: { confState: EMPTY_CONFIG, index: 0, term: 0 }, data: EMPTY_MACHINE },
    };
    const member = { ...first, entries, hardState: { term: 1, vote: NONE, commit: entries.length } };
    this.#disk = new Disk(sizeOf, peers.length === 0 ? first : member);
    world.invariants.entries(id, entries, 0);
    this.start();
  }

  get raft(): Raft {
    if (this.node === undefined) throw new Error(`${this.id} is not running`);
    return this.node['raft'];
  }

  leads(): boolean {
    return this.node !== undefined && this.raft.state === 'Leader';
  }

  hasTaken(): boolean {
    return this.#taken !== undefined;
  }

  start(): void {
    if (this.node !== undefined) return;
    this.#starts += 1;
    this.#storage = this.#disk.load();
    const { metadata, data } = this.#storage.snapshot();
    this.machine = new StateMachine(data as MachineState);
    this.appliedIndex = metadata.index;
    this.confState = metadata.confState;
    this.#seenCommit = metadata.index;
    const rand = new SeededRand(`${this.#setting.seed} ${this.id} ${this.#starts}`);
    const { mutation } = this.#world;
    const { preVote, stepDownOnRemoval, maxSizePerMsg, maxInflightMsgs } = this.#setting;
    this.node = new RawNode({
      id: this.id,
      electionTick: 5,
      heartbeatTick: 1,
      storage: this.#storage,
      applied: metadata.index,
      maxSizePerMsg,
      maxCommittedSizePerReady: this.#setting.maxCommittedSizePerReady,
      maxUncommittedEntriesSize: this.#setting.maxUncommittedEntriesSize,
      maxInflightMsgs,
      checkQuorum: this.#setting.checkQuorum || mutation.leaseBased === true,
      preVote,
      readOnlyOption: mutation.leaseBased === true ? 'LeaseBased' : 'Safe',
      disableProposalForwarding: false,
      disableConfChangeValidation: mutation.noConfChangeValidation === true,
      stepDownOnRemoval,
      sizeOf,
      randomInt: (bound) => rand.int(bound),
      log: (line) => void this.#world.log(`${this.id}: ${line}`),
    });
    mutation.raft?.(this.raft);
  }

  crash(keep: number): void {
    this.node = undefined;
    this.#taken = undefined;
    this.#reads = [];
    this.#disk.crash(keep);
  }

  /** Runs `work` on the state machine and looks at what came of it. */
  do(work: (node: RawNode) => void): void {
    if (this.node === undefined) return;
    work(this.node);
    this.observe();
  }

  observe(): void {
    this.#world.invariants.observe(this.raft, this.#seenCommit);
    this.#seenCommit = this.raft.log.committed;
  }

  /** Half a Ready: false when there was nothing to do. */
  work(): boolean {
    if (this.node === undefined) return false;
    if (this.#taken !== undefined) this.#finish(this.node, this.#taken);
    else if (this.node.hasReady()) this.#take(this.node);
    else return false;
    return true;
  }

  compact(keep: number): void {
    if (this.node === undefined || this.#taken !== undefined) return;
    if (this.appliedIndex <= this.#storage.snapshot().metadata.index) return;
    this.#write({ created: { snapshot: this.#snapshot(), compactTo: this.appliedIndex - keep } });
    this.#disk.sync();
  }

  #write(batch: Batch): void {
    applyBatch(this.#storage, batch);
    this.#disk.write(batch);
  }

  #take(node: RawNode): void {
    const ready = node.ready();
    this.#taken = ready;
    const [first] = ready.entries;
    const { mutation, invariants } = this.#world;
    const { hardState, entries, snapshot } = mutation.write?.(ready) ?? ready;
    this.#write({ snapshot, entries, hardState });
    if (first !== undefined) invariants.entries(this.id, ready.entries, this.#storage.term(first.index - 1));
    if (mutation.sendsBeforeSync === true) this.#send(ready.messages);
    if (mutation.acknowledgesEarly === true)
      for (const entry of ready.entries) this.#acknowledge(entry, 'ok');
  }

  #finish(node: RawNode, ready: Ready): void {
    this.#taken = undefined;
    const { mutation, invariants } = this.#world;
    if (ready.mustSync && mutation.neverSyncs !== true) this.#disk.sync();
    if (mutation.sendsBeforeSync !== true) this.#send(ready.messages);
    if (ready.snapshot !== undefined) {
      const { metadata, data } = ready.snapshot;
      this.machine = new StateMachine(data as MachineState);
      this.appliedIndex = metadata.index;
      this.confState = metadata.confState;
      invariants.restored(this.id, metadata.index, this.machine.digest);
    }
    for (const entry of ready.committedEntries) this.#apply(node, entry);
    for (const { index, requestContext } of ready.readStates)
      this.#reads.push({ index, context: requestContext });
    node.advance(ready);
    this.observe();
    const early = mutation.readsEarly === true;
    const answered = this.#reads.filter(({ index }) => early || index <= this.appliedIndex);
    this.#reads = this.#reads.filter((read) => !answered.includes(read));
    for (const { context } of answered) this.#world.read(context, this);
  }

  #apply(node: RawNode, entry: Entry): void {
    if (entry.index !== this.appliedIndex + 1)
      throw new Error(`${this.id} was given entry ${entry.index} after ${this.appliedIndex}`);
    this.appliedIndex = entry.index;
    if (entry.type === 'ConfChange') this.#applyConfChange(node, entry.data as ConfChangeV2);
    else if (entry.data !== undefined) {
      const outcome = this.machine.apply(entry.data as Command);
      if (this.#world.mutation.acknowledgesEarly !== true) this.#acknowledge(entry, outcome);
    }
    this.#world.invariants.applied(this.id, entry, this.machine.digest);
  }

  #applyConfChange(node: RawNode, change: ConfChangeV2): void {
    if (this.#world.mutation.noJoint !== true || change.changes.length < 2) {
      this.confState = node.applyConfChange(change);
      return;
    }
    for (const single of change.changes)
      this.confState = node.applyConfChange({ transition: 'Auto', changes: [single] });
  }

  #acknowledge(entry: Entry, outcome: string): void {
    if (entry.type === 'Normal' && entry.data !== undefined)
      this.#world.applied(this, entry.data as Command, outcome);
  }

  #send(messages: readonly Message[]): void {
    const { mutation } = this.#world;
    for (const message of messages) {
      const merged = message.type === 'MsgSnap' ? { ...message, snapshot: this.#snapshot() } : message;
      this.#world.send(mutation.send?.(merged, this.raft) ?? merged);
    }
  }

  /** Of what is applied now, as etcd sends it: raft's may be too old to name a newcomer. */
  #snapshot(): Snapshot {
    const term = this.raft.log.term(this.appliedIndex);
    return {
      metadata: { confState: this.confState, index: this.appliedIndex, term },
      data: this.machine.state(),
    };
  }
}
