import { describe, expect, it } from 'vitest';
import type { WatchRequest, WatchResponse } from '../client/interface.ts';
import { ServerHarness } from '../server/harness.testing.ts';
import type { Caller } from '../server/interface.ts';
import { WATCH_WINDOW } from './messages.ts';
import { WatchStreamServer } from './watch-stream.ts';

/** One stream on a member, without a network: what it sends, one line per response. */
class Stream {
  readonly etcd = new ServerHarness();
  readonly responses: WatchResponse[] = [];
  readonly server: WatchStreamServer;

  constructor(caller: Caller = {}, maxResponseBytes = 1_000_000) {
    this.server = new WatchStreamServer(
      this.etcd.server,
      this.etcd.simulation.createContext('cp-1/etcd').clock,
      {
        progressNotifyInterval: 60_000,
        maxResponseBytes,
        checkPermission: (request) => this.etcd.server.checkWatch(request, caller),
        send: (response) => void this.responses.push(response),
      },
    );
  }

  create(request: Extract<WatchRequest, { createRequest: unknown }>['createRequest']): void {
    this.server.receive({ createRequest: request });
  }

  /** What was sent since the last call. */
  take(): readonly string[] {
    return this.responses.splice(0).map(line);
  }
}

function line(response: WatchResponse): string {
  const { watchId, created, canceled, compactRevision, cancelReason, events, header } = response;
  const words = [`#${watchId}`, `@${header.revision}`];
  if (created) words.push('created');
  if (canceled) words.push('canceled');
  if (compactRevision !== undefined) words.push(`compacted ${compactRevision}`);
  if (cancelReason !== undefined) words.push(`(${cancelReason})`);
  if (response.fragment === true) words.push('fragment');
  for (const { type, kv, prevKv } of events) {
    words.push(`${type} ${kv.key}${prevKv === undefined ? '' : ` was ${prevKv.value.slice(0, 3)}`}`);
  }
  return words.join(' ');
}

