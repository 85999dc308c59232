import type { RevisionRecord } from '../../cluster/etcd/backend/interface.ts';
import type { Uint64 } from '../../cluster/etcd/client/interface.ts';
import { NO_LEASE } from '../../cluster/etcd/client/interface.ts';
import type { EtcdMemberView, EtcdRaftView } from '../../cluster/etcd/view/interface.ts';
import type { EtcdKeyRow, EtcdMember, EtcdRaft, EtcdRevision } from '../../shared/contract/etcd.ts';
import type { EtcdDisk } from './etcd-disk.ts';

/** As etcdctl prints ids. */
export function hexId(id: Uint64): string {
  return BigInt(id).toString(16);
}

function hexOrNull(id: Uint64): string | null {
  return id === NO_LEASE ? null : hexId(id);
}

/** A member as the app gets it. */
export function viewMember(member: EtcdMemberView, disk: EtcdDisk | undefined): EtcdMember {
  const { machine, actor, running, faults } = member;
  return {
    machine,
    actor,
    running: running !== undefined,
    id: running === undefined ? null : hexId(running.memberId),
    clusterId: running === undefined ? null : hexId(running.clusterId),
    name: running?.name ?? null,
    version: running?.version ?? null,
    raft: running === undefined ? null : viewRaft(running.raft),
    store:
      running === undefined
        ? null
        : {
            ...running.store,
            alarms: running.store.alarms.map(({ memberId, type }) => ({ member: hexId(memberId), type })),
          },
    peers: (running?.peers ?? []).map(({ memberId, name, peerUrls, clientUrls, isLearner }) => ({
      id: hexId(memberId),
      name,
      peerUrls: [...peerUrls],
      clientUrls: [...clientUrls],
      isLearner,
    })),
    keys: disk?.keyCount ?? 0,
    leases: disk?.leaseCount ?? 0,
    ...faults,
  };
}

function viewRaft(raft: EtcdRaftView): EtcdRaft {
  const { role, term, vote, lead, commit, applied, firstIndex, lastIndex, snapshotIndex } = raft;
  return {
    role,
    term,
    vote: hexOrNull(vote),
    lead: hexOrNull(lead),
    commit,
    applied,
    firstIndex,
    lastIndex,
    snapshotIndex,
    progress: raft.progress.map(({ memberId, match, next, state, recentActive, isLearner, inflight }) => ({
      member: hexId(memberId),
      match,
      next,
      state,
      recentActive,
      isLearner,
      inflight,
    })),
  };
}

export function viewKey({ kv }: RevisionRecord): EtcdKeyRow {
  const { key, createRevision, modRevision, version, lease, value } = kv;
  return { key, createRevision, modRevision, version, lease: hexOrNull(lease), size: value.length };
}

export function viewRevision(record: RevisionRecord, disk: EtcdDisk): EtcdRevision {
  const { kv, sub, tombstone } = record;
  const writing = disk.writing(record);
  return {
    modRevision: kv.modRevision,
    sub,
    createRevision: tombstone ? 0 : kv.createRevision,
    version: tombstone ? 0 : kv.version,
    lease: tombstone ? null : hexOrNull(kv.lease),
    tombstone,
    size: tombstone ? 0 : kv.value.length,
    time: writing?.time ?? null,
    record: writing?.record ?? 0,
  };
}
