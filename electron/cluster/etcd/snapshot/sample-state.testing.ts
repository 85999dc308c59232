import type { SnapshotState } from './interface.ts';

/** A little of everything a backend can hold. */
export const sampleState: SnapshotState = {
  records: [
    {
      kv: { key: 'a', value: '\x00\xff', createRevision: 2, modRevision: 3, version: 2, lease: '0' },
      sub: 0,
      tombstone: false,
    },
    {
      kv: {
        key: '/registry/x',
        value: 'v',
        createRevision: 4,
        modRevision: 4,
        version: 1,
        lease: '7587862094689432063',
      },
      sub: 0,
      tombstone: false,
    },
    {
      kv: { key: 'b', value: '', createRevision: 0, modRevision: 4, version: 0, lease: '0' },
      sub: 1,
      tombstone: true,
    },
  ],
  scheduledCompactRevision: 2,
  finishedCompactRevision: 2,
  leases: [{ id: '7587862094689432063', ttl: 300, remainingTtl: 120 }],
  consistentIndex: 42,
  term: 3,
  confState: {
    voters: ['10276657743932975437'],
    learners: [],
    votersOutgoing: [],
    learnersNext: [],
    autoLeave: false,
  },
  storageVersion: '3.6.0',
  auth: {
    enabled: true,
    revision: 4,
    users: [
      { name: 'alice', password: '$2a$10$abc', roles: ['reader', 'writer'], noPassword: false },
      { name: 'cert', password: '', roles: [], noPassword: true },
    ],
    roles: [
      {
        name: 'reader',
        keyPermission: [
          { permType: 'READ', key: 'a', rangeEnd: 'b' },
          { permType: 'READWRITE', key: '\xff', rangeEnd: '\x00' },
        ],
      },
      { name: 'writer', keyPermission: [] },
    ],
  },
  members: [
    {
      id: '10276657743932975437',
      peerUrls: ['https://10.0.0.10:2380'],
      isLearner: false,
      name: 'cp-1',
      clientUrls: ['https://10.0.0.10:2379'],
    },
    { id: '255', peerUrls: ['https://10.0.0.11:2380'], isLearner: true, name: '', clientUrls: [] },
  ],
  removedMembers: ['27'],
  alarms: [{ memberId: '255', alarm: 'NOSPACE' }],
  clusterVersion: '3.6.0',
};
