import {
  type ConfChangeTransition,
  type ConfChangeType,
  type ConfChangeV2,
  type Config,
  type Message,
  type MessageType,
  RaftError,
  type RaftId,
} from '../interface.ts';
import { MemoryStorage } from '../memory-storage.ts';
import { newMessage } from '../message.ts';
import { describeConfig } from '../describe-config.ts';
import { EMPTY_CONFIG } from '../tracker/progress-tracker.ts';
import { sizeOf, testConfig, TestMember } from './test-cluster.testing.ts';

/** Words of a command line: `name=value`, and plain words. */
class Words {
  readonly plain: string[] = [];
  readonly #named = new Map<string, string>();

  constructor(words: readonly string[]) {
    for (const word of words) {
      const at = word.indexOf('=');
      if (at < 0) this.plain.push(word);
      else this.#named.set(word.slice(0, at), word.slice(at + 1));
    }
  }

  has(word: string): boolean {
    return this.plain.includes(word);
  }

  text(name: string): string | undefined {
    return this.#named.get(name);
  }

  number(name: string, otherwise: number): number {
    const text = this.#named.get(name);
    return text === undefined ? otherwise : Number(text);
  }
}

const CHANGES: Readonly<Record<string, ConfChangeType>> = {
  v: 'AddNode',
  r: 'RemoveNode',
  u: 'UpdateNode',
  l: 'AddLearnerNode',
};

/**
 * Members whose Readies, messages and faults a text file drives line by line; what each command answers is what happened
 * because of it. Election timeouts are not random here (3 ticks). Commands: README.
 */
export class InteractionEnv {
  readonly #members = new Map<RaftId, TestMember>();
  /** Their messages are lost. */
  readonly #down = new Set<RaftId>();
  #messages: Message[] = [];
  readonly #cuts = new Set<string>();
  #out: string[] = [];
  #quiet = false;

  /** Answers one command. An error that raft gives is an answer, too. */
  run(line: string): string {
    this.#out = [];
    const [name = '', ...rest] = line.trim().split(/\s+/);
    const words = new Words(rest);
    this.#quiet = words.has('quiet');
    try {
      this.#command(name, words);
    } catch (error) {
      if (!(error instanceof RaftError)) throw error;
      this.#out.push(error.message);
    }
    return this.#out.length === 0 ? 'ok' : this.#out.join('\n');
  }

