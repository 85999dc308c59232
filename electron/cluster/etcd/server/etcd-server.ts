import type { Context } from '../../../base/context.ts';
import type { Rand } from '../../../base/rand.ts';
import type { Backend, BackendMetaKey } from '../backend/interface.ts';
import { etcdError } from '../client/errors.ts';
import { EtcdError } from '../client/interface.ts';
import type { ResponseHeader, TxnRequest, Uint64, WatchCreateRequest } from '../client/interface.ts';
import type { EtcdMethod, EtcdMethods } from '../client/methods.ts';
import type {
  EtcdLeaseView,
  EtcdMemberSource,
  EtcdPeerView,
  EtcdRaftView,
  EtcdStoreView,
} from '../view/interface.ts';
import { Lessor } from '../lease/lessor.ts';
import { MvccStore } from '../mvcc/store.ts';
import { WatchableStore } from '../mvcc/watchable-store.ts';
import type { Watcher, WatcherSink } from '../mvcc/watcher.ts';
import { Applier } from './applier.ts';
import type { CompactionResult } from './applier.ts';
import type { ApplyRequest, Consensus, InternalRequest, Outcome, Reply } from './interface.ts';
import { requestSize } from './request-size.ts';
import { checkDeleteRange, checkPut, checkRange, checkTxn } from './validation.ts';

export interface EtcdServerOptions {
  /** As `--name` says; default `default`, as upstream. */
  readonly name?: string;
  /** As `etcd --version` says, without `v`. */
  readonly version: string;
  /** Bytes; upstream's default is 1.5 MiB. */
  readonly maxRequestBytes: number;
  /** Upstream's default is 128. */
  readonly maxTxnOps: number;
  /** Least lease TTL in seconds: 1.5 election timeouts, rounded up. */
  readonly minLeaseTtl: number;
  /** Makes this member's part in the agreement; `apply` is to be called for each agreed request, in order. */
  readonly consensus: (memberId: Uint64, apply: ApplyRequest) => Consensus;
}

/** Bytes; upstream's `--quota-backend-bytes`. */
const DEFAULT_QUOTA = 2 * 1024 ** 3;

/** One member: its store and leases behind the calls of the v3 API. Models server/etcdserver/v3_server.go. */
export class EtcdServer implements EtcdMemberSource {
  readonly memberId: Uint64;
  readonly clusterId: Uint64;
  readonly #context: Context;
  readonly #backend: Backend;
  readonly #options: EtcdServerOptions;
  readonly #lessor: Lessor;
  readonly #store: MvccStore;
  readonly #watchable: WatchableStore;
  readonly #applier: Applier;
  readonly #consensus: Consensus;

  constructor(context: Context, backend: Backend, options: EtcdServerOptions) {
    this.#context = context;
    this.#backend = backend;
    this.#options = options;
    this.clusterId = storedId(backend, 'clusterId', context.rand);
    this.memberId = storedId(backend, 'memberId', context.rand);
    this.#lessor = new Lessor(backend, context.clock, options.minLeaseTtl);
    this.#store = new MvccStore(backend, context.clock, this.#lessor);
    this.#watchable = new WatchableStore(this.#store, context.clock);
    this.#applier = new Applier(this.#store, this.#lessor);
    this.#consensus = options.consensus(this.memberId, (request) => this.#applier.apply(request));
    this.#lessor.promote((id) => this.#consensus.propose({ leaseRevoke: { id } }, () => undefined));
  }

  get revision(): number {
    return this.#store.revision;
  }

  get name(): string {
    return this.#options.name ?? 'default';
  }

  get version(): string {
    return this.#options.version;
  }

  get raft(): EtcdRaftView {
    return this.#consensus.view;
  }

  get store(): EtcdStoreView {
    const { total, inUse } = this.#backend.size();
    return {
      revision: this.#store.revision,
      compactRevision: this.#store.compactRevision,
      dbSize: total,
      dbSizeInUse: inUse,
      quota: DEFAULT_QUOTA,
      alarms: [],
    };
  }

  get peers(): readonly EtcdPeerView[] {
    return [{ memberId: this.memberId, name: this.name, peerUrls: [], clientUrls: [], isLearner: false }];
  }

