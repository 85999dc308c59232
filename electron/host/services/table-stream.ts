import type { GatewayCall } from '../../cluster/gateway/interface.ts';
import type { HttpBody, HttpResponse } from '../../cluster/network/http.ts';
import type { TableColumn, TableItem, TableRow } from '../../shared/contract/api.ts';
import type { StreamSink } from '../../shared/rpc/rpc-server.ts';
import { bodyBytes } from '../listeners/json-bytes.ts';
import type { SendToApi } from './api-service.ts';

/** Flushes between attempts while the API server does not answer: about a second. */
const RETRY_AFTER = 20;
const ACCEPT =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';

interface Table {
  readonly kind?: string;
  readonly message?: string;
  readonly metadata?: { readonly resourceVersion?: string };
  readonly columnDefinitions?: readonly {
    readonly name: string;
    readonly type?: string;
    readonly description?: string;
    readonly priority?: number;
  }[];
  readonly rows?: readonly {
    readonly cells: readonly unknown[];
    readonly object?: { readonly metadata?: Metadata };
  }[];
}

interface Metadata {
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
}

/** Lists a collection as the server's Table and watches it, in the way of `kubectl get -w`; lists again when the watch ends. */
export class TableStream {
  readonly #target: string;
  readonly #send: SendToApi;
  readonly #sink: StreamSink<TableItem>;
  #call: GatewayCall | undefined;
  #changed = new Map<string, TableRow>();
  #removed = new Set<string>();
  #over = false;
  #failed = false;
  /** Flushes until it is tried again; undefined while nothing is to be tried. */
  #retryIn: number | undefined;

  /** `target`: the path of a collection, without a query. */
  constructor(target: string, send: SendToApi, sink: StreamSink<TableItem>) {
    this.#target = target;
    this.#send = send;
    this.#sink = sink;
  }

  start(): void {
    this.#open('includeObject=Metadata', (response) => {
      const table = read(response.body);
      if (response.status !== 200 || table?.kind !== 'Table') {
        this.#fail(table?.message ?? `${response.status}`);
        return;
      }
      this.#changed.clear();
      this.#removed.clear();
      this.#failed = false;
      this.#sink.next({
        reset: true,
        columns: columnsOf(table),
        rows: rowsOf(table),
        removed: [],
        failure: null,
      });
      this.#watch(table.metadata?.resourceVersion ?? '');
    });
  }

  flush(): void {
    if (this.#over) return;
    if (this.#changed.size > 0 || this.#removed.size > 0) {
      this.#sink.next({
        reset: false,
        columns: [],
        rows: [...this.#changed.values()],
        removed: [...this.#removed],
        failure: null,
      });
      this.#changed = new Map();
      this.#removed = new Set();
    }
    if (this.#retryIn !== undefined && --this.#retryIn < 0) {
      this.#retryIn = undefined;
      this.start();
    }
  }

  dispose(): void {
    this.#over = true;
    this.#call?.cancel();
  }

  #watch(revision: string): void {
    this.#open(
      `watch=true&allowWatchBookmarks=true&includeObject=Metadata&resourceVersion=${encodeURIComponent(revision)}`,
      (response) => {
        if (response.status === 200) return;
        this.#fail(read(response.body)?.message ?? `${response.status}`);
      },
    );
  }

  #open(query: string, onResponse: (response: HttpResponse) => void): void {
    let streaming = false;
    this.#call = this.#send(
      {
        method: 'GET',
        target: `${this.#target}?${query}`,
        headers: { accept: ACCEPT, 'user-agent': 'leme-explorer' },
      },
      {
        onResponse: (response) => {
          streaming = response.stream === true;
          if (!this.#over) onResponse(response);
        },
        onItem: (body) => {
          if (!this.#over) this.#item(body);
        },
        onEnd: (error) => {
          if (this.#over) return;
          if (error !== undefined) this.#fail(error.message);
          else if (streaming) this.#retryIn ??= 0;
        },
      },
    );
  }

  #item(body: HttpBody): void {
    const event = (body.type === 'object' ? body.value : JSON.parse(text(body))) as {
      readonly type: string;
      readonly object: Table;
    };
    // 410 and other failures end the stream: it lists again.
    if (event.type === 'BOOKMARK' || event.type === 'ERROR') return;
    for (const row of rowsOf(event.object)) {
      if (event.type === 'DELETED') {
        this.#changed.delete(row.uid);
        this.#removed.add(row.uid);
      } else {
        this.#removed.delete(row.uid);
        this.#changed.set(row.uid, row);
      }
    }
  }

  #fail(message: string): void {
    this.#retryIn = RETRY_AFTER;
    if (this.#failed) return;
    this.#failed = true;
    this.#sink.next({ reset: false, columns: [], rows: [], removed: [], failure: message });
  }
}

function text(body: HttpBody): string {
  return new TextDecoder().decode(bodyBytes(body));
}

function read(body: HttpBody | undefined): Table | undefined {
  if (body === undefined) return undefined;
  return (body.type === 'object' ? body.value : JSON.parse(text(body))) as Table;
}

function columnsOf(table: Table): TableColumn[] {
  return (table.columnDefinitions ?? []).map(({ name, type, description, priority }) => ({
    name,
    type: type ?? 'string',
    description: description ?? '',
    priority: priority ?? 0,
  }));
}

function rowsOf(table: Table): TableRow[] {
  return (table.rows ?? []).map(({ cells, object }) => {
    const { uid, namespace, name, creationTimestamp, deletionTimestamp, resourceVersion } =
      object?.metadata ?? {};
    return {
      uid: uid ?? `${namespace ?? ''}/${name ?? ''}`,
      namespace: namespace ?? '',
      name: name ?? '',
      created: creationTimestamp ?? '',
      deleting: deletionTimestamp !== undefined,
      resourceVersion: resourceVersion ?? '',
      cells: cells.map((cell) =>
        typeof cell === 'string' ? cell : cell === null || cell === undefined ? '' : JSON.stringify(cell),
      ),
    };
  });
}
