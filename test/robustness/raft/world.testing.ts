import { type Message, NONE, RaftError, type RaftId } from '../../../electron/cluster/raft/interface.ts';
import { checkLinearizable } from '../linearizability/checker.testing.ts';
import { type RegisterInput, registerModel } from '../linearizability/register-model.testing.ts';
import { describeOperation, type Pending, toOperation, withoutUnseen } from './clients.testing.ts';
import { drawConfChange } from './draw-conf-change.testing.ts';
import { Invariants, Violation } from './invariants.testing.ts';
import type { Mutation } from './mutation.testing.ts';
import { type Action, describeAction, type Setting } from './schedule.testing.ts';
import { SimMember, type Surroundings } from './sim-member.testing.ts';
import type { Command } from './state-machine.testing.ts';

const MEMBERS = 6;
/** More are lost, oldest first, as on a link that is too slow. */
const MAX_MESSAGES = 150;

/** Six machines of which some are members from the start, a network with faults, and clients that note what they see. */
export class World implements Surroundings {
  readonly invariants = new Invariants();
  readonly mutation: Mutation;
  readonly members: SimMember[] = [];
  /** What happened, when asked for. */
  readonly trace: string[] = [];
  /** Faults ended in a configuration that cannot go on. */
  stranded = false;
  /** The search for an order of what the clients saw took too long. */
  undecided = false;
  /** Operations of clients that were judged. */
  judged = 0;
  readonly #tracing: boolean;
  readonly #cuts = new Set<string>();
  readonly #operations: (Pending | undefined)[] = [];
  readonly #voters: number;
  #network: Message[] = [];
  #clock = 0;
  #sent = 0;

  constructor(setting: Setting, mutation: Mutation, tracing: boolean) {
    this.mutation = mutation;
    this.#tracing = tracing;
    this.#voters = setting.voters;
    const peers = Array.from({ length: setting.voters }, (_, index) => `${index + 1}`);
    for (let number = 1; number <= MEMBERS; number += 1)
      this.members.push(new SimMember(`${number}`, number <= setting.voters ? peers : [], setting, this));
  }

