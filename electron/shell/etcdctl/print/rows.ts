import type { Shown, Version } from './interface.ts';
import { hexId, humanBytes } from './go-text.ts';

export interface Rows {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function memberRows({ message }: Shown['MemberList']): Rows {
  return {
    head: ['ID', 'Status', 'Name', 'Peer Addrs', 'Client Addrs', 'Is Learner'],
    rows: message.members.map((member) => [
      hexId(member.ID),
      member.name === '' ? 'unstarted' : 'started',
      member.name,
      member.peerURLs.join(','),
      member.clientURLs.join(','),
      String(member.isLearner),
    ]),
  };
}

export function healthRows(health: Shown['EndpointHealth'], took: (milliseconds: number) => string): Rows {
  return {
    head: ['endpoint', 'health', 'took', 'error'],
    rows: health.map((one) => [one.endpoint, String(one.health), took(one.took), one.error]),
  };
}

export function statusRows(status: Shown['EndpointStatus'], version: Version): Rows {
  const newer = version !== '3.4';
  return {
    head: [
      'endpoint', 'ID', 'version', ...(newer ? ['storage version'] : []), 'db size',
      ...(newer ? ['in use', 'percentage not in use', 'quota'] : []),
      'is leader', 'is learner', 'raft term', 'raft index', 'raft applied index', 'errors',
      ...(newer ? ['downgrade target version', 'downgrade enabled'] : []),
    ], // prettier-ignore
    rows: status.map(({ endpoint, answer: { message } }) => {
      const size = Number(message.dbSize);
      const inUse = Number(message.dbSizeInUse);
      return [
        endpoint,
        hexId(message.header.member_id),
        message.version,
        ...(newer ? [message.storageVersion] : []),
        humanBytes(size),
        ...(newer
          ? [
              humanBytes(inUse),
              `${size === 0 ? 0 : 100 - Math.floor((inUse * 100) / size)}%`,
              humanBytes(Number(message.dbSizeQuota)),
            ]
          : []),
        String(message.leader === message.header.member_id),
        String(message.isLearner),
        message.raftTerm,
        message.raftIndex,
        message.raftAppliedIndex,
        message.errors.join(', '),
        ...(newer
          ? [message.downgradeInfo?.targetVersion ?? '', String(message.downgradeInfo?.enabled ?? false)]
          : []),
      ];
    }),
  };
}

export function hashRows(hashes: Shown['EndpointHashKV'], version: Version): Rows {
  const newer = version !== '3.4';
  return {
    head: ['endpoint', 'hash', ...(newer ? ['hash_revision'] : [])],
    rows: hashes.map(({ endpoint, answer: { message } }) => [
      endpoint,
      String(message.hash),
      ...(newer ? [message.hash_revision] : []),
    ]),
  };
}

export function dbStatusRows(status: Shown['DBStatus'], version: Version): Rows {
  const newer = version !== '3.4';
  return {
    head: ['hash', 'revision', 'total keys', 'total size', ...(newer ? ['version'] : [])],
    rows: [
      [
        status.hash.toString(16),
        String(status.revision),
        String(status.totalKey),
        humanBytes(status.totalSize),
        ...(newer ? [status.version] : []),
      ],
    ],
  };
}
