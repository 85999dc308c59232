import type { Context } from '../../../../base/context.ts';
import type { Disposable } from '../../../../base/disposable.ts';
import type { NetworkAccess } from '../../../network/interface.ts';
import { NONE, RaftError } from '../../../raft/interface.ts';
import type { Entry, Message, Snapshot, SoftState } from '../../../raft/interface.ts';
import type { RawNode } from '../../../raft/raw-node.ts';
import type { Backend, BackendImage } from '../../backend/interface.ts';
import type { Member } from '../../client/cluster.ts';
import { etcdError } from '../../client/errors.ts';
import { EtcdError } from '../../client/interface.ts';
import type { Uint64 } from '../../client/interface.ts';
import type { DowngradeInfo } from '../../client/maintenance.ts';
import type { EtcdMethods } from '../../client/methods.ts';
import type { EtcdRaftView } from '../../view/interface.ts';
import type {
  ClusterMethod,
  ClusterOperations,
  Consensus,
  ConsensusEvents,
  InternalRequest,
  Reply,
} from '../interface.ts';
import { ClusterCalls } from '../membership/cluster-calls.ts';
import type { MemberChange } from '../membership/interface.ts';
import { Membership } from '../membership/membership.ts';
import type { PeerMethod } from '../peers/frames.ts';
import { PeerTransport } from '../peers/peer-transport.ts';
import { AppliedState } from './applied-state.ts';
import type { Beginning, MemberConfig } from './interface.ts';
import { LeaderCalls } from './leader-calls.ts';
import { LinearizableReads } from './linearizable-reads.ts';
import { entryDataSize } from './log-request.ts';
import type { LogRequest } from './log-request.ts';
import { LogApplier } from './log-applier.ts';
import { MemberLog } from './member-log.ts';
import { newNode } from './new-node.ts';
import { Outbox } from './outbox.ts';
import { RaftLoop } from './raft-loop.ts';
import { viewOf } from './raft-view.ts';
import { reportState } from './report-state.ts';
import { Submissions } from './submissions.ts';

/** Entries committed and not applied above which nothing new is taken. */
const MAX_GAP = 5_000;
/** Entries kept behind a snapshot for followers that are a little late. */
const CATCH_UP_ENTRIES = 5_000;
/** Pause before a removed member ends; virtual milliseconds. */
const REMOVED_PAUSE = 1_000;

/**
 * One member's part in the agreement: Raft over its log, the ways to the other members, and what becomes of
 * the proposals made here. A cluster of one is the same thing: it agrees with itself as soon as its log is on
 * disk, sends nothing and needs no ticks. Models server/etcdserver/server.go.
 */
export class RaftConsensus implements Consensus, ClusterOperations {
  readonly memberId: Uint64;
  readonly clusterId: Uint64;
  readonly #context: Context;
  readonly #config: MemberConfig;
  readonly #beginning: Beginning;
  readonly #membership: Membership;
  readonly #log: MemberLog;
  readonly #node: RawNode;
  readonly #loop: RaftLoop;
  readonly #applied: AppliedState;
  readonly #submissions: Submissions;
  readonly #outbox: Outbox;
  readonly #applier: LogApplier;
  readonly #leaderCalls: LeaderCalls;
  readonly #reads: LinearizableReads;
  readonly #calls: ClusterCalls;
  readonly #transport: PeerTransport | undefined;
  #events: ConsensusEvents | undefined;
  #snapshotIndex: number;
  #state: SoftState = { lead: NONE, raftState: 'Follower' };
  #ticks: Disposable | undefined;
  #stopped = false;

