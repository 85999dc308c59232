import { CallError } from '../errors.ts';
import type { EtcdClient } from './etcd-client.ts';
import { keepAlive } from './keep-alive.ts';
import type { Header, LeaseResponse, RangeResponse, TxnResponse } from './messages.ts';
import { prefixEnd } from '../range.ts';
import { WatchStream } from './watch-stream.ts';

/** A lease that is kept alive as long as the session is open. Models clientv3/concurrency/session.go. */
export class LeaseSession {
  readonly client: EtcdClient;
  readonly lease: string;
  readonly #stop = new AbortController();
  /** Resolves when the lease has ended by itself. */
  readonly expired: Promise<void>;

  private constructor(client: EtcdClient, lease: string) {
    this.client = client;
    this.lease = lease;
    this.expired = this.#renew();
  }

  static async open(client: EtcdClient, ttl: number): Promise<LeaseSession> {
    const answer = await client.call<LeaseResponse>('LeaseGrant', { TTL: ttl });
    return new LeaseSession(client, answer.message.ID);
  }

  async #renew(): Promise<void> {
    try {
      for await (const answer of keepAlive(this.client, this.lease, this.#stop.signal)) void answer;
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
    }
    // Ended on purpose: that is no expiry.
    if (this.#stop.signal.aborted) await new Promise<never>(() => undefined);
  }

  close(): void {
    this.#stop.abort();
  }
}

/** A place in the queue for a name: the key of one's lease below it. Mutex and election are both this. */
export class Place {
  readonly #session: LeaseSession;
  readonly #prefix: string;
  readonly key: string;
  revision = '0';
  header: Header | undefined;

  constructor(session: LeaseSession, name: string) {
    this.#session = session;
    this.#prefix = `${name}/`;
    this.key = `${this.#prefix}${BigInt.asUintN(64, BigInt(session.lease)).toString(16)}`;
  }

  /** Takes a place and waits until everybody before has gone. @throws CallError, also when the signal fires */
  async acquire(value: string, signal: AbortSignal): Promise<void> {
    const { client, lease } = this.#session;
    const key = Buffer.from(this.key);
    const answer = await client.call<TxnResponse>('Txn', {
      compare: [{ result: 'EQUAL', target: 'CREATE', key, create_revision: '0' }],
      success: [{ request_put: { key, value: Buffer.from(value), lease } }],
      failure: [{ request_range: { key } }],
    });
    const { message } = answer;
    const existing = message.responses[0]?.response_range?.kvs[0]?.create_revision;
    this.revision = message.succeeded ? message.header.revision : (existing ?? message.header.revision);
    this.header = message.header;
    try {
      await this.#waitForOlder(signal);
    } catch (error) {
      await this.release();
      throw error;
    }
  }

  async #waitForOlder(signal: AbortSignal): Promise<void> {
    const { client } = this.#session;
    const prefix = Buffer.from(this.#prefix);
    for (;;) {
      const last = await client.call<RangeResponse>('Range', {
        key: prefix,
        range_end: prefixEnd(prefix),
        limit: 1,
        sort_order: 'DESCEND',
        sort_target: 'CREATE',
        max_create_revision: (BigInt(this.revision) - 1n).toString(),
      });
      const older = last.message.kvs[0];
      if (older === undefined) {
        this.header = last.message.header;
        return;
      }
      if (signal.aborted) throw new CallError('context canceled');
      const gone = new AbortController();
      const watch = new WatchStream(
        client,
        {
          key: older.key,
          end: Buffer.alloc(0),
          revision: Number(last.message.header.revision) + 1,
          prevKv: false,
        },
        AbortSignal.any([signal, gone.signal]),
      );
      for await (const response of watch.responses()) {
        if (response.canceled || response.events.some(({ type }) => type === 'DELETE')) break;
      }
      gone.abort();
      if (signal.aborted) throw new CallError('context canceled');
    }
  }

  /** Leaves the queue. */
  async release(): Promise<void> {
    await this.#session.client.call('DeleteRange', { key: Buffer.from(this.key) }, { timeout: 5000 });
  }
}
