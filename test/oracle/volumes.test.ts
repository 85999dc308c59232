import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '../../electron/cluster/api/types.ts';
import type { Decision, Scenario } from './scenario.ts';
import { decide } from './scenario.ts';

const ZONE = 'topology.kubernetes.io/zone';

function node(name: string, zone: string): Node {
  return {
    metadata: { name, labels: { 'kubernetes.io/hostname': name, [ZONE]: zone } },
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } },
  } as Node;
}

const nodes = [node('a', 'AD-1'), node('b', 'AD-2')];

function pod(volumes: readonly object[], more: object = {}): Pod {
  return {
    metadata: { name: 'x', namespace: 'default', uid: 'u-x' },
    spec: {
      containers: [{ name: 'main', image: 'nginx' }],
      volumes: volumes.map((volume, index) => ({ name: `v${index}`, ...volume })),
      ...more,
    },
    status: { phase: 'Pending' },
  } as unknown as Pod;
}

const uses = (claimName: string): object => ({ persistentVolumeClaim: { claimName } });

/** `bound`: the volume it is bound to. */
function claim(name: string, { bound, annotations = {}, ...spec }: Record<string, unknown> = {}): object {
  return {
    metadata: {
      name,
      namespace: 'default',
      annotations: {
        ...(annotations as object),
        ...(bound === undefined ? {} : { 'pv.kubernetes.io/bind-completed': 'yes' }),
      },
    },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '5Gi' } },
      ...(bound === undefined ? {} : { volumeName: bound }),
      ...spec,
    },
  };
}

function volume(name: string, storage: string, more: object = {}, labels: object = {}): object {
  return {
    metadata: { name, labels },
    spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], storageClassName: 'local', ...more },
    status: { phase: 'Available' },
  };
}

const onNode = (name: string): object => ({
  nodeAffinity: {
    required: {
      nodeSelectorTerms: [
        { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [name] }] },
      ],
    },
  },
});

const storageClass = (name: string, provisioner: string, more: object = {}): object => ({
  metadata: { name },
  provisioner,
  volumeBindingMode: 'WaitForFirstConsumer',
  ...more,
});

const local = storageClass('local', 'kubernetes.io/no-provisioner');
const run = (scenario: object): Decision => decide({ id: 'test', nodes, ...scenario } as unknown as Scenario);
const unhelpful = ' preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.';

