import type { ByteString } from '../../../base/byte-string.ts';
import { bytesToByteString } from '../../../base/byte-string.ts';
import type { Context } from '../../../base/context.ts';
import type { Disposable } from '../../../base/disposable.ts';
import { AuthStore } from '../auth/auth-store.ts';
import { ANONYMOUS } from '../auth/interface.ts';
import type { Backend } from '../backend/interface.ts';
import { etcdError, isEtcdError } from '../client/errors.ts';
import { EtcdError } from '../client/interface.ts';
import type { ResponseHeader, Uint64, WatchCreateRequest } from '../client/interface.ts';
import type { SnapshotResponse } from '../client/maintenance.ts';
import type { EtcdMethod, EtcdMethods } from '../client/methods.ts';
import { Lessor } from '../lease/lessor.ts';
import { MvccStore } from '../mvcc/store.ts';
import { WatchableStore } from '../mvcc/watchable-store.ts';
import type { Watcher, WatcherResponse, WatcherSink } from '../mvcc/watcher.ts';
import { encodeSnapshot } from '../snapshot/encode-snapshot.ts';
import type {
  EtcdLeaseView,
  EtcdMemberSource,
  EtcdPeerView,
  EtcdRaftView,
  EtcdStoreView,
  EtcdTask,
} from '../view/interface.ts';
import { AlarmStore } from './apply/alarm-store.ts';
import { Applier } from './apply/applier.ts';
import { KvApplier } from './apply/kv-applier.ts';
import { Quota } from './apply/quota.ts';
import { AutoCompactor } from './auto-compactor.ts';
import { authCalls } from './calls/auth-calls.ts';
import { clusterCalls } from './calls/cluster-calls.ts';
import type { Call, Calls } from './calls/interface.ts';
import { kvCalls } from './calls/kv-calls.ts';
import { leaseCalls } from './calls/lease-calls.ts';
import { maintenanceCalls } from './calls/maintenance-calls.ts';
import type { ServerCore } from './core.ts';
import type { Caller, Consensus, InternalRequest, Outcome, Reply } from './interface.ts';
import { CallCounts } from './metrics/call-counts.ts';
import { LeaderWatch } from './leader-watch.ts';
import type { EtcdServerOptions } from './options.ts';
import type { PeerMethod } from './peers/frames.ts';
import { Proposer } from './proposer.ts';
import { requireRoot } from './require-root.ts';
import { snapshotParts } from './snapshot-parts.ts';
import { snapshotStateOf } from './snapshot-state.ts';
import { isAtLeast, minorRelease } from './version.ts';

const MAX_REQUEST_BYTES = 1.5 * 1024 * 1024;
/** Virtual milliseconds. */
const ELECTION_TIMEOUT = 1000;
/** Virtual seconds. */
const AUTH_TOKEN_TTL = 300;
const NOBODY: Caller = {};
const PEER: Caller = { isPeer: true };

/** One member: its parts, put together behind the calls of the v3 API. Models server/etcdserver/server.go. */
export class EtcdServer implements EtcdMemberSource, ServerCore {
  readonly memberId: Uint64;
  readonly clusterId: Uint64;
  readonly context: Context;
  readonly options: EtcdServerOptions;
  readonly backend: Backend;
  readonly mvcc: MvccStore;
  readonly lessor: Lessor;
  readonly auth: AuthStore;
  readonly alarms: AlarmStore;
  readonly quota: Quota;
  readonly kv: KvApplier;
  readonly consensus: Consensus;
  readonly proposer: Proposer;
  /** Counted where they come in. */
  readonly calls = new CallCounts();
  /** Health checks that were answered. */
  readonly health = { success: 0, failures: 0 };
  readonly #watchable: WatchableStore;
  readonly #applier: Applier;
  readonly #calls: Calls;
  readonly #leaderWatch: LeaderWatch;
  readonly #electionTimeout: number;
  readonly #compactor: AutoCompactor | undefined;
  #lastLeader: Uint64 = '0';
  #leaderChanges = 0;

