import { crc32c } from '../../../../base/digest/crc32c.ts';
import { etcdError } from '../../client/errors.ts';
import type { AlarmMember, AlarmResponse, StatusResponse } from '../../client/maintenance.ts';
import { hashByRevision } from '../../mvcc/hash.ts';
import { encodeDatabase } from '../../snapshot/encode-snapshot.ts';
import type { ServerCore } from '../core.ts';
import type { Outcome } from '../interface.ts';
import { requireRoot } from '../require-root.ts';
import { snapshotStateOf } from '../snapshot-state.ts';
import { isAtLeast, minorRelease } from '../version.ts';
import type { Calls } from './interface.ts';

/** The Maintenance service, except what is about the members. Models server/etcdserver/api/v3rpc/maintenance.go. */
export function maintenanceCalls(
  core: ServerCore,
): Pick<Calls, 'Alarm' | 'Status' | 'Defragment' | 'Hash' | 'HashKV'> {
  const { backend, mvcc, alarms, quota, consensus, proposer, options } = core;
  const is35 = isAtLeast(options.version, 3, 5);
  const is36 = isAtLeast(options.version, 3, 6);

  const status = (): StatusResponse => {
    const { total, inUse } = backend.size();
    const { cluster } = options;
    const noLeader = consensus.leader === '0' ? [etcdError('noLeader').message] : [];
    const plain = {
      header: core.header(),
      version: options.version,
      dbSize: total,
      dbSizeInUse: inUse,
      leader: consensus.leader,
      raftIndex: consensus.index,
      raftTerm: consensus.term,
      raftAppliedIndex: consensus.appliedIndex,
      isLearner: consensus.isLearner,
      errors: [...noLeader, ...alarms.get('NONE').map(alarmText)],
    };
    if (!is36) return plain;
    return {
      ...plain,
      storageVersion: minorRelease(cluster?.clusterVersion ?? options.version),
      dbSizeQuota: quota.bytes === Infinity ? (options.quotaBackendBytes ?? 0) : quota.bytes,
      downgradeInfo: cluster?.downgradeInfo ?? { enabled: false, targetVersion: '' },
    };
  };

  return {
    Alarm(alarm, caller, reply) {
      proposer.propose({ alarm }, caller, (outcome: Outcome<AlarmResponse>) => {
        if ('error' in outcome || is35) {
          reply(outcome);
          return;
        }
        reply({ response: { alarms: outcome.response.alarms } });
      });
    },
    Status(_, __, reply) {
      reply({ response: status() });
    },
    Defragment(_, caller, reply) {
      requireRoot(core, caller);
      backend.defragment();
      reply({ response: { header: core.header() } });
    },
    Hash(_, caller, reply) {
      requireRoot(core, caller);
      // What two members may differ in although they hold the same.
      const state = { ...snapshotStateOf(backend, undefined), consistentIndex: 0, term: 0 };
      reply({ response: { header: core.header(), hash: crc32c(encodeDatabase(state)) } });
    },
    HashKV({ revision }, caller, reply) {
      requireRoot(core, caller);
      const hashed = hashByRevision(mvcc, revision);
      const response = {
        header: core.header(),
        hash: hashed.hash,
        compactRevision: hashed.compactRevision,
      };
      reply({ response: is36 ? { ...response, hashRevision: hashed.revision } : response });
    },
  };
}

/** As protobuf's text form writes an AlarmMember. */
function alarmText({ memberId, alarm }: AlarmMember): string {
  return `memberID:${memberId} alarm:${alarm} `;
}
