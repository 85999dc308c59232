import { describe, expect, it } from 'vitest';
import type { KubeObject, Node, Pod } from '../../api/types.ts';
import type { ResourceType } from '../../client/resource-type.ts';
import { defaultProfile } from '../plugins/registry.ts';
import type { Situation, WhyNot } from './interface.ts';
import { Rerun } from './rerun.ts';
import { whyNot } from './why-not.ts';

const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';
type Objects = Readonly<Record<string, readonly object[]>>;

const node = (name: string, zone: string): Node =>
  ({
    metadata: { name, labels: { [HOST]: name, [ZONE]: zone } },
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } },
  }) as Node;

function pod(volumes: readonly object[], name = 'x', nodeName?: string): Pod {
  return {
    metadata: { name, namespace: 'default', uid: `u-${name}` },
    spec: {
      ...(nodeName === undefined ? {} : { nodeName }),
      containers: [{ name: 'main', image: 'nginx' }],
      volumes: volumes.map((volume, index) => ({ name: `v${index}`, ...volume })),
    },
    status: { phase: 'Pending' },
  } as unknown as Pod;
}

const uses = (claimName: string): object => ({ persistentVolumeClaim: { claimName } });

function claim(name: string, { bound, annotations = {}, ...spec }: Record<string, unknown> = {}): object {
  const done = bound === undefined ? {} : { 'pv.kubernetes.io/bind-completed': 'yes' };
  return {
    metadata: {
      name,
      namespace: 'default',
      uid: `u-${name}`,
      annotations: { ...(annotations as object), ...done },
    },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '5Gi' } },
      storageClassName: 'local',
      ...(bound === undefined ? {} : { volumeName: bound }),
      ...spec,
    },
  };
}

function volume(name: string, storage: string, spec: object = {}, labels: object = {}): object {
  return {
    metadata: { name, labels },
    spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], storageClassName: 'local', ...spec },
    status: { phase: 'Available' },
  };
}

const reachableFrom = (key: string, value: string): object => ({
  nodeAffinity: {
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values: [value] }] }] },
  },
});

const storageClass = (name: string, provisioner: string, more: object = {}): object => ({
  metadata: { name },
  provisioner,
  volumeBindingMode: 'WaitForFirstConsumer',
  ...more,
});
const local = storageClass('local', 'kubernetes.io/no-provisioner');
const csi = (name: string): object => volume(name, '5Gi', { csi: { driver: 'disk', volumeHandle: name } });
const limit = (count: number): object => ({
  metadata: { name: 'b' },
  spec: { drivers: [{ name: 'disk', nodeID: 'b', allocatable: { count } }] },
});

function situation(objects: Objects): Situation {
  const all: Objects = { nodes: [node('a', 'AD-1'), node('b', 'AD-2')], ...objects };
  return {
    world: {
      list: <T extends KubeObject>({ resource }: ResourceType<T>) => (all[resource] ?? []) as readonly T[],
    },
    beliefs: { assumed: new Map(), nominated: new Map() },
    profile: defaultProfile,
  };
}

function remedies(found: WhyNot | undefined): string[] {
  return (found?.remedies ?? []).map(({ changes }) =>
    changes.map(({ wording: { id, params } }) => [id, ...Object.values(params)].join(' ')).join(' + '),
  );
}

const once = { accessModes: ['ReadWriteOncePod'] };
const disk = { gcePersistentDisk: { pdName: 'd' } };
const read = { gcePersistentDisk: { pdName: 'd', readOnly: true } };
const oneClaim = { persistentvolumeclaims: [claim('c')], storageclasses: [local] };

