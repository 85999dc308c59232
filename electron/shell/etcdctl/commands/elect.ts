import { LeaseSession, Place } from '../client/concurrency.ts';
import type { EtcdClient } from '../client/etcd-client.ts';
import type { Answer, RangeResponse } from '../client/messages.ts';
import { WatchStream } from '../client/watch-stream.ts';
import { aborted } from '../aborted.ts';
import { ExitError, exitCode } from '../errors.ts';
import type { CommandSpec } from '../interface.ts';
import { prefixEnd } from '../range.ts';
import type { Session } from '../session.ts';

/** The default time to live of clientv3's sessions, in seconds. */
const TTL = 60;

export const elect: CommandSpec = {
  name: 'elect',
  usage: '<election-name> [proposal]',
  short: { en: 'Stands for an election, or watches one', 'pt-BR': 'Concorre a uma eleição, ou a acompanha' },
  flags: [
    {
      name: 'listen',
      short: 'l',
      kind: 'bool',
      help: { en: 'only watch who leads', 'pt-BR': 'só acompanha quem lidera' },
    },
  ],
  async run(session, flags, args) {
    const bad = (message: string): ExitError => new ExitError(exitCode.badArgs, message);
    const [name, proposal] = args;
    if (name === undefined || args.length > 2) {
      throw bad('elect takes one election name argument and an optional proposal argument');
    }
    if (proposal === undefined && !flags.bool('listen')) throw bad('no proposal argument but -l not set');
    if (proposal !== undefined && flags.bool('listen')) throw bad('proposal given but -l is set');
    const client = await session.clientUntilClosed();
    if (proposal === undefined) await observe(session, client, name);
    else await campaign(session, client, name, proposal);
  },
};

async function campaign(session: Session, client: EtcdClient, name: string, proposal: string): Promise<void> {
  const { signal } = session.io;
  const lease = await LeaseSession.open(client, TTL);
  try {
    const place = new Place(lease, name);
    await place.acquire(proposal, signal);
    await session.show('Get', await client.call<RangeResponse>('Range', { key: Buffer.from(place.key) }));
    const how = await Promise.race([
      aborted(signal).then(() => 'resigned'),
      lease.expired.then(() => 'expired'),
    ]);
    if (how === 'expired') throw new ExitError(exitCode.error, 'elect: session expired');
    await place.release();
  } finally {
    lease.close();
  }
}

/** Shows the leader, and again whenever it is another or says something else. */
async function observe(session: Session, client: EtcdClient, name: string): Promise<void> {
  const { signal } = session.io;
  const prefix = Buffer.from(`${name}/`);
  const end = prefixEnd(prefix);
  let shown = '';
  const leader = (): Promise<Answer<RangeResponse>> =>
    client.call<RangeResponse>('Range', {
      key: prefix,
      range_end: end,
      limit: 1,
      sort_order: 'ASCEND',
      sort_target: 'CREATE',
    });
  while (!signal.aborted) {
    const now = await leader();
    const kv = now.message.kvs[0];
    const key = kv === undefined ? '' : `${kv.key.toString('hex')} ${kv.mod_revision}`;
    if (kv !== undefined && key !== shown) await session.show('Get', now);
    shown = key;
    const changed = new AbortController();
    const watch = new WatchStream(
      client,
      { key: prefix, end, revision: Number(now.message.header.revision) + 1, prevKv: false },
      AbortSignal.any([signal, changed.signal]),
    );
    for await (const response of watch.responses())
      if (response.events.length > 0 || response.canceled) break;
    changed.abort();
  }
}