describe('VolumeBinding', () => {
  const refusals: [string, object, string][] = [
    ['no such claim', { pod: pod([uses('c')]) }, 'persistentvolumeclaim "c" not found.'],
    [
      'a claim of a template not there yet',
      { pod: pod([{ ephemeral: { volumeClaimTemplate: {} } }]) },
      'waiting for ephemeral volume controller to create the persistentvolumeclaim "x-v0".',
    ],
    [
      'a claim of another Pod by the same name',
      { pod: pod([{ ephemeral: { volumeClaimTemplate: {} } }]), claims: [claim('x-v0')] },
      'PVC default/x-v0 was not created for pod default/x (pod is not owner).',
    ],
    [
      'a claim that goes',
      {
        pod: pod([uses('c')]),
        claims: [{ metadata: { name: 'c', namespace: 'default', deletionTimestamp: 'now' }, spec: {} }],
      },
      'persistentvolumeclaim "c" is being deleted.',
    ],
    [
      'a claim whose volume is lost',
      { pod: pod([uses('c')]), claims: [{ ...claim('c', { bound: 'pv' }), status: { phase: 'Lost' } }] },
      'persistentvolumeclaim "c" bound to non-existent persistentvolume "pv".',
    ],
    [
      'a claim to be bound at once that is not',
      {
        pod: pod([uses('c')]),
        claims: [claim('c', { storageClassName: 'fast' })],
        storageClasses: [storageClass('fast', 'x', { volumeBindingMode: 'Immediate' })],
      },
      'pod has unbound immediate PersistentVolumeClaims.',
    ],
    [
      'a claim without a class',
      { pod: pod([uses('c')]), claims: [claim('c')] },
      'pod has unbound immediate PersistentVolumeClaims.',
    ],
    [
      'no local volume',
      { pod: pod([uses('c')]), claims: [claim('c', { storageClassName: 'local' })], storageClasses: [local] },
      "2 node(s) didn't find available persistent volumes to bind.",
    ],
    [
      'volumes too small, of another class, in use, in another mode',
      {
        pod: pod([uses('c')]),
        claims: [claim('c', { storageClassName: 'local' })],
        storageClasses: [local],
        volumes: [
          volume('small', '4Gi'),
          volume('class', '5Gi', { storageClassName: 'other' }),
          volume('taken', '5Gi', { claimRef: { namespace: 'default', name: 'other' } }),
          volume('mode', '5Gi', { accessModes: ['ReadOnlyMany'] }),
          volume('block', '5Gi', { volumeMode: 'Block' }),
        ],
      },
      "2 node(s) didn't find available persistent volumes to bind.",
    ],
    [
      'a topology that the class does not allow',
      {
        pod: pod([uses('c')]),
        claims: [claim('c', { storageClassName: 'oci' })],
        storageClasses: [
          storageClass('oci', 'blockvolume.csi.oraclecloud.com', {
            allowedTopologies: [{ matchLabelExpressions: [{ key: ZONE, values: ['AD-3'] }] }],
          }),
        ],
      },
      "2 node(s) didn't find available persistent volumes to bind.",
    ],
    [
      'too little capacity',
      {
        pod: pod([uses('c')]),
        claims: [claim('c', { storageClassName: 'csi' })],
        storageClasses: [storageClass('csi', 'driver')],
        csiDrivers: [{ metadata: { name: 'driver' }, spec: { storageCapacity: true } }],
        csiStorageCapacities: [{ storageClassName: 'csi', nodeTopology: {}, capacity: '4Gi' }],
      },
      '2 node(s) did not have enough free storage.',
    ],
    [
      'a volume that is gone',
      { pod: pod([uses('c')]), claims: [claim('c', { bound: 'gone' })] },
      'persistentvolume "gone" not found.',
    ],
  ];
  it.each(refusals)('refuses all nodes for %s', (_what, scenario, why) => {
    expect(run(scenario).message).toBe(`0/2 nodes are available: ${why}${unhelpful}`);
  });

  it('goes to the node of the bound volume, and to no other', () => {
    const { feasible, reasons } = run({
      pod: pod([uses('c')]),
      claims: [claim('c', { bound: 'pv' })],
      volumes: [volume('pv', '5Gi', onNode('b'))],
    });
    expect(feasible).toEqual({ a: false, b: true });
    expect(reasons).toEqual({ a: ['node(s) had volume node affinity conflict'] });
  });

  it('finds one volume for each claim', () => {
    const two = {
      pod: pod([uses('c'), uses('d')]),
      claims: [claim('c', { storageClassName: 'local' }), claim('d', { storageClassName: 'local' })],
      storageClasses: [local],
    };
    const volumes = [
      volume('1', '5Gi', onNode('a')),
      volume('2', '9Gi', onNode('a')),
      volume('3', '5Gi', onNode('b')),
    ];
    expect(run({ ...two, volumes }).feasible).toEqual({ a: true, b: false });
    // The volume of b is promised to a claim that is not the Pod's.
    expect(run({ ...two, volumes: volumes.slice(1) }).feasible).toEqual({ a: false, b: false });
  });

  it('keeps to the node that was selected, and asks the capacity of each node', () => {
    const chosen = claim('c', {
      storageClassName: 'csi',
      annotations: { 'volume.kubernetes.io/selected-node': 'a' },
    });
    const scenario = {
      pod: pod([uses('c')]),
      claims: [chosen],
      storageClasses: [storageClass('csi', 'driver')],
    };
    expect(run(scenario).reasons).toEqual({
      b: ["node(s) didn't find available persistent volumes to bind"],
    });
    const capacity = {
      claims: [claim('c', { storageClassName: 'csi' })],
      csiDrivers: [{ metadata: { name: 'driver' }, spec: { storageCapacity: true } }],
      csiStorageCapacities: [
        {
          storageClassName: 'csi',
          nodeTopology: { matchLabels: { [ZONE]: 'AD-2' } },
          capacity: '100Gi',
          maximumVolumeSize: '5Gi',
        },
      ],
    };
    expect(run({ ...scenario, ...capacity }).reasons).toEqual({
      a: ['node(s) did not have enough free storage'],
    });
  });
});

describe('VolumeZone', () => {
  it('refuses nodes of another zone than the volume, whose zones may be several', () => {
    const scenario = (zones: string): object => ({
      pod: pod([uses('c')]),
      claims: [claim('c', { bound: 'pv' })],
      volumes: [volume('pv', '5Gi', {}, { [ZONE]: zones })],
    });
    expect(run(scenario('AD-1')).reasons).toEqual({ b: ['node(s) had no available volume zone'] });
    expect(run(scenario('AD-1__AD-2')).feasible).toEqual({ a: true, b: true });
  });

  it('takes the old label of a volume for the new one of a node', () => {
    const volumes = [volume('pv', '5Gi', {}, { 'failure-domain.beta.kubernetes.io/zone': 'AD-2' })];
    const scenario = { pod: pod([uses('c')]), claims: [claim('c', { bound: 'pv' })], volumes };
    expect(run(scenario).feasible).toEqual({ a: false, b: true });
  });
});