  #command(name: string, words: Words): void {
    const [first = '', second = ''] = words.plain;
    switch (name) {
      case 'members':
        return this.#addMembers(words);
      case 'campaign':
        return this.#node(first).campaign();
      case 'tick':
        for (let count = words.number('count', 1); count > 0; count -= 1) this.#node(first).tick();
        return;
      case 'propose':
        return this.#node(first).propose(words.plain.slice(1));
      case 'propose-conf-change':
        return this.#node(first).proposeConfChange(confChange(words.plain.slice(1)));
      case 'ready':
        return this.#ready(this.#member(first));
      case 'settle':
        return this.#settle(words.plain.filter((word) => word !== 'quiet'));
      case 'deliver':
        for (const message of this.#take(words)) this.#deliver(message);
        return;
      case 'duplicate':
        this.#messages.push(...this.#messages.filter(this.#matching(words)));
        return;
      case 'drop':
        for (const message of this.#take(words)) this.#print(`dropped ${describeMessage(message)}`);
        return;
      case 'messages':
        for (const message of this.#messages) this.#print(describeMessage(message));
        return;
      case 'step':
        return this.#step(words);
      case 'cut':
        for (const link of words.plain) this.#cuts.add(link);
        return;
      case 'partition':
        return this.#partition(words.plain);
      case 'heal':
        this.#cuts.clear();
        return;
      case 'crash':
        this.#down.add(first);
        this.#messages = this.#messages.filter(({ to }) => to !== first);
        return;
      case 'restart':
        this.#down.delete(first);
        return this.#member(first).restart();
      case 'compact':
        return this.#member(first).compact();
      case 'transfer-leadership':
        return this.#node(words.text('at') ?? first).transferLeader(words.text('to') ?? second);
      case 'forget-leader':
        return this.#node(first).forgetLeader();
      case 'read-index':
        return this.#node(first).readIndex(second);
      case 'report-unreachable':
        return this.#node(first).reportUnreachable(second);
      case 'report-snapshot':
        return this.#node(first).reportSnapshot(second, words.has('failure') ? 'failure' : 'finish');
      case 'read-states':
        for (const { index, requestContext } of this.#member(first).readStates)
          this.#print(`${requestContext} at ${index}`);
        return;
      case 'raft-state':
        for (const id of this.#members.keys()) this.#print(this.#state(id));
        return;
      case 'raft-log':
        return this.#log(this.#member(first));
      case 'applied':
        this.#print(this.#member(first).applied.join(' '));
        return;
      case 'status':
        return this.#status(first);
      default:
        throw new Error(`no such command: ${name}`);
    }
  }

  /**
   * A new cluster, or newcomers to this one. Members start behind a snapshot at index 1: whoever comes later and knows
   * nothing needs one, too.
   */
  #addMembers(words: Words): void {
    if (!words.has('newcomer')) {
      this.#members.clear();
      this.#down.clear();
      this.#cuts.clear();
      this.#messages = [];
    }
    const ids = words.plain.filter((word) => /^\d+$/.test(word));
    const learners = words.text('learners')?.split(',') ?? [];
    const overrides: Partial<Config> = {
      electionTick: 3,
      preVote: words.has('pre-vote'),
      checkQuorum: words.has('check-quorum') || words.has('lease-reads'),
      readOnlyOption: words.has('lease-reads') ? 'LeaseBased' : 'Safe',
      stepDownOnRemoval: words.has('step-down-on-removal'),
      disableProposalForwarding: words.has('no-forwarding'),
      disableConfChangeValidation: words.has('no-validation'),
      maxSizePerMsg: words.number('max-size', Infinity),
      maxInflightMsgs: words.number('inflight', 256),
      maxInflightBytes: words.number('inflight-bytes', 0),
      maxUncommittedEntriesSize: words.number('max-uncommitted', 0),
      maxCommittedSizePerReady: words.number('max-committed', Infinity),
      randomInt: () => 0,
    };
    const voters = ids.filter((id) => !learners.includes(id));
    const confState = { ...EMPTY_CONFIG, voters, learners };
    for (const id of ids) {
      const storage = new MemoryStorage(sizeOf);
      if (!words.has('newcomer')) {
        storage.applySnapshot({ metadata: { confState, index: 1, term: 1 }, data: [] });
        storage.setHardState({ term: 1, vote: '0', commit: 1 });
      }
      const member = new TestMember(
        testConfig(id, storage, { ...overrides, log: (line) => this.#print(line) }),
        storage,
      );
      if (!words.has('newcomer')) member.restart();
      this.#members.set(id, member);
    }
    this.#out = [];
  }

  #member(id: RaftId): TestMember {
    const member = this.#members.get(id);
    if (member === undefined) throw new Error(`no member ${id}`);
    return member;
  }

  #node(id: RaftId): TestMember['node'] {
    return this.#member(id).node;
  }

  #print(line: string): void {
    if (!this.#quiet) this.#out.push(line);
  }

  #ready(member: TestMember): void {
    member.process((message) => {
      // As etcd does: a snapshot of what is applied now, which also names newcomers.
      this.#messages.push(message.type === 'MsgSnap' ? { ...message, snapshot: member.snapshot() } : message);
    });
  }

  #deliver(message: Message): void {
    if (this.#cuts.has(`${message.from}->${message.to}`) || this.#down.has(message.to)) return;
    const member = this.#members.get(message.to);
    if (member === undefined) return;
    this.#print(describeMessage(message));
    try {
      member.node.step(message);
    } catch (error) {
      if (!(error instanceof RaftError)) throw error;
      this.#print(error.message);
    }
  }

  /** All of them, or those named: Readies and deliveries among them until nothing is left. */
  #settle(named: readonly RaftId[]): void {
    const among = (id: RaftId): boolean =>
      !this.#down.has(id) && (named.length === 0 ? this.#members.has(id) : named.includes(id));
    for (let busy = true; busy;) {
      busy = false;
      for (const [id, member] of this.#members)
        while (among(id) && member.node.hasReady()) {
          busy = true;
          this.#ready(member);
        }
      const messages = this.#messages.filter(({ to }) => among(to));
      this.#messages = this.#messages.filter(({ to }) => !among(to) && !this.#down.has(to));
      for (const message of messages) {
        busy = true;
        this.#deliver(message);
      }
    }
  }

  #take(words: Words): readonly Message[] {
    const matching = this.#matching(words);
    const from = words.number('skip', 0);
    const taken = this.#messages.filter(matching).slice(from, from + words.number('count', Infinity));
    this.#messages = this.#messages.filter((message) => !taken.includes(message));
    return taken;
  }

  #matching(words: Words): (message: Message) => boolean {
    const link = words.plain.find((word) => word.includes('->'));
    const type = words.text('type');
    return (message) =>
      (link === undefined || link === `${message.from}->${message.to}`) &&
      (type === undefined || type === message.type);
  }

