import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Node, PersistentVolume, PersistentVolumeClaim, VolumeAttachment } from '../api/types.ts';
import { attachmentName } from '../api/helpers/csi-volumes.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { KubeletHarness } from './kubelet.testing.ts';

const {
  nodes,
  persistentVolumeClaims: claims,
  persistentVolumes: volumes,
  volumeAttachments,
} = resourceTypes;
const UNIQUE = 'kubernetes.io/csi/disk.example.com^disk-1';
let harness: KubeletHarness;

beforeEach(async () => {
  harness = new KubeletHarness();
  await harness.start();
});
afterEach(() => expect(harness.test.failures).toEqual([]));

function seed(spec: object, claimSpec: object = {}, phase = 'Bound'): void {
  harness.api.seed(claims, {
    metadata: { name: 'data', namespace: 'default', uid: 'u' },
    spec: { volumeName: 'v', ...claimSpec },
    status: { phase, capacity: { storage: '1Gi' } },
  } as unknown as PersistentVolumeClaim);
  harness.api.seed(volumes, {
    metadata: { name: 'v' },
    spec: {
      capacity: { storage: '1Gi' },
      claimRef: { namespace: 'default', name: 'data', uid: 'u' },
      ...spec,
    },
  } as unknown as PersistentVolume);
}

function createPod(name = 'p', readOnly = false): void {
  harness.createPod(name, {
    containers: [
      { name: 'c', image: 'nginx', volumeMounts: [{ name: 'd', mountPath: '/data', subPath: 'sub' }] },
    ],
    volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data', readOnly } }],
  });
}

const mountsOf = (name: string): unknown =>
  [...harness.runtime.store.containers.values()].find(
    ({ config }) => config.labels['io.kubernetes.pod.name'] === name,
  )?.config.mounts;

it('mounts a folder of the machine, made for it, which outlives the Pod', async () => {
  seed({ hostPath: { path: '/opt/v/', type: 'DirectoryOrCreate' } });
  createPod('p', true);
  await harness.test.run(5_000);
  expect(harness.state('p')).toBe('Running');
  expect(mountsOf('p')).toEqual([{ containerPath: '/data', hostPath: '/opt/v/sub', readonly: true }]);
  harness.markDeleted('p', 1);
  await harness.test.run(5_000);
  expect([harness.pod('p'), harness.machine.files.isFolder('/opt/v/sub')]).toEqual([undefined, true]);
});

it.each([
  [
    'a claim that is not bound only after two minutes',
    { hostPath: { path: '/opt/v' } },
    {},
    'Pending',
    [],
    [
      'Warning FailedMount Unable to attach or mount volumes: unmounted volumes=[d], unattached volumes=[], failed to process volumes=[d]: error processing PVC default/data: PVC is not bound',
    ],
  ],
  [
    'a local volume whose folder is not there',
    { local: { path: '/mnt/disk' } },
    {},
    'Bound',
    [
      'Warning FailedMount MountVolume.NewMounter initialization failed for volume "v" : path "/mnt/disk" does not exist',
    ],
    undefined,
  ],
  [
    'a folder that is a file',
    { hostPath: { path: '/etc/hostname', type: 'Directory' } },
    {},
    'Bound',
    [
      'Warning FailedMount MountVolume.SetUp failed for volume "v" : hostPath type check failed: /etc/hostname is not a directory',
    ],
    undefined,
  ],
  [
    'what is not modelled',
    { nfs: { server: 'x', path: '/' } },
    {},
    'Bound',
    ['Warning FailedMount MountVolume.SetUp failed for volume "v" : nfs volumes are not modelled'],
    undefined,
  ],
] as const)('tells of %s', async (_, spec, claimSpec, phase, early, late) => {
  seed(spec, claimSpec, phase);
  createPod();
  const told = (): string[] => harness.api.events().filter((event) => event.includes('FailedMount'));
  await harness.test.run(2_000);
  expect(told()).toEqual(early);
  if (late === undefined) return;
  await harness.test.run(260_000);
  expect(told()).toEqual(late);
});

it('says what it uses, waits until that is attached, and then for a driver', async () => {
  seed({ csi: { driver: 'disk.example.com', volumeHandle: 'disk-1' } });
  createPod();
  await harness.test.run(2_000);
  const status = (): object => {
    const { volumesInUse, volumesAttached } = harness.api.find<Node>(nodes, 'worker-1')?.status ?? {};
    return { volumesInUse, volumesAttached };
  };
  expect(status()).toEqual({ volumesInUse: [UNIQUE], volumesAttached: undefined });
  expect(harness.api.events().filter((event) => event.includes('Failed'))).toEqual([]);
  harness.api.seed(volumeAttachments, {
    metadata: { name: attachmentName('disk-1', 'disk.example.com', 'worker-1') },
    status: { attached: true },
  } as unknown as VolumeAttachment);
  harness.api.change<Node>(nodes, 'worker-1', (node) => ({
    ...node,
    status: { ...node.status, volumesAttached: [{ name: UNIQUE, devicePath: '' }] },
  }));
  await harness.test.run(5_000);
  expect(harness.api.events()).toContain(
    'Warning FailedMount MountVolume.MountDevice failed for volume "v" : kubernetes.io/csi: attacher.MountDevice failed to create newCSIDriverClient: driver name disk.example.com not found in the list of registered CSI drivers',
  );
  harness.markDeleted('p', 1);
  await harness.test.run(5_000);
  expect([harness.pod('p'), status()]).toMatchObject([undefined, { volumesAttached: [{ name: UNIQUE }] }]);
  expect(harness.api.find<Node>(nodes, 'worker-1')?.status?.volumesInUse ?? undefined).toBeUndefined();
});

it('has a CSINode from the start', () => {
  expect(harness.api.all(resourceTypes.csiNodes)).toMatchObject([
    {
      metadata: { name: 'worker-1', ownerReferences: [{ kind: 'Node', name: 'worker-1' }] },
      spec: { drivers: [] },
    },
  ]);
});