// What the Pod x asks of node b, the objects there are, and the changes that would help.
const cases: [string, Objects, Pod, string[]][] = [
  [
    'a volume of another zone, by its node affinity',
    {
      persistentvolumeclaims: [claim('c', { bound: 'pv' })],
      persistentvolumes: [volume('pv', '5Gi', reachableFrom(ZONE, 'AD-1'))],
    },
    pod([uses('c')]),
    [`label-node b ${ZONE}=AD-1`, 'volume-anywhere pv'],
  ],
  [
    'a volume on the disk of another node',
    {
      persistentvolumeclaims: [claim('c', { bound: 'pv' })],
      persistentvolumes: [volume('pv', '5Gi', reachableFrom(HOST, 'a'))],
    },
    pod([uses('c')]),
    ['volume-anywhere pv'],
  ],
  [
    'a volume labelled with another zone',
    {
      persistentvolumeclaims: [claim('c', { bound: 'pv' })],
      persistentvolumes: [volume('pv', '5Gi', {}, { [ZONE]: 'AD-1' })],
    },
    pod([uses('c')]),
    [`label-node b ${ZONE}=AD-1`, `label-volume pv ${ZONE}=AD-2`],
  ],
  [
    'volumes that are too small, elsewhere, or not given free',
    {
      ...oneClaim,
      persistentvolumes: [
        volume('small', '4Gi', reachableFrom(HOST, 'b')),
        volume('elsewhere', '6Gi', reachableFrom(HOST, 'a')),
        volume('taken', '6Gi', { claimRef: { namespace: 'default', name: 'gone', uid: 'u' } }),
      ],
    },
    pod([uses('c')]),
    [
      'claim-ask-less default/c 5Gi 4Gi',
      'free-volume taken',
      'new-volume 5Gi local b',
      'volume-anywhere elsewhere',
    ],
  ],
  ['no volume at all', oneClaim, pod([uses('c')]), ['new-volume 5Gi local b']],
  [
    'two volumes too few',
    { persistentvolumeclaims: [claim('c'), claim('d')], storageclasses: [local] },
    pod([uses('c'), uses('d')]),
    ['new-volume 5Gi local b + new-volume 5Gi local b'],
  ],
  [
    'a claim that was promised to another node',
    {
      persistentvolumeclaims: [
        claim('c', { storageClassName: 'oci', annotations: { 'volume.kubernetes.io/selected-node': 'a' } }),
      ],
      storageclasses: [storageClass('oci', 'disk')],
    },
    pod([uses('c')]),
    ['claim-forget-node default/c a'],
  ],
  [
    'a class that makes volumes in another zone only',
    {
      persistentvolumeclaims: [claim('c', { storageClassName: 'oci' })],
      storageclasses: [
        storageClass('oci', 'disk', {
          allowedTopologies: [{ matchLabelExpressions: [{ key: ZONE, values: ['AD-1'] }] }],
        }),
      ],
    },
    pod([uses('c')]),
    [`label-node b ${ZONE}=AD-1`, 'class-anywhere oci'],
  ],
  [
    'too little free storage',
    {
      persistentvolumeclaims: [claim('c', { storageClassName: 'oci' })],
      storageclasses: [storageClass('oci', 'disk')],
      csidrivers: [{ metadata: { name: 'disk' }, spec: { storageCapacity: true } }],
      csistoragecapacities: [
        {
          metadata: { name: 'k', namespace: 'kube-system' },
          storageClassName: 'oci',
          nodeTopology: {},
          capacity: '3Gi',
        },
      ],
    },
    pod([uses('c')]),
    ['claim-ask-less default/c 5Gi 3Gi', 'more-capacity oci b 3Gi 5Gi'],
  ],
  [
    'a claim to be bound before the Pod',
    {
      persistentvolumeclaims: [claim('c', { storageClassName: 'fast' })],
      storageclasses: [storageClass('fast', 'disk', { volumeBindingMode: 'Immediate' })],
      persistentvolumes: [volume('pv', '9Gi', { storageClassName: 'fast' })],
    },
    pod([uses('c')]),
    ['bind-claim default/c pv'],
  ],
  [
    'the same without a volume that would do',
    {
      persistentvolumeclaims: [claim('c', { storageClassName: 'fast' })],
      storageclasses: [storageClass('fast', 'disk', { volumeBindingMode: 'Immediate' })],
    },
    pod([uses('c')]),
    ['class-waits fast'],
  ],
  [
    'a claim for a single Pod',
    {
      pods: [pod([uses('c')], 'other', 'a')],
      persistentvolumeclaims: [claim('c', { bound: 'pv', ...once })],
      persistentvolumes: [volume('pv', '5Gi')],
    },
    pod([uses('c')]),
    ['remove-pod default/other', 'claim-many-pods default/c'],
  ],
  [
    'a disk that another Pod writes',
    { pods: [pod([disk], 'other', 'b')] },
    pod([disk]),
    ['remove-pod default/other'],
  ],
  [
    'a disk that another Pod reads',
    { pods: [pod([read], 'other', 'b')] },
    pod([disk]),
    ['mount-read-only v0', 'remove-pod default/other'],
  ],
  [
    'no slot for another volume',
    {
      pods: [pod([uses('d'), uses('e')], 'many', 'b'), pod([uses('f')], 'one', 'b')],
      persistentvolumeclaims: ['c', 'd', 'e', 'f'].map((name) => claim(name, { bound: `pv-${name}` })),
      persistentvolumes: ['c', 'd', 'e', 'f'].map((name) => csi(`pv-${name}`)),
      csinodes: [limit(3)],
    },
    pod([uses('c')]),
    ['remove-pod default/one', 'remove-pod default/many', 'more-attachments b disk 3 4'],
  ],
  [
    'a slot that a volume has of which the Pod is gone',
    {
      persistentvolumeclaims: [claim('c', { bound: 'pv-c' })],
      persistentvolumes: [csi('pv-c'), csi('pv-gone')],
      csinodes: [limit(1)],
      volumeattachments: [
        {
          metadata: { name: 'va' },
          spec: { attacher: 'disk', nodeName: 'b', source: { persistentVolumeName: 'pv-gone' } },
        },
      ],
    },
    pod([uses('c')]),
    ['more-attachments b disk 1 2'],
  ],
];

describe('why a node is refused for the sake of volumes', () => {
  it.each(cases)('%s', (_what, objects, asked, expected) => {
    const cluster = situation(objects);
    const before = new Rerun(cluster, 'default/x').cycle(asked);
    const found = whyNot(cluster, asked, 'b');
    expect(found?.fits).toBe(false);
    expect(remedies(found)).toEqual(expected);
    for (const { result } of found?.remedies ?? []) {
      expect(result.outcome).toBe('bind');
      expect(result.detail.fits).toContain('b');
    }
    // Nothing stays of what was tried.
    expect(new Rerun(cluster, 'default/x').cycle(asked)).toEqual(before);
  });

  const helpless: [string, Objects, string][] = [
    ['a claim that is not there', {}, 'persistentvolumeclaim "c" not found'],
    [
      'a volume that is gone',
      { persistentvolumeclaims: [{ ...claim('c', { bound: 'pv' }), status: { phase: 'Lost' } }] },
      'persistentvolumeclaim "c" bound to non-existent persistentvolume "pv"',
    ],
    [
      'a claim of no class that waits for a volume',
      { persistentvolumeclaims: [claim('c', { storageClassName: '' })] },
      'pod has unbound immediate PersistentVolumeClaims',
    ],
  ];
  it.each(helpless)('knows nothing that would help %s', (_what, objects, reason) => {
    const found = whyNot(situation(objects), pod([uses('c')]), 'b');
    expect(found).toMatchObject({ fits: false, remedies: [], complete: true });
    const refusal = found?.before ?? found?.verdicts.find(({ code }) => code !== undefined);
    expect(refusal?.reasons).toEqual([reason]);
  });
});
