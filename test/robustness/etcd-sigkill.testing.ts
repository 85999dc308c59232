import { openWorkspace } from '../../electron/storage/open-workspace.ts';
import { join } from 'node:path';
import { expect } from 'vitest';
import { EtcdTestClient } from '../harness/etcd-client.ts';
import { ServedHost, temporaryFolder } from '../harness/serve.ts';

const WRITERS = 8;
const PREFIX = '/sigkill/';
/** The first key after the prefix. */
const PREFIX_END = '/sigkill0';

interface KeyValue {
  readonly key: string;
  readonly value: string;
  readonly modRevision: number;
}

/** Puts with several writers, spread over the members, until the host is gone; notes what was acknowledged, with its revision. */
async function write(
  urls: readonly string[],
  round: number,
  acknowledged: Map<string, number>,
): Promise<void> {
  const clients = urls.map((url) => new EtcdTestClient(url));
  let next = 0;
  const writer = async (client: EtcdTestClient): Promise<void> => {
    for (;;) {
      const key = `${PREFIX}${round}/${next++}`;
      const response = await client.call('/etcdserverpb.KV/Put', { key, value: key.repeat(20) });
      acknowledged.set(key, (response['header'] as { revision: number }).revision);
    }
  };
  const writers = Array.from({ length: WRITERS }, (_, at) => clients[at % clients.length]);
  // Each ends with the connection.
  await Promise.allSettled(writers.map((client) => client !== undefined && writer(client)));
  for (const client of clients) client.close();
}

/** Keys that were acknowledged and are not on a member as they were written. The read is linearizable: the member has caught up. */
async function lost(url: string, acknowledged: ReadonlyMap<string, number>): Promise<string[]> {
  const client = new EtcdTestClient(url);
  const response = await client.call('/etcdserverpb.KV/Range', { key: PREFIX, rangeEnd: PREFIX_END });
  client.close();
  const kept = new Map(((response['kvs'] ?? []) as KeyValue[]).map((kv) => [kv.key, kv]));
  return [...acknowledged]
    .filter(([key, revision]) => {
      const kv = kept.get(key);
      return kv?.modRevision !== revision || kv.value !== key.repeat(20);
    })
    .map(([key]) => key);
}

export interface KillLoop {
  /** Puts that were acknowledged over all rounds. */
  readonly acknowledged: number;
  readonly lost: readonly string[];
  /** What the hosts said of their workspace. */
  readonly complaints: readonly string[];
}

/** Starts a host, writes to its members, kills it at some moment of the writing; `kills` times on the same workspace. */
export async function killLoop(kills: number, ...flags: readonly string[]): Promise<KillLoop> {
  const folder = temporaryFolder();
  const acknowledged = new Map<string, number>();
  const missing = new Set<string>();
  const complaints: string[] = [];
  try {
    for (let round = 0; round <= kills; round += 1) {
      const host = await ServedHost.start(folder.path, '--etcd-plain', ...flags);
      const urls = host.served.etcdEndpoints;
      for (const url of urls) for (const key of await lost(url, acknowledged)) missing.add(key);
      const before = acknowledged.size;
      const writing = write(urls, round, acknowledged);
      // Some acknowledged writes, then a moment that differs from round to round.
      while (acknowledged.size < before + 5) await new Promise((resolve) => void setTimeout(resolve, 2));
      await new Promise((resolve) => void setTimeout(resolve, (round * 37) % 250));
      await host.stop('SIGKILL');
      await writing;
      complaints.push(...host.stderr.filter((line) => /repair|set aside|damaged|corrupt/i.test(line)));
    }
    const opened = openWorkspace(join(folder.path, 'workspace.leme'), { timestamp: 'test' });
    if (opened.outcome !== 'opened') throw new Error(opened.message);
    expect(opened.workspace.database.prepare('PRAGMA integrity_check').all()).toEqual([
      { integrity_check: 'ok' },
    ]);
    opened.workspace.dispose();
  } finally {
    folder.remove();
  }
  return { acknowledged: acknowledged.size, lost: [...missing], complaints };
}