describe('VolumeRestrictions', () => {
  const other = (nodeName: string, volumes: readonly object[], more: object = {}): Pod => ({
    ...pod(volumes, { nodeName, ...more }),
    metadata: { name: `other-${nodeName}`, namespace: 'default' },
  });

  it('refuses a claim for a single Pod that is in use, wherever', () => {
    const scenario = {
      pod: pod([uses('c')]),
      claims: [claim('c', { bound: 'pv', accessModes: ['ReadWriteOncePod'] })],
      volumes: [volume('pv', '5Gi')],
      existingPods: [other('a', [uses('c')])],
    };
    expect(run(scenario).message).toBe(
      '0/2 nodes are available: 2 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
    );
    // A Pod of lower priority gives the claim up.
    const higher = { ...scenario, pod: pod([uses('c')], { priority: 10 }) };
    expect(run(higher)).toMatchObject({ nominatedNode: 'a', selectedVictims: ['default/other-a'] });
    expect(run({ ...scenario, existingPods: [] }).feasible).toEqual({ a: true, b: true });
  });

  const disks: [string, object, object, boolean][] = [
    [
      'a disk that one writes',
      { gcePersistentDisk: { pdName: 'd' } },
      { gcePersistentDisk: { pdName: 'd', readOnly: true } },
      true,
    ],
    [
      'a disk that both read',
      { gcePersistentDisk: { pdName: 'd', readOnly: true } },
      { gcePersistentDisk: { pdName: 'd', readOnly: true } },
      false,
    ],
    [
      'an EBS volume',
      { awsElasticBlockStore: { volumeID: 'v' } },
      { awsElasticBlockStore: { volumeID: 'v', readOnly: true } },
      true,
    ],
    ['a LUN', { iscsi: { iqn: 'q' } }, { iscsi: { iqn: 'q' } }, true],
    ['another LUN', { iscsi: { iqn: 'q' } }, { iscsi: { iqn: 'r' } }, false],
    [
      'an RBD image',
      { rbd: { monitors: ['m', 'n'], image: 'i' } },
      { rbd: { monitors: ['n'], image: 'i', pool: 'rbd' } },
      true,
    ],
    [
      'an RBD image of another pool',
      { rbd: { monitors: ['m'], image: 'i' } },
      { rbd: { monitors: ['m'], image: 'i', pool: 'p' } },
      false,
    ],
  ];
  it.each(disks)('looks at the node for %s', (_what, own, theirs, conflict) => {
    const { reasons } = run({ pod: pod([own]), existingPods: [other('a', [theirs])] });
    expect(reasons).toEqual(conflict ? { a: ['node(s) had no available disk'] } : {});
  });
});

describe('NodeVolumeLimits', () => {
  const csiNode = (count: number): object => ({
    metadata: { name: 'a' },
    spec: { drivers: [{ name: 'driver', nodeID: 'a', allocatable: { count } }] },
  });
  const csi = (name: string): object =>
    volume(name, '5Gi', { csi: { driver: 'driver', volumeHandle: name } });

  it('counts each volume of a driver once, and refuses one too many', () => {
    const there = {
      ...pod([uses('c'), uses('d')], { nodeName: 'a' }),
      metadata: { name: 'y', namespace: 'default' },
    };
    const scenario = {
      existingPods: [there],
      claims: ['c', 'd', 'e'].map((name) => claim(name, { bound: `pv-${name}` })),
      volumes: ['pv-c', 'pv-d', 'pv-e'].map(csi),
      csiNodes: [csiNode(2)],
    };
    expect(run({ ...scenario, pod: pod([uses('e')]) }).reasons).toEqual({
      a: ['node(s) exceed max volume count'],
    });
    expect(run({ ...scenario, pod: pod([uses('d')]) }).reasons).toEqual({});
    expect(run({ ...scenario, csiNodes: [csiNode(3)], pod: pod([uses('e')]) }).reasons).toEqual({});
  });

  it('counts what is attached though its Pod is gone, and nothing twice', () => {
    const attached = (name: string, nodeName = 'a', attacher = 'driver'): object => ({
      metadata: { name: `va-${name}` },
      spec: { attacher, nodeName, source: { persistentVolumeName: name } },
    });
    const scenario = {
      pod: pod([uses('c')]),
      claims: [claim('c', { bound: 'pv-c' })],
      volumes: ['pv-c', 'pv-d', 'pv-e'].map(csi),
      csiNodes: [csiNode(1)],
    };
    const reasons = (volumeAttachments: readonly object[], more: object = {}): object =>
      run({ ...scenario, ...more, volumeAttachments }).reasons;
    const full = { a: ['node(s) exceed max volume count'] };
    expect(reasons([])).toEqual({});
    expect(reasons([attached('pv-d')])).toEqual(full);
    // Its own volume is there already; another node's, another driver's and one that is gone take no slot.
    expect(reasons([attached('pv-c')])).toEqual({});
    expect(reasons([attached('pv-d', 'b'), attached('pv-e', 'a', 'other'), attached('gone')])).toEqual({});
    const user = { ...pod([uses('d')], { nodeName: 'a' }), metadata: { name: 'y', namespace: 'default' } };
    const used = {
      existingPods: [user],
      claims: ['c', 'd'].map((name) => claim(name, { bound: `pv-${name}` })),
      csiNodes: [csiNode(2)],
    };
    expect(reasons([attached('pv-d')], used)).toEqual({});
    expect(reasons([attached('pv-d'), attached('pv-e')], used)).toEqual(full);
  });
});