describe('a watch stream', () => {
  it('has many watches, with ids of the server’s or the client’s choice', () => {
    const stream = new Stream();
    stream.create({ key: 'a' });
    stream.create({ key: 'a', watchId: 1 });
    stream.create({ key: 'b' });
    stream.create({ key: 'a', watchId: 1 });
    stream.etcd.put('a', '1');
    stream.etcd.put('b', '1');
    expect(stream.take()).toEqual([
      '#0 @1 created',
      '#1 @1 created',
      '#2 @1 created',
      '#-1 @1 created canceled (mvcc: duplicate watch ID provided on the WatchStream)',
      '#0 @2 PUT a',
      '#1 @2 PUT a',
      '#2 @3 PUT b',
    ]);
    stream.server.receive({ cancelRequest: { watchId: 1 } });
    stream.server.receive({ cancelRequest: { watchId: 99 } });
    stream.etcd.put('a', '2');
    stream.create({ key: 'a', watchId: 1 });
    expect(stream.take()).toEqual(['#1 @3 canceled', '#0 @4 PUT a', '#1 @4 created']);
  });

  it('refuses ranges without keys and revisions below 0, and takes an empty key for the first', () => {
    const stream = new Stream();
    stream.create({ key: 'b', rangeEnd: 'a' });
    stream.create({ key: 'b', rangeEnd: 'b' });
    stream.create({ key: 'b', startRevision: -1 });
    stream.create({ key: '', rangeEnd: '\0' });
    stream.etcd.put('k', 'v');
    expect(stream.take()).toEqual([
      '#-1 @1 created canceled (mvcc: watcher range is empty)',
      '#-1 @1 created canceled (mvcc: watcher range is empty)',
      '#-1 @1 created canceled (etcdserver: mvcc: required revision has been compacted)',
      '#0 @1 created',
      '#0 @2 PUT k',
    ]);
  });

  it('ends a watch whose past is compacted, with the revision and no reason', async () => {
    const stream = new Stream();
    for (const value of ['1', '2', '3']) stream.etcd.put('k', value);
    stream.etcd.call('Compact', { revision: 3 });
    stream.create({ key: 'k', startRevision: 2 });
    stream.create({ key: 'k', startRevision: 3, prevKv: true });
    await stream.etcd.advance(10);
    expect(stream.take()).toEqual([
      '#0 @4 created',
      '#1 @4 created',
      '#0 @0 canceled compacted 3',
      '#1 @4 PUT k PUT k was 2',
    ]);
    // Nothing is known of it any more.
    stream.server.receive({ cancelRequest: { watchId: 0 } });
    expect(stream.take()).toEqual([]);
  });

  it('tells how far all its watches are, unless one is behind', async () => {
    const stream = new Stream();
    stream.server.receive({ progressRequest: {} });
    expect(stream.take()).toEqual([]);
    stream.etcd.put('k', 'v');
    stream.create({ key: 'k' });
    stream.create({ key: 'x', startRevision: 1 });
    stream.take();
    stream.server.receive({ progressRequest: {} });
    expect(stream.take()).toEqual([]);
    await stream.etcd.advance(1);
    stream.server.receive({ progressRequest: {} });
    expect(stream.take()).toEqual(['#-1 @2']);
    stream.create({ key: 'x', startRevision: 10 });
    stream.take();
    stream.server.receive({ progressRequest: {} });
    expect(stream.take()).toEqual([]);
  });

  it('notifies idle watches of their progress, and not those that got something', async () => {
    const stream = new Stream();
    stream.create({ key: 'a', progressNotify: true });
    stream.create({ key: 'b', progressNotify: true });
    stream.create({ key: 'c' });
    await stream.etcd.advance(30_000);
    stream.etcd.put('a', '1');
    stream.take();
    await stream.etcd.advance(30_000);
    expect(stream.take()).toEqual(['#1 @2']);
    await stream.etcd.advance(60_000);
    expect(stream.take()).toEqual(['#0 @2', '#1 @2']);
  });

  it('sends fragments to those who take them', () => {
    const stream = new Stream({}, 1000);
    stream.create({ key: 'a', rangeEnd: 'b', fragment: true, prevKv: true });
    stream.create({ key: 'a', rangeEnd: 'b' });
    const put = (key: string) => ({ requestPut: { key, value: 'x'.repeat(400) } });
    stream.take();
    const success = ['a1', 'a2', 'a3'].map(put);
    stream.etcd.call('Txn', { compare: [], success, failure: [] });
    expect(stream.take()).toEqual([
      '#0 @2 fragment PUT a1 PUT a2',
      '#0 @2 PUT a3',
      '#1 @2 PUT a1 PUT a2 PUT a3',
    ]);
    stream.etcd.call('Txn', { compare: [], success, failure: [] });
    expect(stream.take()).toEqual([
      '#0 @3 fragment PUT a1 was xxx',
      '#0 @3 fragment PUT a2 was xxx',
      '#0 @3 PUT a3 was xxx',
      '#1 @3 PUT a1 PUT a2 PUT a3',
    ]);
  });

  it('stops sending to a client that takes nothing, and loses nothing when it does again', async () => {
    const stream = new Stream();
    stream.create({ key: 'k' });
    stream.create({ key: 'other' });
    const puts = WATCH_WINDOW + 500;
    for (let index = 0; index < puts; index += 1) stream.etcd.put('k', String(index));
    await stream.etcd.advance(1000);
    expect(stream.responses).toHaveLength(WATCH_WINDOW);
    stream.server.ack(WATCH_WINDOW);
    await stream.etcd.advance(1000);
    const values = stream.responses.flatMap(({ events }) => events.map(({ kv }) => kv.value));
    expect(values).toEqual(Array.from({ length: puts }, (_, index) => String(index)));
  });

  it('says why it does not begin a watch that the caller may not have', () => {
    const stream = new Stream({ token: 'gone.1' });
    const { etcd } = stream;
    etcd.call('UserAdd', { name: 'root', password: 'rp' });
    etcd.call('UserGrantRole', { user: 'root', role: 'root' });
    etcd.call('AuthEnable', {});
    stream.create({ key: 'k' });
    expect(stream.take()).toEqual([
      '#-1 @1 created canceled (rpc error: code = Unauthenticated desc = etcdserver: invalid auth token)',
    ]);
  });
});
