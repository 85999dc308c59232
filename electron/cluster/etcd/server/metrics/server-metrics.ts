import { minorRelease } from '../version.ts';
import type { EtcdServer } from '../etcd-server.ts';
import type { Metric } from './interface.ts';

/** What `/metrics` says of a member, in upstream's names and words; only what is known here is listed. */
export function serverMetrics(server: EtcdServer): readonly Metric[] {
  const { consensus, mvcc, backend, options } = server;
  const { total, inUse } = backend.size();
  const { counts } = mvcc;
  const watches = server.watchCounts;
  const cluster = minorRelease(options.cluster?.clusterVersion ?? options.version)
    .split('.')
    .slice(0, 2)
    .join('.');
  const both = (name: string, help: string, value: number): Metric[] => [
    counter(`etcd_mvcc_${name}`, help, value),
    counter(`etcd_debugging_mvcc_${name}`, help, value),
  ];
  return [
    labelled('etcd_cluster_version', "Which version is running. 1 for 'cluster_version' label with current cluster version", { cluster_version: cluster }),
    labelled('etcd_server_version', "Which version is running. 1 for 'server_version' label with current version.", { server_version: options.version }),
    labelled('etcd_server_id', "Server or member ID in hexadecimal format. 1 for 'server_id' label with current ID.", { server_id: BigInt(server.memberId).toString(16) }),
    gauge('etcd_server_has_leader', 'Whether or not a leader exists. 1 is existence, 0 is not.', Number(consensus.leader !== '0')),
    gauge('etcd_server_is_leader', 'Whether or not this member is a leader. 1 if is, 0 otherwise.', Number(consensus.leader === server.memberId)),
    gauge('etcd_server_is_learner', 'Whether or not this member is a learner. 1 if is, 0 otherwise.', Number(consensus.isLearner)),
    counter('etcd_server_leader_changes_seen_total', 'The number of leader changes seen.', server.leaderChanges),
    gauge('etcd_server_proposals_applied_total', 'The total number of consensus proposals applied.', consensus.appliedIndex),
    gauge('etcd_server_proposals_committed_total', 'The total number of consensus proposals committed.', consensus.index),
    gauge('etcd_server_proposals_pending', 'The current number of pending proposals to commit.', server.proposer.pending),
    counter('etcd_server_proposals_failed_total', 'The total number of failed proposals seen.', server.proposer.failed),
    gauge('etcd_server_quota_backend_bytes', 'Current backend storage quota size in bytes.', server.quota.bytes),
    counter('etcd_server_health_success', 'The total number of successful health checks', server.health.success),
    counter('etcd_server_health_failures', 'The total number of failed health checks', server.health.failures),
    gauge('etcd_mvcc_db_total_size_in_bytes', 'Total size of the underlying database physically allocated in bytes.', total),
    gauge('etcd_debugging_mvcc_db_total_size_in_bytes', 'Total size of the underlying database physically allocated in bytes.', total),
    gauge('etcd_mvcc_db_total_size_in_use_in_bytes', 'Total size of the underlying database logically in use in bytes.', inUse),
    ...both('put_total', 'Total number of puts seen by this member.', counts.puts),
    ...both('delete_total', 'Total number of deletes seen by this member.', counts.deletes),
    ...both('range_total', 'Total number of ranges seen by this member.', counts.ranges),
    ...both('txn_total', 'Total number of txns seen by this member.', counts.txns),
    gauge('etcd_debugging_mvcc_total_put_size_in_bytes', 'The total size of put kv pairs seen by this member.', counts.putBytes),
    gauge('etcd_debugging_mvcc_keys_total', 'Total number of keys.', mvcc.keys),
    gauge('etcd_debugging_mvcc_current_revision', 'The current revision of store.', mvcc.revision),
    gauge('etcd_debugging_mvcc_compact_revision', 'The revision of the last compaction in store.', mvcc.compactRevision),
    counter('etcd_debugging_mvcc_db_compaction_keys_total', 'Total number of db keys compacted.', counts.compacted),
    gauge('etcd_debugging_mvcc_watcher_total', 'Total number of watchers.', watches.synced + watches.unsynced + watches.victims),
    gauge('etcd_debugging_mvcc_slow_watcher_total', 'Total number of unsynced slow watchers.', watches.unsynced + watches.victims),
    counter('etcd_debugging_mvcc_events_total', 'Total number of events sent by this member.', watches.events),
    gauge('etcd_debugging_auth_revision', 'The current revision of auth store.', server.auth.revision),
    counter('etcd_debugging_lease_granted_total', 'The total number of granted leases.', server.lessor.counts.granted),
    counter('etcd_debugging_lease_revoked_total', 'The total number of revoked leases.', server.lessor.counts.revoked),
    counter('etcd_debugging_lease_renewed_total', 'The number of renewed leases seen by the leader.', server.lessor.counts.renewed),
    counter('etcd_debugging_server_lease_expired_total', 'The total number of expired leases.', server.lessor.counts.expired),
    ...server.calls.metrics(),
    ...(options.metrics?.() ?? []),
  ]; // prettier-ignore
}

function gauge(name: string, help: string, value: number): Metric {
  return { name, help, type: 'gauge', samples: [{ value }] };
}

function counter(name: string, help: string, value: number): Metric {
  return { name, help, type: 'counter', samples: [{ value }] };
}

function labelled(name: string, help: string, labels: Readonly<Record<string, string>>): Metric {
  return { name, help, type: 'gauge', samples: [{ labels, value: 1 }] };
}