  /** A message made by hand: one that was long on its way, or from somebody who behaves badly. */
  #step(words: Words): void {
    const [link = ''] = words.plain;
    const [from = '', to = ''] = link.split('->');
    const context = words.text('context');
    this.#deliver(
      newMessage(words.text('type') as MessageType, to, from, words.number('term', 0), {
        index: words.number('index', 0),
        logTerm: words.number('log-term', 0),
        commit: words.number('commit', 0),
        reject: words.has('reject'),
        rejectHint: words.number('hint', 0),
        context,
      }),
    );
  }

  #partition(groups: readonly string[]): void {
    this.#cuts.clear();
    const side = (id: RaftId): number => groups.findIndex((group) => group.split(',').includes(id));
    for (const from of this.#members.keys())
      for (const to of this.#members.keys()) if (side(from) !== side(to)) this.#cuts.add(`${from}->${to}`);
  }

  #state(id: RaftId): string {
    if (this.#down.has(id)) return `${id}: down`;
    const { hardState, softState, applied, config } = this.#node(id).status();
    const lead = softState.lead === '0' ? 'nobody' : softState.lead;
    return `${id}: ${softState.raftState} term ${hardState.term} lead ${lead} commit ${hardState.commit} applied ${applied} ${describeConfig(config)}`;
  }

  #log({ storage }: TestMember): void {
    const first = storage.firstIndex();
    if (first > storage.lastIndex()) this.#print(`empty, behind ${first - 1}/${storage.term(first - 1)}`);
    for (const { term, index, type, data } of storage.entries(first, storage.lastIndex() + 1, Infinity))
      this.#print(
        `${index}/${term} ${type === 'ConfChange' ? describeChange(data as ConfChangeV2) : (data ?? '')}`.trim(),
      );
  }

  #status(id: RaftId): void {
    const { progress, leadTransferee } = this.#node(id).status();
    if (progress.size === 0) this.#print('not the leader');
    for (const [peer, view] of progress) {
      const { state, match, next, pendingSnapshot, recentActive, isLearner, inflight } = view;
      const notes = [
        ...(isLearner ? ['learner'] : []),
        ...(pendingSnapshot > 0 ? [`pendingSnapshot=${pendingSnapshot}`] : []),
        ...(recentActive ? [] : ['inactive']),
        ...(inflight > 0 ? [`inflight=${inflight}`] : []),
        ...(leadTransferee === peer ? ['transferee'] : []),
      ];
      this.#print([`${peer}: ${state} match=${match} next=${next}`, ...notes].join(' '));
    }
  }
}

/** `v4 r3 implicit`: a voter comes, another goes, by a joint configuration that is left by itself. */
function confChange(words: readonly string[]): ConfChangeV2 {
  const transitions: Readonly<Record<string, ConfChangeTransition>> = {
    auto: 'Auto',
    implicit: 'Implicit',
    explicit: 'Explicit',
  };
  const transition = transitions[words.at(-1) ?? ''] ?? 'Auto';
  const changes = words
    .filter((word) => /^[vrul]\d+$/.test(word))
    .map((word) => ({ type: CHANGES[word.charAt(0)] as ConfChangeType, nodeId: word.slice(1) }));
  return { transition, changes };
}

function describeChange({ transition, changes }: ConfChangeV2): string {
  const letters = Object.entries(CHANGES);
  const list = changes.map(
    ({ type, nodeId }) => `${letters.find(([, name]) => name === type)?.[0]}${nodeId}`,
  );
  return ['conf-change', ...list, transition.toLowerCase()].join(' ');
}

function describeMessage(message: Message): string {
  const { type, from, to, term, logTerm, index, entries, commit, snapshot, reject, rejectHint, context } =
    message;
  const parts = [`${from}->${to} ${type} term ${term}`];
  if (type === 'MsgApp' || type === 'MsgVote' || type === 'MsgPreVote') parts.push(`log ${index}/${logTerm}`);
  else if (index > 0) parts.push(`index ${index}`);
  if (commit > 0) parts.push(`commit ${commit}`);
  if (entries.length > 0)
    parts.push(`entries ${entries.map((entry) => `${entry.index}/${entry.term}`).join(' ')}`);
  if (snapshot !== undefined) parts.push(`snapshot ${snapshot.metadata.index}/${snapshot.metadata.term}`);
  if (reject) parts.push(type === 'MsgAppResp' ? `rejected hint ${rejectHint}/${logTerm}` : 'rejected');
  if (context !== undefined) parts.push(`context ${context}`);
  return parts.join(' ');
}
