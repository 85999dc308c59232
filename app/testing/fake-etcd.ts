import type {
  EtcdItem,
  EtcdKeyItem,
  EtcdKeyRow,
  EtcdLogEntry,
  EtcdMember,
  EtcdRevision,
} from '../../electron/shared/contract/etcd.ts';

const NAMES = ['cp-1', 'cp-2', 'cp-3', 'cp-4', 'cp-5'];
const IDS = [
  '8e9e05c52164694d',
  '91bc3c398fb3c146',
  'fd422379fda50e48',
  'a8266ecf031671f3',
  'ade526d28b1f92f7',
];
const LAST = 1861;

/** Test only: so many members, the first of them the leader; the last one a little behind. */
export function fakeMembers(count: number): EtcdMember[] {
  const peers = NAMES.slice(0, count).map((name, index) => ({
    id: IDS[index] ?? '',
    name,
    peerUrls: [`https://10.0.0.1${index}:2380`],
    clientUrls: [`https://10.0.0.1${index}:2379`],
    isLearner: false,
  }));
  const matchOf = (index: number): number => (index === count - 1 && count > 1 ? LAST - 2 : LAST);
  return peers.map((peer, index) => ({
    machine: peer.name,
    actor: `${peer.name}/etcd`,
    running: true,
    id: peer.id,
    clusterId: 'ef37ad9dc622a7c4',
    name: peer.name,
    version: '3.6.4',
    raft: {
      role: index === 0 ? 'leader' : 'follower',
      term: 3,
      vote: IDS[0] ?? null,
      lead: IDS[0] ?? null,
      commit: index === 0 ? LAST : matchOf(index) - 1,
      applied: index === 0 ? LAST : matchOf(index) - 1,
      firstIndex: 1,
      lastIndex: matchOf(index),
      snapshotIndex: 0,
      progress:
        index === 0
          ? peers.slice(1).map((other, at) => ({
              member: other.id,
              match: matchOf(at + 1),
              next: matchOf(at + 1) + 1,
              state: 'Replicate' as const,
              recentActive: true,
              isLearner: false,
              inflight: at + 1 === count - 1 ? 2 : 0,
            }))
          : [],
    },
    store: {
      revision: 1044 - (LAST - matchOf(index)),
      compactRevision: 512,
      dbSize: 2_359_296,
      dbSizeInUse: 1_482_752,
      quota: 2_147_483_648,
      alarms: [],
    },
    peers,
    keys: 187,
    leases: 9,
    fsync: 1,
    diskFull: false,
  }));
}

const SUMMARIES = [
  'Txn put /registry/pods/default/web-7c5ddbdf54-n4w7p',
  'Txn put /registry/leases/kube-node-lease/worker-1',
  'Txn put /registry/replicasets/default/web-7c5ddbdf54',
  'LeaseGrant 694d8a1b2c3d4e5f',
  'Txn put /registry/events/default/web-7c5ddbdf54-n4w7p.17d2',
];

export function fakeLog(lastIndex: number): EtcdLogEntry[] {
  return Array.from({ length: 40 }, (_, at): EtcdLogEntry => {
    const index = lastIndex - 39 + at;
    return {
      index,
      term: index < LAST - 20 ? 2 : 3,
      type: 'Normal',
      summary: index === LAST - 20 ? '' : (SUMMARIES[index % SUMMARIES.length] ?? ''),
    };
  });
}

export function fakeEtcd(count: number): EtcdItem {
  const members = fakeMembers(count);
  return {
    reset: true,
    members,
    logs: members.map(({ machine, raft }) => {
      const entries = fakeLog(raft?.lastIndex ?? 0);
      return { machine, from: entries[0]?.index ?? 0, entries };
    }),
  };
}

export const POD_KEY = '/registry/pods/default/web-7c5ddbdf54-x2x9k';

