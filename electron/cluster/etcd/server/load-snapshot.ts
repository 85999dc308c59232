import type { ConfState } from '../../raft/interface.ts';
import type { Backend } from '../backend/interface.ts';
import type { SnapshotState } from '../snapshot/interface.ts';
import { clusterIdOf } from './membership/member-ids.ts';

/**
 * Fills an empty disk with what a restored database holds: the member called `name` of a new cluster whose log begins
 * after the additions of its members. Returns upstream's complaint as text when there is no such member.
 */
export function loadSnapshot(backend: Backend, state: SnapshotState, name: string): string | undefined {
  const own = state.members.find((member) => member.name === name);
  if (own === undefined) return `couldn't find local name "${name}" in the restored cluster`;
  const ids = state.members.map(({ id }) => id);
  const confState: ConfState = {
    voters: ids,
    learners: [],
    votersOutgoing: [],
    learnersNext: [],
    autoLeave: false,
  };
  const index = ids.length;
  backend.append(state.records);
  for (const { id, ttl } of state.leases) backend.putLease({ id, ttl });
  putAuth(backend, state);
  for (const member of state.members) backend.putInBucket('members', member.id, JSON.stringify(member));
  for (const alarm of state.alarms) {
    backend.putInBucket('alarm', `${alarm.memberId}/${alarm.alarm}`, JSON.stringify(alarm));
  }
  if (state.clusterVersion !== undefined) {
    backend.putInBucket('cluster', 'clusterVersion', state.clusterVersion);
  }
  const clusterId = clusterIdOf(ids);
  backend.setMeta('clusterId', clusterId);
  backend.setMeta('memberId', own.id);
  backend.setMeta('consistentIndex', String(index));
  backend.setMeta('term', '1');
  backend.setMeta('confState', JSON.stringify(confState));
  if (state.scheduledCompactRevision > 0) {
    backend.setMeta('scheduledCompactRevision', String(state.scheduledCompactRevision));
    backend.setMeta('finishedCompactRevision', String(state.finishedCompactRevision));
  }
  backend.wal.create({ memberId: own.id, clusterId });
  backend.wal.setHardState({ term: 1, vote: '0', commit: index });
  backend.wal.reset({ index, term: 1, confState });
  return undefined;
}

function putAuth(backend: Backend, { auth }: SnapshotState): void {
  backend.putInBucket('auth', 'authEnabled', String(auth.enabled));
  backend.putInBucket('auth', 'authRevision', String(auth.revision));
  for (const user of auth.users) backend.putInBucket('authUsers', user.name, JSON.stringify(user));
  for (const role of auth.roles) backend.putInBucket('authRoles', role.name, JSON.stringify(role));
}