  log(line: string): void {
    if (this.#tracing) this.trace.push(`    ${line}`);
  }

  /** @throws Violation */
  run(action: Action): void {
    if (this.#tracing) this.trace.push(describeAction(action));
    switch (action.do) {
      case 'rounds':
        for (let round = 0; round < action.count; round += 1) this.#round();
        if (action.half) for (const member of this.members) member.work();
        return;
      case 'strand':
        this.#strand(action.writes, action.mask, action.steps);
        return;
      case 'elect':
        this.#elect(this.#at(action.member));
        return;
      case 'blackout':
        if (action.busy) this.#busy();
        for (const [index, member] of this.members.entries())
          if (((action.mask >> index) & 1) === 1) {
            member.crash(0);
            member.start();
          }
        return;
      case 'askLeaders':
        for (const member of this.members)
          if (member.leads()) this.#request(action.op, member, `k${action.key}`);
        return;
      case 'schism':
        this.#split((member) => member.leads() || Number(member.id) > this.#voters);
        return;
      case 'tick':
        for (let tick = 0; tick < action.count; tick += 1) this.#at(action.member).do((node) => node.tick());
        return;
      case 'work':
        this.#at(action.member).work();
        return;
      case 'deliver':
        this.#deliver(action.message);
        return;
      case 'drop': {
        const [message] = this.#network.splice(action.message % Math.max(this.#network.length, 1), 1);
        if (message !== undefined) this.#lost(message);
        return;
      }
      case 'duplicate': {
        const message = this.#network[action.message % Math.max(this.#network.length, 1)];
        if (message !== undefined) this.#network.push(message);
        return;
      }
      case 'cut':
        this.#cuts.add(`${this.#at(action.from).id}>${this.#at(action.to).id}`);
        return;
      case 'isolate':
        this.#isolate(this.#at(action.member));
        return;
      case 'split':
        this.#split(({ id }) => ((action.mask >> (Number(id) - 1)) & 1) === 1);
        return;
      case 'heal':
        this.#cuts.clear();
        return;
      case 'crash':
        this.#at(action.member).crash(action.keep);
        return;
      case 'restart':
        this.#at(action.member).start();
        return;
      case 'compact':
        this.#at(action.member).compact(action.keep);
        return;
      case 'forget':
        this.#at(action.member).do((node) => node.forgetLeader());
        return;
      case 'campaign':
        this.#at(action.member).do((node) => node.campaign());
        return;
      case 'transfer':
        this.#leader()?.do((node) => node.transferLeader(this.#at(action.to).id));
        return;
      case 'conf':
        this.#proposeConfChange(action.kind, action.first, action.second);
        return;
      default:
        this.#request(action.do, this.#at(action.member), `k${action.key}`);
    }
  }

  /**
   * All faults end: within some time somebody leads, a write goes through, and all its members have it. Then what the
   * clients saw is judged. @throws Violation
   */
  finish(): void {
    this.#cuts.clear();
    for (const member of this.members) member.start();
    let target: { readonly id: number; readonly index: number } | undefined;
    for (let round = 0; ; round += 1) {
      if (round === 300) {
        if (this.#stranded()) break;
        throw new Violation('progress', `after all faults ended: ${this.#describe()}`);
      }
      // A member that knows it was removed stops, but not before the others had time to hear of it.
      if (round > 80)
        for (const member of this.members)
          if (member.node !== undefined && this.#wasRemoved(member)) member.crash(0);
      this.#round();
      const leader = this.#leader();
      if (leader === undefined) continue;
      const operation: Pending | undefined = target === undefined ? undefined : this.#operations[target.id];
      if (operation?.returned === undefined) {
        if (round % 10 === 0) target = this.#write(leader);
        continue;
      }
      const { config } = leader.raft.tracker;
      const ids = [...config.voters, ...config.votersOutgoing, ...config.learners];
      const index = leader.appliedIndex;
      const behind = ids.filter((id) => this.#member(id).appliedIndex < index);
      if (behind.length === 0) break;
    }
    const judged = withoutUnseen(this.#operations);
    this.judged = judged.length;
    const result = checkLinearizable(registerModel, judged, 20_000);
    if (result.linearizable === 'undecided') this.undecided = true;
    if (result.linearizable === false)
      throw new Violation(
        'linearizability',
        `key ${result.partition}:\n${(result.operations ?? []).map(describeOperation).join('\n')}`,
      );
  }

  /**
   * Raft cannot go on when a configuration is committed but the members that it needs have not heard so, and the ones
   * that know have left it: they would have to be elected, or vote for a shorter log.
   */
  #stranded(): boolean {
    const { voters, votersOutgoing } = this.#latest().confState;
    const knows = (id: RaftId): boolean =>
      this.#member(id).confState.voters.join() === voters.join() &&
      this.#member(id).confState.votersOutgoing.join() === votersOutgoing.join();
    const stranded = [voters, votersOutgoing].some(
      (half) => half.length > 0 && half.filter(knows).length * 2 <= half.length,
    );
    if (stranded) this.stranded = true;
    return stranded;
  }

  /** It has been a member, and knows that it is none any more. */
  #wasRemoved({ id, confState }: SimMember): boolean {
    return [this.#latest().confState, confState].every(
      ({ voters, votersOutgoing, learners }) =>
        voters.length > 0 && ![voters, votersOutgoing, learners].some((ids) => ids.includes(id)),
    );
  }

  /** Who has applied most. */
  #latest(): SimMember {
    return this.members.reduce((best, member) => (member.appliedIndex > best.appliedIndex ? member : best));
  }

  send(message: Message): void {
    if (this.#cuts.has(`${message.from}>${message.to}`)) {
      this.#lost(message);
      return;
    }
    this.#network.push(message);
    if (this.#network.length > MAX_MESSAGES) this.#lost(this.#network.shift() as Message);
  }

  applied(member: SimMember, command: Command, outcome: string): void {
    const operation = this.#operations[command.id];
    if (operation === undefined || operation.member !== member || operation.returned !== undefined) return;
    this.#return(operation, outcome);
  }

  read(context: string, member: SimMember): void {
    const operation = this.#operations[Number(context)];
    if (operation === undefined || operation.member !== member || operation.returned !== undefined) return;
    this.#return(operation, member.machine.get(operation.input.key));
  }

  #return(operation: Pending, output: string): void {
    operation.output = output;
    operation.returned = this.#clock += 1;
    this.log(describeOperation(toOperation(operation)));
  }

  #at(number: number): SimMember {
    return this.members[number % MEMBERS] as SimMember;
  }

  #member(id: RaftId): SimMember {
    return this.#at(Number(id) - 1);
  }

  /** Of those who think they lead, the latest. */
  #leader(): SimMember | undefined {
    let leader: SimMember | undefined;
    for (const member of this.members)
      if (member.leads() && (leader === undefined || member.raft.term > leader.raft.term)) leader = member;
    return leader;
  }