  constructor(context: Context, backend: Backend, options: EtcdServerOptions) {
    this.context = context;
    this.backend = backend;
    this.options = options;
    const { clock } = context;
    this.lessor = new Lessor(backend, clock, options.minLeaseTtl);
    this.mvcc = new MvccStore(backend, clock, this.lessor);
    this.#watchable = new WatchableStore(this.mvcc, clock);
    this.auth = new AuthStore(backend, clock, {
      tokenTtl: (options.authTokenTtl ?? AUTH_TOKEN_TTL) * 1000,
      as34: !isAtLeast(options.version, 3, 5),
    });
    this.alarms = new AlarmStore(backend);
    this.quota = new Quota(backend, options.quotaBackendBytes ?? 0, options.isDiskFull);
    this.kv = new KvApplier(this.mvcc, this.lessor);
    this.#applier = new Applier(this);
    this.#electionTimeout = options.electionTimeout ?? ELECTION_TIMEOUT;
    this.#leaderWatch = new LeaderWatch(clock, this.#electionTimeout);
    this.consensus = options.consensus();
    this.memberId = this.consensus.memberId;
    this.clusterId = this.consensus.clusterId;
    this.proposer = new Proposer({
      memberId: this.memberId,
      auth: this.auth,
      alarms: this.alarms,
      quota: this.quota,
      consensus: this.consensus,
      maxRequestBytes: this.maxRequestBytes,
      clientCertAuth: options.clientCertAuth === true,
      header: (revision) => this.header(revision),
    });
    this.#calls = {
      ...kvCalls(this),
      ...leaseCalls(this),
      ...authCalls(this),
      ...maintenanceCalls(this),
      ...clusterCalls(this),
    };
    this.#compactor = this.#startCompactor();
    this.#leaderChanged();
  }

  /** Takes part in the agreement from now on. */
  start(): void {
    this.consensus.start({
      apply: (request, index) => this.#apply(request, index),
      leaderChanged: () => this.#leaderChanged(),
      promoted: () => this.#promoted(),
      restored: () => this.reload(),
    });
  }

  get maxRequestBytes(): number {
    return this.options.maxRequestBytes ?? MAX_REQUEST_BYTES;
  }

  get revision(): number {
    return this.mvcc.revision;
  }

  get name(): string {
    return this.options.name ?? 'default';
  }

  get version(): string {
    return this.options.version;
  }

  get raft(): EtcdRaftView {
    return this.consensus.view;
  }

  get store(): EtcdStoreView {
    const { total, inUse } = this.backend.size();
    return {
      revision: this.mvcc.revision,
      compactRevision: this.mvcc.compactRevision,
      dbSize: total,
      dbSizeInUse: inUse,
      quota: this.quota.bytes,
      alarms: this.alarms
        .get('NONE')
        .map(({ memberId, alarm }) => ({ memberId, type: alarm as 'NOSPACE' | 'CORRUPT' })),
    };
  }

  get peers(): readonly EtcdPeerView[] {
    const { cluster } = this.options;
    if (cluster !== undefined) return cluster.members.map(({ id, ...rest }) => ({ memberId: id, ...rest }));
    return [{ memberId: this.memberId, name: this.name, peerUrls: [], clientUrls: [], isLearner: false }];
  }

  get watchCounts(): {
    readonly synced: number;
    readonly unsynced: number;
    readonly victims: number;
    readonly events: number;
  } {
    return { ...this.#watchable.counts, events: this.#watchable.events };
  }

  /** How often somebody else has become the leader, as far as this member has noticed. */
  get leaderChanges(): number {
    return this.#leaderChanges;
  }

  lease(id: Uint64): EtcdLeaseView | undefined {
    if (!this.lessor.has(id)) return undefined;
    const { grantedTtl, remaining } = this.lessor.info(id);
    return { grantedTtl, remaining: this.lessor.isPrimary ? remaining : undefined };
  }

  operate(task: EtcdTask, done: (refusal: string | undefined) => void): void {
    const answered = (outcome: Outcome<unknown>): void =>
      done('error' in outcome ? outcome.error.message : undefined);
    if (task.type === 'defragment') this.call('Defragment', {}, answered);
    else this.call('MoveLeader', { targetId: task.to }, answered);
  }

  takeSnapshot(): ByteString {
    return [...this.snapshot(NOBODY)].map(({ blob }) => bytesToByteString(blob)).join('');
  }

  /** Answers one call. `reply` may be called before this returns. */
  call<M extends EtcdMethod>(
    method: M,
    request: EtcdMethods[M]['request'],
    reply: Reply<EtcdMethods[M]['response']>,
    caller: Caller = NOBODY,
  ): void {
    if (!this.proposer.isAhead(caller)) {
      this.#call(method, request, reply, caller);
      return;
    }
    this.consensus.linearizableRead((error) => {
      if (error === undefined) this.#call(method, request, reply, caller);
      else reply({ error });
    });
  }

  /** Answers what another member passes on; it has checked who asks. */
  answerPeer<M extends PeerMethod>(
    method: M,
    request: EtcdMethods[M]['request'],
    reply: Reply<EtcdMethods[M]['response']>,
  ): void {
    this.call(method, request, reply, PEER);
  }

  /** Begins a watch; the sink is never called before this returns. */
  watch(request: WatchCreateRequest, sink: WatcherSink): Watcher {
    const filters = request.filters ?? [];
    return this.#watchable.watch(
      {
        key: firstKey(request.key),
        end: request.rangeEnd ?? '',
        startRevision: Math.max(request.startRevision ?? 0, 0),
        prevKv: request.prevKv === true,
        noPut: filters.includes('NOPUT'),
        noDelete: filters.includes('NODELETE'),
      },
      sink,
    );
  }

  cancelWatch(watcher: Watcher): void {
    this.#watchable.cancel(watcher);
  }

  requestProgress(watcher: Watcher): void {
    this.#watchable.requestProgress(watcher);
  }

  progressOf(watchers: readonly Watcher[]): WatcherResponse | undefined {
    // Before 3.5 it was told at once, even if what was asked for was still to come.
    if (!isAtLeast(this.version, 3, 5))
      return { revision: this.mvcc.revision, events: [], compactRevision: undefined };
    return this.#watchable.progressOf(watchers);
  }

  /** @throws EtcdError when the caller may not read all of that */
  checkWatch(request: WatchCreateRequest, caller: Caller): void {
    const { auth } = this;
    if (!auth.enabled) return;
    auth.checkRange(this.proposer.authInfo(caller) ?? ANONYMOUS, firstKey(request.key), request.rangeEnd);
  }

  /** @throws EtcdError when there is no place for a stream here: no leader, a learner */
  checkStream(caller: Caller): void {
    if (this.consensus.isLearner) throw this.#notForLearners();
    if (caller.requireLeader === true && this.consensus.leader === '0') throw etcdError('noLeader');
  }

  /** Called once when this member has been without a leader for too long. */
  onLeaderLost(handler: () => void): Disposable {
    return this.#leaderWatch.onLost(handler);
  }

  /** The member's data as a database file, in parts. @throws EtcdError when the caller is not root */
  snapshot(caller: Caller): Iterable<SnapshotResponse> {
    requireRoot(this, caller);
    const { version, cluster } = this.options;
    const storage = isAtLeast(version, 3, 6) ? minorRelease(cluster?.clusterVersion ?? version) : undefined;
    return snapshotParts(encodeSnapshot(snapshotStateOf(this.backend, storage)), storage);
  }

  header(revision: number = this.mvcc.revision): ResponseHeader {
    return { clusterId: this.clusterId, memberId: this.memberId, revision, raftTerm: this.consensus.term };
  }

  /** Ends what is under way with `etcdserver: server stopped`. */
  stop(): void {
    this.consensus.stop();
    this.#compactor?.dispose();
    this.#leaderWatch.dispose();
    this.lessor.dispose();
    this.#watchable.dispose();
    this.mvcc.dispose();
  }

  #call<M extends EtcdMethod>(
    method: M,
    request: EtcdMethods[M]['request'],
    reply: Reply<EtcdMethods[M]['response']>,
    caller: Caller,
  ): void {
    try {
      const answer = this.#calls[method] as Call<M> | undefined;
      if (answer === undefined) throw new EtcdError('Unimplemented', `unknown method ${method}`);
      this.#admit(method, request, caller);
      answer(request, caller, reply);
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      reply({ error });
    }
  }

  /** What is refused before the method is looked at. Models v3rpc/interceptor.go. */
  #admit(method: EtcdMethod, request: unknown, { requireLeader }: Caller): void {
    if (this.consensus.isLearner) {
      const served =
        method === 'Status' ||
        (method === 'Range' && (request as EtcdMethods['Range']['request']).serializable === true);
      if (!served) throw this.#notForLearners();
    }
    if (requireLeader === true && this.consensus.leader === '0') throw etcdError('noLeader');
  }

  /** Before 3.6 as if another try could help. */
  #notForLearners(): EtcdError {
    const error = etcdError('notSupportedForLearner');
    return isAtLeast(this.version, 3, 6) ? error : new EtcdError('Unavailable', error.message);
  }

  #apply(request: InternalRequest, index: number): unknown {
    try {
      return this.#applier.apply(request, index);
    } catch (error) {
      if (isEtcdError(error, 'noSpace')) this.proposer.exceeded();
      throw error;
    }
  }

  #leaderChanged(): void {
    const { leader } = this.consensus;
    this.#leaderWatch.leaderChanged(leader !== '0');
    if (leader !== '0' && leader !== this.#lastLeader) {
      this.#leaderChanges += 1;
      this.#lastLeader = leader;
    }
    if (this.#compactor !== undefined) this.#compactor.paused = leader !== this.memberId;
    if (leader !== this.memberId) this.lessor.demote();
  }

  #promoted(): void {
    const { leaseCheckpoint } = this.options;
    this.lessor.promote(
      {
        expire: (id) => this.proposer.proposeInternal({ leaseRevoke: { id }, header: this.#asRoot() }),
        ...(leaseCheckpoint === true
          ? {
              checkpoint: (checkpoints) =>
                this.proposer.proposeInternal({ leaseCheckpoint: { checkpoints } }),
            }
          : {}),
      },
      this.#electionTimeout,
    );
  }

  /** A lease ends whoever's keys it has. */
  #asRoot(): { readonly username: string; readonly authRevision: number } {
    return { username: 'root', authRevision: this.auth.revision };
  }

  /** What is on the disk has changed: everything in memory is read anew. */
  reload(): void {
    this.lessor.reload();
    this.mvcc.reload();
    this.auth.reload();
    this.alarms.reload();
    this.#watchable.reload();
  }

  #startCompactor(): AutoCompactor | undefined {
    const { autoCompaction } = this.options;
    if (autoCompaction === undefined || autoCompaction.retention === 0) return undefined;
    const { mvcc, consensus } = this;
    const host = {
      get revision() {
        return mvcc.revision;
      },
      compact: (revision: number, done: (compacted: boolean) => void) =>
        consensus.propose({ compaction: { revision } }, (outcome) =>
          done(!('error' in outcome) || isEtcdError(outcome.error, 'compacted')),
        ),
    };
    return new AutoCompactor(this.context.clock, host, autoCompaction);
  }
}

/** An empty key is the first of all keys to a watch, as upstream. */
function firstKey(key: string): string {
  return key === '' ? '\0' : key;
}
