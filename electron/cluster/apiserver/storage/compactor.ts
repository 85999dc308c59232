import type { Context } from '../../../base/context.ts';
import type { EtcdClient } from '../../etcd/client/interface.ts';
import { EtcdError } from '../../etcd/client/interface.ts';

/** Where the API servers of one cluster agree on who compacts when. */
const KEY = 'compact_rev_key';

/**
 * Has etcd forget revisions that are older than one interval. Several API servers may do this at once: the key
 * decides which of them does. Models apiserver/pkg/storage/etcd3 compactor (v1.34). Never resolves.
 */
export async function compactForever(
  context: Context,
  client: EtcdClient,
  intervalSeconds: number,
): Promise<void> {
  let time = 0;
  let revision = 0;
  for (;;) {
    await context.clock.sleep(intervalSeconds * 1000);
    try {
      const compare = [{ target: 'VERSION', version: time, result: 'EQUAL', key: KEY }] as const;
      const put = { requestPut: { key: KEY, value: String(revision) } };
      const response = await client.txn({
        compare,
        success: [put],
        failure: [{ requestRange: { key: KEY } }],
      });
      const compactTo = revision;
      revision = response.header.revision;
      if (response.succeeded) {
        time += 1;
        if (compactTo > 0) await client.compact({ revision: compactTo });
      } else {
        const first = response.responses[0];
        time =
          first !== undefined && 'responseRange' in first ? (first.responseRange.kvs[0]?.version ?? 0) : 0;
      }
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      context.log.warn('compaction failed', { error: error.message });
    }
  }
}