  #isolate(member: SimMember): void {
    for (const { id } of this.members) {
      this.#cuts.add(`${member.id}>${id}`);
      this.#cuts.add(`${id}>${member.id}`);
    }
  }

  #split(onOneSide: (member: SimMember) => boolean): void {
    this.#cuts.clear();
    for (const from of this.members)
      for (const to of this.members)
        if (onOneSide(from) !== onOneSide(to)) this.#cuts.add(`${from.id}>${to.id}`);
  }

  #strand(writes: number, mask: number, steps: number): void {
    for (const leader of this.members) {
      if (!leader.leads()) continue;
      for (let count = 0; count < writes; count += 1) this.#request('write', leader, 'k0');
      const hears = ({ from, to }: Message): boolean =>
        (from === leader.id || to === leader.id) &&
        ((mask >> (Number(from === leader.id ? to : from) - 1)) & 1) === 1;
      for (let step = 0; step < steps; step += 1) {
        for (const member of this.members) for (let half = 0; half < 2 && member.work(); half += 1);
        this.#deliverAll(hears);
      }
      this.#isolate(leader);
    }
  }

  /** A leader goes on; the others take and write, and do not come to syncing. */
  #busy(): void {
    for (const member of this.members) if (member.leads()) this.#request('write', member, 'k0');
    for (let step = 0; step < 3; step += 1) {
      for (const member of this.members)
        if (member.leads()) for (let half = 0; half < 4 && member.work(); half += 1);
        else if (!member.hasTaken()) member.work();
      this.#deliverAll(() => true);
    }
  }

  #elect(candidate: SimMember): void {
    for (const { id } of this.members) {
      this.#cuts.delete(`${candidate.id}>${id}`);
      this.#cuts.delete(`${id}>${candidate.id}`);
    }
    // Leases run out.
    for (const member of this.members)
      for (let tick = 0; tick < 5; tick += 1) if (!member.leads()) member.do((node) => node.tick());
    candidate.do((node) => node.campaign());
    const votes = ({ type }: Message): boolean =>
      type === 'MsgVote' || type === 'MsgVoteResp' || type === 'MsgPreVote' || type === 'MsgPreVoteResp';
    for (let step = 0; step < 6; step += 1) {
      for (const member of this.members) for (let half = 0; half < 2 && member.work(); half += 1);
      this.#deliverAll(votes);
    }
  }

  #deliverAll(wanted: (message: Message) => boolean): void {
    for (const message of this.#network.filter(wanted)) {
      const at = this.#network.indexOf(message);
      if (at >= 0) this.#deliver(at);
    }
  }

  #round(): void {
    for (const member of this.members) member.do((node) => node.tick());
    for (const member of this.members) for (let half = 0; half < 4 && member.work(); half += 1);
    for (let count = this.#network.length; count > 0; count -= 1) this.#deliver(0);
    for (const member of this.members) for (let half = 0; half < 4 && member.work(); half += 1);
  }

  #deliver(number: number): void {
    const [message] = this.#network.splice(number % Math.max(this.#network.length, 1), 1);
    if (message === undefined) return;
    const to = this.#member(message.to);
    if (to.node === undefined) {
      this.#lost(message);
      return;
    }
    if (this.#tracing) this.log(describeMessage(message));
    to.do((node) => {
      try {
        node.step(message);
      } catch (error) {
        if (!(error instanceof RaftError)) throw error;
      }
    });
    if (message.type === 'MsgSnap')
      this.#member(message.from).do((node) => node.reportSnapshot(message.to, 'finish'));
  }

  /** A transport notices some of what it loses. */
  #lost(message: Message): void {
    this.#sent += 1;
    const from = this.#member(message.from);
    if (message.type === 'MsgSnap') from.do((node) => node.reportSnapshot(message.to, 'failure'));
    else if (this.#sent % 3 === 0) from.do((node) => node.reportUnreachable(message.to));
  }

  #request(op: 'read' | 'write' | 'cas', member: SimMember, key: string): void {
    if (member.node === undefined) return;
    const id = this.#operations.length;
    const value = `v${id}`;
    // A swap from what a client could have read here: sometimes it succeeds.
    const input: RegisterInput =
      op === 'cas'
        ? { op, key, from: member.machine.get(key), value }
        : op === 'write'
          ? { op, key, value }
          : { op, key };
    const operation: Pending = {
      input,
      member,
      called: (this.#clock += 1),
      output: undefined,
      returned: undefined,
    };
    this.#operations.push(operation);
    if (op === 'read' && this.mutation.readsLocally === true) {
      this.read(`${id}`, member);
      return;
    }
    member.do((node) => {
      try {
        if (op === 'read') node.readIndex(`${id}`);
        else node.propose([{ id, input } satisfies Command]);
      } catch (error) {
        if (!(error instanceof RaftError)) throw error;
        // Not taken: it has not happened.
        this.#operations[id] = undefined;
      }
    });
  }

  #write(leader: SimMember): { readonly id: number; readonly index: number } {
    const id = this.#operations.length;
    this.#request('write', leader, 'k0');
    return { id, index: leader.raft.log.lastIndex() };
  }

  #proposeConfChange(kind: number, first: number, second: number): void {
    const leader = this.#leader();
    if (leader === undefined) return;
    const change = drawConfChange(leader.confState, kind, this.#at(first).id, this.#at(second).id);
    if (change === undefined) return;
    leader.do((node) => {
      try {
        node.proposeConfChange(change);
      } catch (error) {
        if (!(error instanceof RaftError)) throw error;
      }
    });
  }

  #describe(): string {
    return this.members
      .map((member) => {
        if (member.node === undefined) return `${member.id} is down`;
        const { raft } = member;
        return `${member.id} ${raft.state} term ${raft.term} lead ${raft.lead === NONE ? 'nobody' : raft.lead} last ${raft.log.lastIndex()} commit ${raft.log.committed} applied ${member.appliedIndex} voters ${member.confState.voters.join(',')}`;
      })
      .join('; ');
  }
}

function describeMessage(message: Message): string {
  const { type, from, to, term, index, logTerm, commit, entries, reject, context } = message;
  const list = entries.map((entry) => `${entry.index}/${entry.term}`).join(' ');
  return `${from}->${to} ${type} term ${term} log ${index}/${logTerm} commit ${commit}${list === '' ? '' : ` entries ${list}`}${reject ? ' rejected' : ''}${context === undefined ? '' : ` ctx ${context}`}`;
}
