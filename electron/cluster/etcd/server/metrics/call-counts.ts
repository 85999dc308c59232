import type { ConcurrencyMethod } from '../../client/concurrency.ts';
import type { GrpcCode } from '../../client/interface.ts';
import type { EtcdMethod } from '../../client/methods.ts';
import type { Metric } from './interface.ts';

type Method = EtcdMethod | ConcurrencyMethod | 'Watch' | 'Snapshot';

const STREAMS: Readonly<Record<string, string>> = {
  Watch: 'bidi_stream',
  LeaseKeepAlive: 'bidi_stream',
  Snapshot: 'server_stream',
  Observe: 'server_stream',
};

/** Counts calls as grpc-ecosystem's go-grpc-prometheus does for etcd; what never happened is not listed. */
export class CallCounts {
  readonly #started = new Map<Method, number>();
  readonly #handled = new Map<string, number>();

  started(method: Method): void {
    this.#started.set(method, (this.#started.get(method) ?? 0) + 1);
  }

  handled(method: Method, code: GrpcCode | 'OK'): void {
    const key = `${code}/${method}`;
    this.#handled.set(key, (this.#handled.get(key) ?? 0) + 1);
  }

  metrics(): readonly Metric[] {
    return [
      {
        name: 'grpc_server_handled_total',
        help: 'Total number of RPCs completed on the server, regardless of success or failure.',
        type: 'counter',
        samples: sorted(this.#handled).map(([key, value]) => {
          const [code = '', method = ''] = key.split('/');
          return { labels: { grpc_code: code, ...labelsOf(method) }, value };
        }),
      },
      {
        name: 'grpc_server_started_total',
        help: 'Total number of RPCs started on the server.',
        type: 'counter',
        samples: sorted(this.#started).map(([method, value]) => ({ labels: labelsOf(method), value })),
      },
    ];
  }
}

function labelsOf(method: string): Readonly<Record<string, string>> {
  return {
    grpc_method: method,
    grpc_service: serviceOf(method),
    grpc_type: STREAMS[method] ?? 'unary',
  };
}

function serviceOf(method: string): string {
  if (/^(Lock|Unlock)$/.test(method)) return 'v3lockpb.Lock';
  if (/^(Campaign|Proclaim|Leader|Observe|Resign)$/.test(method)) return 'v3electionpb.Election';
  return `etcdserverpb.${apiServiceOf(method)}`;
}

function apiServiceOf(method: string): string {
  if (method === 'Watch') return 'Watch';
  if (/^(Range|Put|DeleteRange|Txn|Compact)$/.test(method)) return 'KV';
  if (method.startsWith('Lease')) return 'Lease';
  if (method.startsWith('Member')) return 'Cluster';
  return /^(Auth|User|Role)/.test(method) ? 'Auth' : 'Maintenance';
}

function sorted<K extends string>(counts: ReadonlyMap<K, number>): [K, number][] {
  return [...counts].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
