import type { ConfState } from '../../raft/interface.ts';
import type { StoredRole, StoredUser } from '../auth/interface.ts';
import type { Backend, BackendMetaKey } from '../backend/interface.ts';
import type { Member } from '../client/cluster.ts';
import type { SnapshotAlarm, SnapshotState } from '../snapshot/interface.ts';

/** What a member's backend holds, as its database file would. `storageVersion` absent: before 3.6, which writes none. */
export function snapshotStateOf(backend: Backend, storageVersion: string | undefined): SnapshotState {
  const auth = backend.bucket('auth');
  const confState = backend.getMeta('confState');
  const clusterVersion = backend.bucket('cluster').get('clusterVersion');
  const values = <T>(bucket: Parameters<Backend['bucket']>[0]): T[] =>
    [...backend.bucket(bucket).values()].map((text) => JSON.parse(text) as T);
  return {
    records: [...backend.records()],
    scheduledCompactRevision: metaNumber(backend, 'scheduledCompactRevision'),
    finishedCompactRevision: metaNumber(backend, 'finishedCompactRevision'),
    leases: [...backend.leases()].map(({ id, ttl }) => ({ id, ttl, remainingTtl: 0 })),
    consistentIndex: metaNumber(backend, 'consistentIndex'),
    term: metaNumber(backend, 'term'),
    ...(confState === undefined ? {} : { confState: JSON.parse(confState) as ConfState }),
    ...(storageVersion === undefined ? {} : { storageVersion }),
    auth: {
      enabled: auth.get('authEnabled') === 'true',
      revision: Number(auth.get('authRevision') ?? '0'),
      users: values<StoredUser>('authUsers'),
      roles: values<StoredRole>('authRoles'),
    },
    members: values<Member>('members'),
    removedMembers: [...backend.bucket('members_removed').keys()],
    alarms: values<SnapshotAlarm>('alarm'),
    ...(clusterVersion === undefined ? {} : { clusterVersion }),
  };
}

function metaNumber(backend: Backend, key: BackendMetaKey): number {
  return Number(backend.getMeta(key) ?? '0');
}