  /** `net` undefined: there are no ways to others, which is for clusters of one without a network. */
  constructor(
    context: Context,
    backend: Backend,
    net: NetworkAccess | undefined,
    config: MemberConfig,
    beginning: Beginning,
  ) {
    this.#context = context;
    this.#config = config;
    this.#beginning = beginning;
    this.memberId = beginning.memberId;
    this.clusterId = beginning.clusterId;
    this.#applied = new AppliedState(backend);
    this.#snapshotIndex = backend.wal.snapshot?.index ?? 0;
    this.#membership = new Membership(backend);
    this.#log = new MemberLog(backend.wal, entryDataSize, () => this.#applied);
    this.#node = newNode(context, this.memberId, this.#log, this.#applied.index, config);
    this.#loop = new RaftLoop(context, this.#node, this.#log, config, {
      stateChanged: (state) => this.#stateChanged(state),
      send: (messages) => this.#outbox.send(messages),
      reads: (states) => this.#reads.answered(states),
      applySnapshot: (snapshot) => this.#applySnapshot(snapshot),
      apply: (entries) => this.#apply(entries),
      idle: () => this.#idle(),
      unwritable: (why) => config.onUnwritable(why),
    });
    this.#submissions = new Submissions(context, this.#submissionsHost());
    this.#reads = new LinearizableReads(context, this.#requestTimeout, this.#readsHost());
    this.#calls = new ClusterCalls(context, this.#membership, this.#callsHost());
    this.#transport = net === undefined ? undefined : new PeerTransport(context, net, this.#transportHost());
    this.#outbox = new Outbox(this.#transport, backend, this.#applied);
    this.#applier = new LogApplier(context, this.#applierParts());
    this.#leaderCalls = new LeaderCalls(context.clock, this.#leaderCallsHost());
  }

  /** Of the last entry applied, as upstream reports it: a member that campaigns in vain does not show its terms. */
  get term(): number {
    return this.#applied.term;
  }

  get leader(): Uint64 {
    return this.#state.lead;
  }

  get index(): number {
    return this.#loop.hardState.commit;
  }

  get appliedIndex(): number {
    return this.#applied.index;
  }

  get isLearner(): boolean {
    return this.#applied.confState.learners.includes(this.memberId);
  }

  get members(): readonly Member[] {
    return this.#membership.list;
  }

  get clusterVersion(): string | undefined {
    return this.#membership.clusterVersion;
  }

  get downgradeInfo(): DowngradeInfo {
    return this.#membership.downgradeInfo;
  }

  get view(): EtcdRaftView {
    return viewOf(this.#node.status(), this.#log, this.#snapshotIndex);
  }

  /** @throws Error when a port is taken */
  listen(port: number): void {
    this.#transport?.listen(port);
  }

  /** Begins; no event is told before. */
  start(events: ConsensusEvents): void {
    this.#events = events;
    const { initial, remotes } = this.#beginning;
    if (initial.length > 0) {
      this.#node.bootstrap(
        initial.map((member) => ({
          id: member.id,
          context: { member, isPromote: false } satisfies MemberChange,
        })),
      );
    }
    const known = this.#membership.list;
    this.#transport?.replace(known.length > 0 ? known : [...initial, ...remotes]);
    this.#loop.run();
    this.#retick();
    this.#publish();
  }

  propose(request: InternalRequest, reply: Reply<unknown>): void {
    if (this.#stopped) {
      reply({ error: etcdError('stopped') });
      return;
    }
    if (this.index > this.#applied.index + MAX_GAP) {
      reply({ error: etcdError('tooManyRequests') });
      return;
    }
    this.#submit(request, reply);
  }

  linearizableRead(ready: (error: EtcdError | undefined) => void): void {
    if (this.#stopped) ready(etcdError('stopped'));
    // Nobody else could have committed anything, and what was acknowledged here is applied.
    else if (this.#isAlone && this.#leads) ready(undefined);
    else this.#reads.add(ready);
  }

  call<M extends ClusterMethod>(
    method: M,
    request: EtcdMethods[M]['request'],
    reply: Reply<EtcdMethods[M]['response']>,
  ): void {
    if (method === 'MemberPromote' || method === 'LeaseKeepAlive' || method === 'LeaseTimeToLive') {
      this.#leaderCalls.call(method, request as never, reply as never);
    } else this.#calls.call(method, request as never, reply as never);
  }

  /** Asks another member; answers `noLeader` when there is no way to it. */
  askMember<M extends PeerMethod>(
    id: Uint64,
    method: M,
    request: EtcdMethods[M]['request'],
    reply: Reply<EtcdMethods[M]['response']>,
  ): void {
    if (this.#transport === undefined) reply({ error: etcdError('noLeader') });
    else this.#transport.call(id, method, request, reply);
  }

  /** Gives the leadership away first where somebody can take it, then calls back. */
  handOver(done: () => void): void {
    const successor = this.#leads ? this.#calls.successor() : undefined;
    if (successor === undefined) done();
    else this.#calls.call('MoveLeader', { targetId: successor }, done);
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#ticks?.dispose();
    this.#loop.stop();
    this.#transport?.dispose();
    this.#reads.stop();
    this.#submissions.dispose();
  }

  get #leads(): boolean {
    return this.#state.raftState === 'Leader';
  }

  /** A cluster of one: no messages, no ticks. */
  get #isAlone(): boolean {
    const { voters, learners, votersOutgoing } = this.#applied.confState;
    return (
      voters.length === 1 &&
      voters[0] === this.memberId &&
      learners.length === 0 &&
      votersOutgoing.length === 0
    );
  }

  /** Virtual milliseconds: 5 s and two election timeouts, as upstream. */
  get #requestTimeout(): number {
    return 5_000 + 2 * this.#config.electionTimeout;
  }

  /** A cluster of one does not wait for a tick to elect itself. */
  #idle(): boolean {
    if (!this.#isAlone || this.#state.raftState !== 'Follower') return false;
    this.#node.campaign();
    return true;
  }

  #retick(): void {
    const needed = !this.#stopped && !(this.#isAlone && this.#leads);
    if (!needed) {
      this.#ticks?.dispose();
      this.#ticks = undefined;
    } else {
      this.#ticks ??= this.#context.clock.setInterval(() => {
        this.#node.tick();
        this.#loop.run();
      }, this.#config.heartbeat);
    }
  }

  /** Tells the others how clients reach this member; upstream does so at every start. */
  #publish(): void {
    const { memberId } = this;
    const { name, clientUrls } = this.#config;
    this.#submit({ clusterMemberAttrSet: { memberId, name, clientUrls } }, (outcome) => {
      if (!('error' in outcome)) this.#config.onReady();
      else if (!this.#stopped && !this.#membership.isRemoved(memberId)) this.#publish();
    });
  }

  #submit(request: LogRequest['request'], reply: Reply<unknown>): void {
    this.#submissions.submit(this.#submissions.requests, reply, (number) =>
      this.#node.propose([{ from: this.memberId, number, request } satisfies LogRequest]),
    );
  }

  #stateChanged(state: SoftState): void {
    const before = this.#state;
    this.#state = state;
    reportState(this.#context, this.memberId, this.#loop.hardState.term, before, state);
    this.#retick();
    if (state.lead !== before.lead) this.#events?.leaderChanged();
    if (state.lead === NONE || state.lead === before.lead) return;
    this.#reads.leaderChanged();
    this.#submissions.leaderElected();
  }

  #step(message: Message): void {
    if (this.#stopped || this.#membership.isRemoved(message.from)) return;
    try {
      this.#node.step(message);
    } catch (error) {
      // A proposal that cannot be taken now, or an answer to one that is not a member any more.
      if (!(error instanceof RaftError)) throw error;
    }
    this.#loop.run();
  }

  #applySnapshot({ metadata, data }: Snapshot): void {
    this.#applied.restore(data as BackendImage, metadata, this.memberId);
    this.#snapshotIndex = metadata.index;
    this.#membership.reload();
    this.#transport?.replace(this.#membership.list);
    this.#events?.restored();
    this.#retick();
    this.#reads.applied();
  }

  #apply(entries: readonly Entry[]): void {
    this.#applier.apply(entries);
    this.#reads.applied();
    if (this.#applied.index - this.#snapshotIndex > this.#config.snapshotCount) this.#takeSnapshot();
  }

  /** The entry with which a leader begins is applied: everything from before is, too. */
  #termBegun(): void {
    if (!this.#leads || this.#applied.term !== this.#loop.hardState.term) return;
    this.#events?.promoted();
    this.#reads.retry();
    const version = `${this.#config.version.split('.').slice(0, 2).join('.')}.0`;
    if (this.#membership.clusterVersion === version) return;
    this.#submit({ clusterVersionSet: { version } }, () => undefined);
  }

  #removed(): void {
    if (!this.#stopped) this.#context.clock.setTimeout(() => this.#config.onRemoved(), REMOVED_PAUSE);
  }

  #takeSnapshot(): void {
    const { index, confState } = this.#applied;
    this.#snapshotIndex = index;
    this.#log.compact(index - CATCH_UP_ENTRIES, confState);
  }

  #serve<M extends PeerMethod>(
    method: M,
    request: EtcdMethods[M]['request'],
    reply: Reply<EtcdMethods[M]['response']>,
  ): void {
    if (method !== 'HashKV' && !this.#leads) {
      reply({ error: etcdError('notLeader') });
      return;
    }
    try {
      if (method === 'MemberPromote') {
        this.#calls.call(method, request as never, reply as never);
      } else this.#config.answerPeer(method, request, reply);
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      reply({ error });
    }
  }

  #submissionsHost(): ConstructorParameters<typeof Submissions>[1] {
    return {
      requestTimeout: this.#requestTimeout,
      electionTimeout: this.#config.electionTimeout,
      hasLeader: () => this.#state.lead !== NONE,
      isConnectedSince: (start) =>
        this.#leads
          ? this.#calls.hasQuorumSince(start)
          : (this.#transport?.activeSince(this.#state.lead) ?? Infinity) < start,
      submitted: () => this.#loop.run(),
    };
  }

  #applierParts(): ConstructorParameters<typeof LogApplier>[1] {
    return {
      memberId: this.memberId,
      node: this.#node,
      membership: this.#membership,
      applied: this.#applied,
      submissions: this.#submissions,
      transport: this.#transport,
      applyRequest: (request, index) => this.#events?.apply(request, index),
      termBegun: () => this.#termBegun(),
      changed: () => this.#retick(),
      removed: () => this.#removed(),
      isStopped: () => this.#stopped,
    };
  }

  #leaderCallsHost(): ConstructorParameters<typeof LeaderCalls>[1] {
    return {
      memberId: this.memberId,
      requestTimeout: this.#requestTimeout,
      electionTimeout: this.#config.electionTimeout,
      leader: () => this.leader,
      isStopped: () => this.#stopped,
      here: (method, request, reply) => this.#serve(method, request, reply),
      there: (id, method, request, reply) => this.askMember(id, method, request, reply),
    };
  }

  #readsHost(): ConstructorParameters<typeof LinearizableReads>[2] {
    return {
      memberId: this.memberId,
      appliedIndex: () => this.#applied.index,
      readIndex: (context) => {
        this.#node.readIndex(context);
        this.#loop.run();
      },
    };
  }

  #callsHost(): ConstructorParameters<typeof ClusterCalls>[2] {
    const { memberId, clusterId } = this;
    return {
      memberId,
      leader: () => this.leader,
      status: () => this.#node.status(),
      header: () => ({ clusterId, memberId, revision: 0, raftTerm: this.term }),
      strictReconfigCheck: this.#config.strictReconfigCheck,
      tick: this.#config.heartbeat,
      requestTimeout: this.#requestTimeout,
      activeSince: (id) => this.#transport?.activeSince(id),
      proposeChange: (type, member, isPromote, reply) =>
        this.#submissions.submit(this.#submissions.changes, reply as Reply<unknown>, (number) => {
          const context: MemberChange = { member, isPromote, from: this.memberId, number };
          this.#node.proposeConfChange({
            transition: 'Auto',
            changes: [{ type, nodeId: member.id }],
            context,
          });
        }),
      propose: (request, reply) => this.#submit(request, reply),
      linearizableRead: (ready) => this.linearizableRead(ready),
      transferLeader: (to) => {
        this.#node.transferLeader(to);
        this.#loop.run();
      },
    };
  }

  #transportHost(): ConstructorParameters<typeof PeerTransport>[2] {
    return {
      memberId: this.memberId,
      clusterId: this.clusterId,
      members: () => this.#membership.list,
      isRemoved: (id) => this.#membership.isRemoved(id),
      step: (message) => this.#step(message),
      reportUnreachable: (id) => this.#node.reportUnreachable(id),
      reportSnapshot: (id, status) => {
        this.#node.reportSnapshot(id, status);
        this.#loop.run();
      },
      serve: (method, request, reply) => this.#serve(method, request, reply),
      removed: () => this.#removed(),
    };
  }
}