/** Keys as a small cluster has them, and so many Events besides. */
export function fakeKeys(events: number): EtcdKeyRow[] {
  const row = (key: string, modRevision: number, change: Partial<EtcdKeyRow> = {}): EtcdKeyRow => ({
    key,
    createRevision: Math.min(modRevision, 204),
    modRevision,
    version: 1,
    lease: null,
    size: 1188,
    ...change,
  });
  return [
    row(POD_KEY, 1044, { version: 4, createRevision: 960 }),
    row('/registry/pods/default/web-7c5ddbdf54-q8mzt', 990, { version: 4, createRevision: 961 }),
    row('/registry/pods/default/web-7c5ddbdf54-bb7nd', 1043, { version: 2, createRevision: 1040 }),
    ...['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((name) =>
      row(`/registry/pods/kube-system/${name}-cp-1`, 301, { version: 3 }),
    ),
    ...['cp-1', 'worker-1', 'worker-2'].flatMap((name) => [
      row(`/registry/minions/${name}`, 1012, { version: 31 }),
      row(`/registry/leases/kube-node-lease/${name}`, 1041, { version: 77, size: 291 }),
    ]),
    row('/registry/deployments/default/web', 1002, { version: 6 }),
    row('/registry/replicasets/default/web-7c5ddbdf54', 1001, { version: 5 }),
    row('/registry/namespaces/default', 7, { size: 190 }),
    row('/registry/namespaces/kube-system', 4, { size: 195 }),
    row('/registry/configmaps/kube-system/coredns', 233),
    row('/registry/services/specs/default/kubernetes', 208),
    row('compact_rev_key', 1038, { version: 8, size: 3 }),
    row('foo', 1030, { size: 3, lease: '694d8a1b2c3d4e5f' }),
    ...Array.from({ length: events }, (_, index) =>
      row(`/registry/events/ns-${index % 25}/load-${index}.17d2c3a4`, 300 + index, {
        lease: '694d8a1b2c3d4e60',
        size: 512,
      }),
    ),
  ];
}

/** The revisions of `POD_KEY`, newest first. */
export function fakeKey(key: string, time: number): EtcdKeyItem {
  const revision = (
    modRevision: number,
    version: number,
    change: Partial<EtcdRevision> = {},
  ): EtcdRevision => ({
    modRevision,
    sub: 0,
    createRevision: 960,
    version,
    lease: null,
    tombstone: false,
    size: 1188 + version * 11,
    time: time - (1044 - modRevision) * 400,
    record: 4000 + version,
    ...change,
  });
  const leased = key === 'foo';
  return {
    machine: 'cp-1',
    compactRevision: 512,
    total: key === POD_KEY ? 4 : 1,
    revisions:
      key === POD_KEY
        ? [
            revision(1044, 4),
            revision(1003, 3),
            revision(962, 2),
            revision(960, 1, { time: null, record: 0 }),
          ]
        : [revision(1030, 1, leased ? { lease: '694d8a1b2c3d4e5f', size: 3 } : {})],
    lease: leased ? { id: '694d8a1b2c3d4e5f', grantedTtl: 60, remaining: 41 } : null,
  };
}

export function fakeValue(key: string, modRevision: number): string {
  if (!key.startsWith('/registry/')) return key === 'foo' ? 'bar' : '\x00\x01k8s\xff\xfe';
  const phase = modRevision >= 1044 ? 'Running' : 'Pending';
  return JSON.stringify({
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name: 'web-7c5ddbdf54-x2x9k',
      namespace: 'default',
      uid: '9f0c4f0e-8f57-4e0b-a4a8-2b7f1f0b1d11',
      creationTimestamp: '2026-03-02T12:03:49Z',
      labels: { app: 'web', 'pod-template-hash': '7c5ddbdf54' },
      ...(modRevision >= 1003 ? { annotations: { 'example.org/seen': 'yes' } } : {}),
    },
    spec: {
      containers: [{ name: 'nginx', image: 'nginx', ports: [{ containerPort: 80, protocol: 'TCP' }] }],
      ...(modRevision >= 962 ? { nodeName: 'worker-1' } : {}),
      schedulerName: 'default-scheduler',
    },
    status: { phase, ...(phase === 'Running' ? { podIP: '10.244.1.7' } : {}) },
  });
}
