import { stringify } from 'yaml';
import type { CausalLog } from '../../base/causal-log.ts';
import type { CausalRecord } from '../../base/causal-record.ts';
import type { Flow, RecordBatch, RecordDetail, RecordSummary } from '../../shared/contract/records.ts';
import { RpcError } from '../../shared/rpc/rpc-error.ts';
import type { StreamSink } from '../../shared/rpc/rpc-server.ts';
import { PeriodicFilter } from './periodic.ts';
import { hideSecrets } from './hide-secrets.ts';
import { httpView } from './http-view.ts';
import { summarize } from './record-summary.ts';

/** Of a leader to a follower; the answers say no more. */
const HEARTBEAT = /^MsgHeartbeat(?: for a read)?$/;
const BODY_LIMIT = 64 * 1024;
const CHAIN_LIMIT = 64;
const CONSEQUENCE_LIMIT = 200;
/** So much virtual time without news counts as quiet, in milliseconds. */
const QUIET = 1_000;
/** How far ahead consequences are looked for, in records. */
const CONSEQUENCE_WINDOW = 20_000;

interface RecordsStream {
  readonly sink: StreamSink<RecordBatch>;
  readonly includePeriodic: boolean;
  readonly limit: number;
  next: number;
}

/** Streams what happens, in batches of bounded size, and opens single records. */
export class RecordsService {
  readonly #log: CausalLog;
  readonly #periodic: PeriodicFilter;
  readonly #streams = new Set<RecordsStream>();

  /** First record not yet looked at for quiescence, and the time of the newest one that was no routine. */
  #looked: number;
  #lastNews = 0;
  readonly #now: () => number;

  /** `now` is virtual time. */
  constructor(log: CausalLog, now: () => number) {
    this.#log = log;
    this.#now = now;
    this.#looked = log.firstId;
    this.#periodic = new PeriodicFilter(log);
  }

  watch(input: { includePeriodic: boolean; limit: number }, sink: StreamSink<RecordBatch>): void {
    const stream: RecordsStream = {
      sink,
      ...input,
      next: Math.max(this.#log.firstId, this.#log.nextId - 500),
    };
    this.#streams.add(stream);
    sink.onEnd(() => this.#streams.delete(stream));
    this.#send(stream, true);
  }

  /** Called by the host a few times a second, after a commit. */
  flush(): void {
    for (const stream of this.#streams) this.#send(stream);
  }

  /** Whether a record is periodic work that nobody caused. */
  isRoutine(record: CausalRecord): boolean {
    return this.#periodic.isRoutine(record);
  }

  /** Nothing but routine has happened for a virtual second. */
  get quiescent(): boolean {
    for (const record of this.#log.range(this.#looked))
      if (!this.#periodic.isRoutine(record)) this.#lastNews = record.time;
    this.#looked = this.#log.nextId;
    return this.#now() - this.#lastNews > QUIET;
  }

  /** `reveal`: with the values of Secrets. */
  get(id: number, reveal = false): RecordDetail {
    const record = this.#log.get(id);
    if (record === undefined) throw new RpcError('NotFound', `record ${id} is no longer kept`);
    const http = record.kind === 'message' ? httpView(this.#log, record, reveal) : null;
    // What `http` tells in full is not told again.
    const told = http?.request?.id === id ? http.request : http?.response?.id === id ? http.response : null;
    const body = (told?.headers ?? null) !== null ? undefined : bodyText(record, reveal);
    return {
      record: summarize(record),
      detail: JSON.stringify(detailOf(record), undefined, 2),
      body: body === undefined ? null : body.slice(0, BODY_LIMIT),
      bodyTruncated: body !== undefined && body.length > BODY_LIMIT,
      http,
      causes: this.#causes(record),
      consequences: this.#consequences(record),
    };
  }

  #send(stream: RecordsStream, history = false): void {
    if (stream.next >= this.#log.nextId) return;
    const chosen: CausalRecord[] = [];
    const beats = new Map<string, Flow>();
    for (const record of this.#log.range(stream.next)) {
      const routine = this.#periodic.isRoutine(record);
      if (stream.includePeriodic || !routine) chosen.push(record);
      else if (record.kind === 'message' && HEARTBEAT.test(record.summary)) addToFlow(beats, record);
    }
    stream.next = this.#log.nextId;
    if (chosen.length === 0 && (beats.size === 0 || history)) return;
    // What people and components decided is always shown; messages beyond the limit become flows.
    const records: RecordSummary[] = [];
    const flows = new Map<string, Flow>();
    let messages = 0;
    for (const record of chosen) {
      if (record.kind === 'message' && messages++ >= stream.limit) addToFlow(flows, record);
      else if (records.length < stream.limit * 4) records.push(summarize(record));
    }
    stream.sink.next({
      records,
      flows: [...flows.values()],
      ...(beats.size > 0 && !history ? { beats: [...beats.values()] } : {}),
      ...(history ? { history } : {}),
    });
  }

  #causes(record: CausalRecord): RecordSummary[] {
    const chain: RecordSummary[] = [];
    let cause = record.cause;
    while (cause !== 0 && chain.length < CHAIN_LIMIT) {
      const next = this.#log.get(cause);
      if (next === undefined) break;
      chain.push(summarize(next));
      cause = next.cause;
    }
    return chain.reverse();
  }

  #consequences(record: CausalRecord): RecordSummary[] {
    const found: RecordSummary[] = [];
    for (const later of this.#log.range(record.id + 1, record.id + CONSEQUENCE_WINDOW)) {
      if (later.cause === record.id) found.push(summarize(later));
      if (found.length >= CONSEQUENCE_LIMIT) break;
    }
    return found;
  }
}

function addToFlow(flows: Map<string, Flow>, record: CausalRecord & { kind: 'message' }): void {
  const key = `${record.actor}>${record.to}>${record.protocol}`;
  const flow = flows.get(key);
  flows.set(key, {
    from: record.actor,
    to: record.to,
    protocol: record.protocol,
    count: (flow?.count ?? 0) + 1,
    last: record.id,
  });
}

function detailOf(record: CausalRecord): Record<string, unknown> {
  switch (record.kind) {
    case 'message': {
      const { to, protocol, connection, call, latency, detail } = record;
      return { to, protocol, connection, call, latency, ...detail };
    }
    case 'decision': {
      const { subject, action, desired, observed, detail } = record;
      return { subject, action, desired, observed, ...detail };
    }
    case 'state': {
      const { subject, from, state, detail } = record;
      return { subject, from, state, ...detail };
    }
    case 'input':
      return { action: record.action, ...record.detail };
  }
}

/** The payload for people: API objects as YAML, bytes as text where they are text. */
function bodyText(record: CausalRecord, reveal: boolean): string | undefined {
  if (record.kind !== 'message' || record.body === undefined) return undefined;
  const body = readable(record.body);
  return stringify(reveal ? body : hideSecrets(body).value, { lineWidth: 0, aliasDuplicateObjects: false });
}

function readable(value: unknown): unknown {
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, readable(item)]));
}
