import type { Context } from '../../../../base/context.ts';
import type { Backend } from '../../backend/interface.ts';
import type { Member } from '../../client/cluster.ts';
import { clusterIdOf, memberIdOf } from '../membership/member-ids.ts';
import type { MemberConfig } from './interface.ts';
import { RaftConsensus } from './raft-consensus.ts';

/** A cluster of one without a network, whose disk takes no time. */
export function singleMember(
  context: Context,
  backend: Backend,
  config: Partial<MemberConfig> = {},
): RaftConsensus {
  const peerUrls = ['https://10.0.0.10:2380'];
  const id = memberIdOf(peerUrls, 'etcd-cluster');
  const own: Member = { id, name: 'm1', peerUrls, clientUrls: [], isLearner: false };
  const isNew = backend.wal.metadata === undefined;
  const metadata = backend.wal.metadata ?? { memberId: id, clusterId: clusterIdOf([id]) };
  if (isNew) backend.wal.create(metadata);
  return new RaftConsensus(
    context,
    backend,
    undefined,
    {
      name: 'm1',
      version: '3.6.4',
      clientUrls: ['https://10.0.0.10:2379'],
      heartbeat: 100,
      electionTimeout: 1000,
      snapshotCount: 10_000,
      preVote: true,
      strictReconfigCheck: true,
      fsync: () => 0,
      whyUnwritable: () => undefined,
      answerPeer: () => undefined,
      onReady: () => undefined,
      onRemoved: () => undefined,
      onUnwritable: () => undefined,
      ...config,
    },
    { ...metadata, initial: isNew ? [own] : [], remotes: [] },
  );
}
