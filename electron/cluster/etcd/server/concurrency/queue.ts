import type { ByteString } from '../../../../base/byte-string.ts';
import type { Compare, ResponseHeader, Uint64 } from '../../client/interface.ts';
import { NO_LEASE } from '../../client/interface.ts';
import { prefixEnd } from '../../client/prefix.ts';
import type { LocalClient } from './local-client.ts';

/** Seconds that a lease lives which is made for a lock: nobody renews it. */
const SESSION_TTL = 60;

/** All keys of those who stand in line under a name. */
export function lineOf(name: ByteString): ByteString {
  return `${name}/`;
}

/** The key of one who stands in line, by lease in hexadecimal as Go writes an int64. */
export function placeOf(name: ByteString, lease: Uint64): ByteString {
  return `${lineOf(name)}${BigInt.asIntN(64, BigInt(lease)).toString(16)}`;
}

/** The lease given, or a new one. Models concurrency.NewSession, of which nothing is left that renews the lease. */
export async function sessionLease(client: LocalClient, lease: Uint64): Promise<Uint64> {
  if (lease !== NO_LEASE) return lease;
  return (await client.call('LeaseGrant', { ttl: SESSION_TTL })).id;
}

/** That a key was made at that revision; 0: that there is none. */
export function madeAt(key: ByteString, createRevision: number): Compare {
  return { key, target: 'CREATE', result: 'EQUAL', createRevision };
}

/** Resolves when no key of the line is older than `revision`. Models clientv3/concurrency waitDeletes. */
export async function waitForOlder(
  client: LocalClient,
  line: ByteString,
  revision: number,
): Promise<ResponseHeader> {
  for (;;) {
    const { header, kvs } = await client.call('Range', {
      key: line,
      rangeEnd: prefixEnd(line),
      sortTarget: 'CREATE',
      sortOrder: 'DESCEND',
      limit: 1,
      maxCreateRevision: revision - 1,
    });
    const last = kvs[0];
    if (last === undefined) return header;
    await client.watch({ key: last.key, startRevision: header.revision }, ({ events }) =>
      events.some(({ type }) => type === 'DELETE'),
    );
  }
}
