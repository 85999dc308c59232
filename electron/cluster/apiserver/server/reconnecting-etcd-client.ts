import type { Clock } from '../../../base/clock.ts';
import type {
  CompactionRequest,
  CompactionResponse,
  DeleteRangeRequest,
  DeleteRangeResponse,
  EtcdClient,
  LeaseGrantRequest,
  LeaseGrantResponse,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseLeasesResponse,
  LeaseRevokeRequest,
  LeaseRevokeResponse,
  LeaseTimeToLiveRequest,
  LeaseTimeToLiveResponse,
  PutRequest,
  PutResponse,
  RangeRequest,
  RangeResponse,
  TxnRequest,
  TxnResponse,
  WatchCreateRequest,
  WatchHandle,
  WatchHandlers,
} from '../../etcd/client/interface.ts';
import { EtcdError } from '../../etcd/client/interface.ts';
import type { StatusResponse } from '../../etcd/client/maintenance.ts';
import type { Address, Connection, NetworkAccess } from '../../network/interface.ts';

/** Virtual milliseconds: how long a call may wait for etcd before it fails, and between attempts to dial. */
const CALL_TIMEOUT = 7_000;
const DIAL_TIMEOUT = 2_000;
const DIAL_BACKOFF = 500;

/** Makes a client of an established connection. */
export type EtcdConnector = (connection: Connection) => EtcdClient;

interface Link {
  readonly connection: Connection;
  readonly client: EtcdClient;
}

/**
 * etcd as the API server uses it: one connection, to whichever of the endpoints answers, dialled when first
 * needed and again when it broke. A call that cannot be made within a few seconds fails as etcd's own do.
 */
export class ReconnectingEtcdClient implements EtcdClient {
  readonly #net: NetworkAccess;
  readonly #clock: Clock;
  readonly #endpoints: readonly Address[];
  readonly #connect: EtcdConnector;
  #link: Link | undefined;
  #dialling: Promise<Link> | undefined;
  #next = 0;

  constructor(net: NetworkAccess, clock: Clock, endpoints: readonly Address[], connect: EtcdConnector) {
    this.#net = net;
    this.#clock = clock;
    this.#endpoints = endpoints;
    this.#connect = connect;
  }

  range(request: RangeRequest): Promise<RangeResponse> {
    return this.#call((client) => client.range(request));
  }

  put(request: PutRequest): Promise<PutResponse> {
    return this.#call((client) => client.put(request));
  }

  deleteRange(request: DeleteRangeRequest): Promise<DeleteRangeResponse> {
    return this.#call((client) => client.deleteRange(request));
  }

  txn(request: TxnRequest): Promise<TxnResponse> {
    return this.#call((client) => client.txn(request));
  }

  compact(request: CompactionRequest): Promise<CompactionResponse> {
    return this.#call((client) => client.compact(request));
  }

  leaseGrant(request: LeaseGrantRequest): Promise<LeaseGrantResponse> {
    return this.#call((client) => client.leaseGrant(request));
  }

  leaseRevoke(request: LeaseRevokeRequest): Promise<LeaseRevokeResponse> {
    return this.#call((client) => client.leaseRevoke(request));
  }

  leaseKeepAlive(request: LeaseKeepAliveRequest): Promise<LeaseKeepAliveResponse> {
    return this.#call((client) => client.leaseKeepAlive(request));
  }

  leaseTimeToLive(request: LeaseTimeToLiveRequest): Promise<LeaseTimeToLiveResponse> {
    return this.#call((client) => client.leaseTimeToLive(request));
  }

  leaseLeases(): Promise<LeaseLeasesResponse> {
    return this.#call((client) => client.leaseLeases());
  }

  status(): Promise<StatusResponse> {
    return this.#call((client) => client.status());
  }

  watch(request: WatchCreateRequest, handlers: WatchHandlers): WatchHandle {
    let handle: WatchHandle | undefined;
    let cancelled = false;
    const begin = (link: Link): void => {
      if (!cancelled) handle = link.client.watch(request, handlers);
    };
    if (this.#link !== undefined && !this.#link.connection.closed) begin(this.#link);
    else {
      this.#established().then(begin, (error: unknown) => {
        if (!cancelled) handlers.onError(asEtcdError(error));
      });
    }
    return {
      cancel: () => {
        cancelled = true;
        handle?.cancel();
      },
      requestProgress: () => handle?.requestProgress(),
    };
  }

  async #call<T>(call: (client: EtcdClient) => Promise<T>): Promise<T> {
    const known = this.#link;
    const link = known !== undefined && !known.connection.closed ? known : await this.#established();
    return this.#within(link, call(link.client));
  }

  /** A link may be cut so that nothing comes back and nobody says so: the caller must not wait for ever. */
  #within<T>(link: Link, answer: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const timer = this.#clock.setTimeout(() => {
        link.connection.close();
        reject(new EtcdError('Unavailable', 'etcdserver: request timed out'));
      }, CALL_TIMEOUT);
      answer.then(
        (value) => {
          timer.dispose();
          resolve(value);
        },
        (error: unknown) => {
          timer.dispose();
          reject(asEtcdError(error));
        },
      );
    });
  }

  #established(): Promise<Link> {
    this.#dialling ??= this.#dial().finally(() => {
      this.#dialling = undefined;
    });
    return this.#dialling;
  }

  async #dial(): Promise<Link> {
    const deadline = this.#clock.now() + CALL_TIMEOUT;
    for (;;) {
      const endpoint = this.#endpoints[this.#next % this.#endpoints.length] as Address;
      try {
        const connection = await this.#net.dial(endpoint, { protocol: 'grpc', timeout: DIAL_TIMEOUT });
        this.#link = { connection, client: this.#connect(connection) };
        return this.#link;
      } catch {
        // Why one attempt failed matters less than that all did: the next endpoint is tried until time is up.
        this.#next += 1;
        if (this.#clock.now() + DIAL_BACKOFF >= deadline)
          throw new EtcdError('Unavailable', 'etcdserver: request timed out');
        await this.#clock.sleep(DIAL_BACKOFF);
      }
    }
  }
}

function asEtcdError(error: unknown): EtcdError {
  if (error instanceof EtcdError) return error;
  return new EtcdError('Unknown', error instanceof Error ? error.message : String(error));
}
