import { SeededRand } from '../../../base/rand.ts';
import {
  type ConfChangeV2,
  type ConfState,
  type Config,
  type Entry,
  type Message,
  type RaftId,
  type ReadState,
  type Snapshot,
} from '../interface.ts';
import { MemoryStorage } from '../memory-storage.ts';
import { RawNode } from '../raw-node.ts';
import { EMPTY_CONFIG } from '../tracker/progress-tracker.ts';

export const sizeOf = (data: unknown): number => (typeof data === 'string' ? data.length : 8);

/** What tests usually want; everything can be overridden. */
export function testConfig(id: RaftId, storage: MemoryStorage, overrides: Partial<Config> = {}): Config {
  const rand = new SeededRand(`raft ${id}`);
  return {
    id,
    electionTick: 10,
    heartbeatTick: 1,
    storage,
    applied: 0,
    maxSizePerMsg: Infinity,
    maxCommittedSizePerReady: Infinity,
    maxUncommittedEntriesSize: 0,
    maxInflightMsgs: 256,
    checkQuorum: false,
    preVote: false,
    readOnlyOption: 'Safe',
    disableProposalForwarding: false,
    disableConfChangeValidation: false,
    stepDownOnRemoval: false,
    sizeOf,
    randomInt: (bound) => rand.int(bound),
    ...overrides,
  };
}

/** One member with its disk and what it has applied. */
export class TestMember {
  readonly id: RaftId;
  readonly storage: MemoryStorage;
  readonly config: Config;
  node: RawNode;
  applied: unknown[] = [];
  appliedIndex = 0;
  confState: ConfState;
  readStates: ReadState[] = [];
  readonly appliedEntries: Entry[] = [];

  constructor(config: Config, storage: MemoryStorage) {
    this.id = config.id;
    this.storage = storage;
    this.config = config;
    this.node = new RawNode(config);
    this.confState = storage.initialState().confState;
  }

  /** One Ready: save, hand over messages, apply, advance. */
  process(send: (message: Message) => void): void {
    const ready = this.node.ready();
    if (ready.snapshot !== undefined) {
      this.storage.applySnapshot(ready.snapshot);
      this.applied = [...(ready.snapshot.data as unknown[])];
      this.appliedIndex = ready.snapshot.metadata.index;
      this.confState = ready.snapshot.metadata.confState;
    }
    if (ready.hardState !== undefined) this.storage.setHardState(ready.hardState);
    this.storage.append(ready.entries);
    ready.messages.forEach(send);
    this.readStates.push(...ready.readStates);
    for (const entry of ready.committedEntries) {
      if (entry.type === 'ConfChange') this.confState = this.node.applyConfChange(entry.data as ConfChangeV2);
      else if (entry.data !== undefined) this.applied.push(entry.data);
      this.appliedIndex = entry.index;
      this.appliedEntries.push(entry);
    }
    this.node.advance(ready);
  }

  /** Of what is applied now. */
  snapshot(): Snapshot {
    const term = this.storage.term(this.appliedIndex);
    return {
      metadata: { confState: this.confState, index: this.appliedIndex, term },
      data: [...this.applied],
    };
  }

  /** The application's state becomes the snapshot; the log up to it goes. */
  compact(): void {
    this.storage.createSnapshot(this.appliedIndex, this.confState, [...this.applied]);
    this.storage.compact(this.appliedIndex);
  }

  restart(): void {
    const { metadata, data } = this.storage.snapshot();
    this.applied = [...((data as unknown[] | undefined) ?? [])];
    this.appliedIndex = metadata.index;
    this.confState = metadata.confState;
    this.node = new RawNode(this.config);
  }
}

/** Members that start from a common configuration, and a network that loses what it is told to lose. */
export class TestCluster {
  readonly members = new Map<RaftId, TestMember>();
  messages: Message[] = [];
  drop: (message: Message) => boolean = () => false;

  /** `index` 0 of the storage holds the configuration: nobody has to be elected to have one. */
  constructor(voters: readonly RaftId[], overrides: Partial<Config> = {}, learners: readonly RaftId[] = []) {
    for (const id of [...voters, ...learners]) this.add(id, { ...EMPTY_CONFIG, voters, learners }, overrides);
  }

  /** A member that knows `confState` only. */
  add(id: RaftId, confState: ConfState, overrides: Partial<Config> = {}): TestMember {
    const storage = new MemoryStorage(sizeOf);
    storage.applySnapshot({ metadata: { confState, index: 0, term: 0 }, data: [] });
    const member = new TestMember(testConfig(id, storage, overrides), storage);
    this.members.set(id, member);
    return member;
  }

  member(id: RaftId): TestMember {
    const member = this.members.get(id);
    if (member === undefined) throw new Error(`no member ${id}`);
    return member;
  }

  /** Readies and deliveries until nothing is left to do. */
  settle(): void {
    for (let busy = true; busy;) {
      busy = false;
      for (const member of this.members.values())
        while (member.node.hasReady()) {
          busy = true;
          member.process((message) => this.messages.push(message));
        }
      const messages = this.messages;
      this.messages = [];
      for (const message of messages) {
        const to = this.members.get(message.to);
        if (to === undefined || this.drop(message)) continue;
        busy = true;
        to.node.step(message);
      }
    }
  }

  elect(id: RaftId): TestMember {
    const member = this.member(id);
    member.node.campaign();
    this.settle();
    return member;
  }

  leader(): RaftId | undefined {
    return [...this.members.values()].find(({ node }) => node.status().softState.raftState === 'Leader')?.id;
  }
}