  lease(id: Uint64): EtcdLeaseView | undefined {
    if (!this.#lessor.has(id)) return undefined;
    const { grantedTtl, remaining } = this.#lessor.info(id);
    return { grantedTtl, remaining };
  }

  /** Answers one call. `reply` may be called before this returns. */
  call<M extends EtcdMethod>(
    method: M,
    request: EtcdMethods[M]['request'],
    reply: Reply<EtcdMethods[M]['response']>,
  ): void {
    try {
      this.#dispatch(method, request, reply as Reply<unknown>);
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      reply({ error });
    }
  }

  /** Begins a watch; the sink is never called before this returns. @throws EtcdError emptyKey */
  watch(request: WatchCreateRequest, sink: WatcherSink): Watcher {
    // An empty key is the first of all keys here, as upstream.
    const key = request.key === '' ? '\0' : request.key;
    const filters = request.filters ?? [];
    return this.#watchable.watch(
      {
        key,
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

  header(revision: number = this.#store.revision): ResponseHeader {
    return { clusterId: this.clusterId, memberId: this.memberId, revision, raftTerm: this.#consensus.term };
  }

  /** Ends what is under way with `etcdserver: server stopped`. */
  stop(): void {
    this.#consensus.stop();
    this.#lessor.dispose();
    this.#watchable.dispose();
    this.#store.dispose();
  }

  #dispatch(method: EtcdMethod, request: unknown, reply: Reply<unknown>): void {
    switch (method) {
      case 'Range':
        this.#range(request as EtcdMethods['Range']['request'], reply);
        break;
      case 'Put': {
        const put = request as EtcdMethods['Put']['request'];
        checkPut(put);
        this.#propose({ put }, reply);
        break;
      }
      case 'DeleteRange': {
        const deleteRange = request as EtcdMethods['DeleteRange']['request'];
        checkDeleteRange(deleteRange);
        this.#propose({ deleteRange }, reply);
        break;
      }
      case 'Txn':
        this.#txn(request as TxnRequest, reply);
        break;
      case 'Compact':
        this.#compact(request as EtcdMethods['Compact']['request'], reply);
        break;
      case 'LeaseGrant':
        this.#leaseGrant(request as EtcdMethods['LeaseGrant']['request'], reply);
        break;
      case 'LeaseRevoke':
        this.#propose({ leaseRevoke: request as EtcdMethods['LeaseRevoke']['request'] }, reply);
        break;
      case 'LeaseKeepAlive':
        reply({ response: this.#leaseKeepAlive(request as EtcdMethods['LeaseKeepAlive']['request']) });
        break;
      case 'LeaseTimeToLive':
        reply({ response: this.#leaseTimeToLive(request as EtcdMethods['LeaseTimeToLive']['request']) });
        break;
      case 'LeaseLeases':
        reply({ response: { header: this.header(), leases: this.#lessor.list().map((id) => ({ id })) } });
        break;
      case 'Status':
        reply({ response: this.#status() });
        break;
      default:
        throw new EtcdError('Unimplemented', `unknown method ${method}`);
    }
  }

  #range(request: EtcdMethods['Range']['request'], reply: Reply<unknown>): void {
    checkRange(request);
    const read = (): unknown => this.#fill(this.#applier.range(request));
    if (request.serializable === true) reply({ response: read() });
    else this.#whenCurrent(reply, read);
  }

  #txn(request: TxnRequest, reply: Reply<unknown>): void {
    checkTxn(request, this.#options.maxTxnOps);
    if (!isReadOnly(request)) {
      this.#propose({ txn: request }, reply);
      return;
    }
    const read = (): unknown => this.#fill(this.#applier.txn(request));
    if (isSerializable(request)) reply({ response: read() });
    else this.#whenCurrent(reply, read);
  }

  #compact(request: EtcdMethods['Compact']['request'], reply: Reply<unknown>): void {
    this.#propose({ compaction: request }, (outcome) => {
      if ('error' in outcome) {
        reply(outcome);
        return;
      }
      const { cleaned, ...response } = outcome.response as CompactionResult;
      if (request.physical === true) void cleaned.then(() => reply({ response }));
      else reply({ response });
    });
  }

  #leaseGrant(request: EtcdMethods['LeaseGrant']['request'], reply: Reply<unknown>): void {
    let { id = '0' } = request;
    while (id === '0' || ((request.id ?? '0') === '0' && this.#lessor.has(id)))
      id = randomId(this.#context.rand, 63);
    this.#lessor.checkGrant(id, request.ttl);
    this.#propose({ leaseGrant: { id, ttl: request.ttl } }, reply);
  }

  #leaseKeepAlive({
    id,
  }: EtcdMethods['LeaseKeepAlive']['request']): EtcdMethods['LeaseKeepAlive']['response'] {
    return { header: this.header(), id, ttl: orIfNotFound(() => this.#lessor.renew(id), 0) };
  }

  #leaseTimeToLive(
    request: EtcdMethods['LeaseTimeToLive']['request'],
  ): EtcdMethods['LeaseTimeToLive']['response'] {
    const { id } = request;
    const info = orIfNotFound(() => this.#lessor.info(id), undefined);
    const header = this.header();
    if (info === undefined) return { header, id, ttl: -1, grantedTtl: 0, keys: [] };
    const keys = request.keys === true ? info.keys : [];
    return { header, id, ttl: info.remaining, grantedTtl: info.grantedTtl, keys };
  }

  #status(): EtcdMethods['Status']['response'] {
    const { total, inUse } = this.#backend.size();
    const consensus = this.#consensus;
    return {
      header: this.header(),
      version: this.#options.version,
      dbSize: total,
      dbSizeInUse: inUse,
      leader: consensus.leader,
      raftIndex: consensus.index,
      raftTerm: consensus.term,
      raftAppliedIndex: consensus.appliedIndex,
      isLearner: consensus.isLearner,
      errors: consensus.leader === '0' ? [etcdError('noLeader').message] : [],
    };
  }

  #propose(request: InternalRequest, reply: Reply<unknown>): void {
    if (requestSize(request) > this.#options.maxRequestBytes) throw etcdError('requestTooLarge');
    this.#consensus.propose(request, (outcome) => {
      if ('error' in outcome) reply(outcome);
      else reply({ response: this.#fill(outcome.response as { readonly header: ResponseHeader }) });
    });
  }

  /** Reads once this member has applied all that was committed before. */
  #whenCurrent(reply: Reply<unknown>, read: () => unknown): void {
    this.#consensus.linearizableRead((error) => reply(error === undefined ? attempt(read) : { error }));
  }

  #fill<T extends { readonly header: ResponseHeader }>(response: T): T {
    return { ...response, header: this.header(response.header.revision) };
  }
}

function attempt(read: () => unknown): Outcome<unknown> {
  try {
    return { response: read() };
  } catch (error) {
    if (error instanceof EtcdError) return { error };
    throw error;
  }
}

function isReadOnly(txn: TxnRequest): boolean {
  return [...txn.success, ...txn.failure].every(
    (op) => 'requestRange' in op || ('requestTxn' in op && isReadOnly(op.requestTxn)),
  );
}

function isSerializable(txn: TxnRequest): boolean {
  return [...txn.success, ...txn.failure].every(
    (op) => 'requestRange' in op && op.requestRange.serializable === true,
  );
}

function orIfNotFound<T, D>(read: () => T, otherwise: D): T | D {
  try {
    return read();
  } catch (error) {
    if (error instanceof EtcdError && error.code === 'NotFound') return otherwise;
    throw error;
  }
}

function storedId(backend: Backend, key: BackendMetaKey & ('clusterId' | 'memberId'), rand: Rand): Uint64 {
  const stored = backend.getMeta(key);
  if (stored !== undefined) return stored;
  const id = randomId(rand, 64);
  backend.setMeta(key, id);
  return id;
}

/** A random id of so many bits; never 0. */
function randomId(rand: Rand, bits: 63 | 64): Uint64 {
  const high = BigInt(rand.int(bits === 64 ? 0x1_0000_0000 : 0x8000_0000));
  return String((high << 32n) | BigInt(1 + rand.int(0xffff_ffff)));
}
