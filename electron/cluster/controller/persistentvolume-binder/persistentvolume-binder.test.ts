import { beforeEach, describe, expect, it } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../api/types.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { ControllerHarness } from '../testing/controller-harness.testing.ts';
import { PersistentVolumeBinderController } from './persistentvolume-binder-controller.ts';

const { persistentVolumeClaims, persistentVolumes, storageClasses, pods } = resourceTypes;

let harness: ControllerHarness;

beforeEach(() => {
  harness = new ControllerHarness();
});

function volume(
  name: string,
  storage: string,
  more: object = {},
  annotations: object = {},
): PersistentVolume {
  return {
    metadata: { name, annotations },
    spec: {
      capacity: { storage },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      ...more,
    },
    status: { phase: 'Available' },
  } as unknown as PersistentVolume;
}

function claim(
  name: string,
  storage: string,
  more: object = {},
  annotations: object = {},
): PersistentVolumeClaim {
  return {
    metadata: { name, namespace: 'default', annotations },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage } },
      storageClassName: '',
      ...more,
    },
    status: { phase: 'Pending' },
  } as unknown as PersistentVolumeClaim;
}

function storageClass(name: string, more: object = {}): StorageClass {
  return {
    metadata: { name },
    provisioner: 'example.com/disk',
    volumeBindingMode: 'Immediate',
    ...more,
  } as unknown as StorageClass;
}

async function start(
  ...objects: readonly (PersistentVolume | PersistentVolumeClaim | StorageClass)[]
): Promise<void> {
  const controller = new PersistentVolumeBinderController(harness.c, 15_000);
  for (const object of objects) {
    if ('provisioner' in object) harness.api.seed(storageClasses, object);
    else if (object.metadata?.namespace === undefined)
      harness.api.seed(persistentVolumes, object as PersistentVolume);
    else harness.api.seed(persistentVolumeClaims, object as PersistentVolumeClaim);
  }
  await harness.start(controller);
  await harness.run(2_000);
}

const theClaim = (name = 'data'): PersistentVolumeClaim => {
  const found = harness.api.find<PersistentVolumeClaim>(persistentVolumeClaims, `default/${name}`);
  if (found === undefined) throw new Error(`no claim ${name}`);
  return found;
};
const theVolume = (name: string): PersistentVolume | undefined =>
  harness.api.find<PersistentVolume>(persistentVolumes, name);
const phases = (): Record<string, string | undefined> =>
  Object.fromEntries(
    harness.api
      .all<PersistentVolume>(persistentVolumes)
      .map(({ metadata, status }) => [metadata?.name ?? '', status?.phase]),
  );

const CHOICES: readonly {
  readonly name: string;
  readonly volumes: readonly PersistentVolume[];
  readonly claim: PersistentVolumeClaim;
  readonly bound: string | undefined;
  readonly events?: readonly string[];
}[] = [
  {
    name: 'the smallest that is large enough',
    volumes: [volume('large', '10Gi'), volume('small', '1Gi'), volume('fits', '5Gi'), volume('also', '6Gi')],
    claim: claim('data', '2Gi'),
    bound: 'fits',
  },
  {
    name: 'none that lacks an access mode',
    volumes: [volume('a', '5Gi')],
    claim: claim('data', '2Gi', { accessModes: ['ReadWriteOnce', 'ReadOnlyMany'] }),
    bound: undefined,
    events: [
      'Normal FailedBinding no persistent volumes available for this claim and no storage class is set',
    ],
  },
  {
    name: 'one with the labels of the selector',
    volumes: [
      volume('a', '2Gi'),
      { ...volume('b', '5Gi'), metadata: { name: 'b', labels: { disk: 'ssd' } } },
    ],
    claim: claim('data', '2Gi', { selector: { matchLabels: { disk: 'ssd' } } }),
    bound: 'b',
  },
  {
    name: 'one of the class',
    volumes: [volume('a', '2Gi'), volume('b', '5Gi', { storageClassName: 'slow' })],
    claim: claim('data', '2Gi', { storageClassName: 'slow' }),
    bound: 'b',
  },
  {
    name: 'none for raw blocks',
    volumes: [volume('a', '2Gi', { volumeMode: 'Block' })],
    claim: claim('data', '2Gi'),
    bound: undefined,
    events: [
      'Normal FailedBinding no persistent volumes available for this claim and no storage class is set',
    ],
  },
  {
    name: 'the one that was promised to it, before a smaller one',
    volumes: [volume('a', '2Gi'), volume('b', '5Gi', { claimRef: { namespace: 'default', name: 'data' } })],
    claim: claim('data', '2Gi'),
    bound: 'b',
  },
  {
    name: 'the one it names',
    volumes: [volume('a', '2Gi'), volume('b', '5Gi')],
    claim: claim('data', '2Gi', { volumeName: 'b' }),
    bound: 'b',
  },
  {
    name: 'not the one it names when that is too small',
    volumes: [volume('b', '1Gi')],
    claim: claim('data', '2Gi', { volumeName: 'b' }),
    bound: undefined,
    events: ['Warning VolumeMismatch Cannot bind to requested volume "b": requested PV is too small'],
  },
  {
    name: 'not the one it names when another has it',
    volumes: [volume('b', '5Gi', { claimRef: { namespace: 'other', name: 'x' } })],
    claim: claim('data', '2Gi', { volumeName: 'b' }),
    bound: undefined,
    events: ['Warning FailedBinding volume "b" already bound to a different claim.'],
  },
  {
    name: 'nothing of a class that is not there',
    volumes: [],
    claim: claim('data', '2Gi', { storageClassName: 'nosuch' }),
    bound: undefined,
    events: ['Warning ProvisioningFailed storageclass.storage.k8s.io "nosuch" not found'],
  },
];

describe('binding', () => {
  for (const { name, volumes, claim: wanted, bound, events } of CHOICES)
    it(`takes ${name}`, async () => {
      await start(...volumes, wanted);
      expect(theClaim().status?.phase).toBe(bound === undefined ? 'Pending' : 'Bound');
      if (bound !== undefined) expect(theClaim().spec?.volumeName).toBe(bound);
      expect(harness.api.events()).toEqual(events ?? []);
    });

  it('writes both halves, then both phases', async () => {
    await start(volume('v', '5Gi'), claim('data', '2Gi'));
    const { metadata, spec, status } = theClaim();
    expect(metadata?.annotations).toEqual({
      'pv.kubernetes.io/bind-completed': 'yes',
      'pv.kubernetes.io/bound-by-controller': 'yes',
    });
    expect(spec?.volumeName).toBe('v');
    expect(status).toEqual({ phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '5Gi' } });
    expect(theVolume('v')).toMatchObject({
      metadata: { annotations: { 'pv.kubernetes.io/bound-by-controller': 'yes' } },
      spec: {
        claimRef: { kind: 'PersistentVolumeClaim', namespace: 'default', name: 'data', uid: metadata?.uid },
      },
      status: { phase: 'Bound' },
    });
    expect(harness.writes('persistentvolumes')).toEqual(['update v']);
    expect(harness.writes('persistentvolumeclaims')).toEqual(['update data']);
    expect(harness.writes('persistentvolumeclaims/status')).toEqual(['update data']);
  });

  it('gives one volume to one of two claims, and tells the other every 15 s', async () => {
    await start(volume('v', '5Gi'), claim('a', '2Gi'), claim('b', '2Gi'));
    expect([theClaim('a').status?.phase, theClaim('b').status?.phase]).toEqual(['Bound', 'Pending']);
    await harness.run(30_000);
    const [event] = harness.api.all(resourceTypes.events) as unknown as { readonly count: number }[];
    expect(event?.count).toBe(3);
  });

  it('comes to a volume that is new with the next look, 15 s later', async () => {
    await start(claim('data', '2Gi'));
    harness.api.seed(persistentVolumes, { ...volume('v', '5Gi'), status: { phase: 'Pending' } });
    await harness.run();
    expect([phases(), theClaim().status?.phase]).toEqual([{ v: 'Available' }, 'Pending']);
    await harness.run(15_000);
    expect([phases(), theClaim().status?.phase]).toEqual([{ v: 'Bound' }, 'Bound']);
  });

  it('marks no annotation of its own on what a person bound', async () => {
    await start(
      volume('v', '5Gi', { claimRef: { namespace: 'default', name: 'data' } }),
      claim('data', '2Gi', { volumeName: 'v' }),
    );
    expect(theVolume('v')?.metadata?.annotations).toEqual({});
    expect(theClaim().metadata?.annotations).toEqual({ 'pv.kubernetes.io/bind-completed': 'yes' });
  });
});

describe('classes', () => {
  it('waits for the first consumer, then says which Pod it waits for', async () => {
    await start(
      storageClass('late', { volumeBindingMode: 'WaitForFirstConsumer' }),
      volume('v', '5Gi', { storageClassName: 'late' }),
      claim('data', '2Gi', { storageClassName: 'late' }),
    );
    const waiting = 'Normal WaitForFirstConsumer waiting for first consumer to be created before binding';
    expect(harness.api.events()).toEqual([waiting]);
    harness.api.seed(pods, {
      metadata: { name: 'db', namespace: 'default' },
      spec: { containers: [], volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] },
    } as unknown as Pod);
    await harness.run(15_000);
    expect(harness.api.events()).toEqual([
      waiting,
      'Normal WaitForPodScheduled waiting for pod db to be scheduled',
    ]);
    harness.api.change<PersistentVolumeClaim>(persistentVolumeClaims, 'default/data', (old) => ({
      ...old,
      metadata: { ...old.metadata, annotations: { 'volume.kubernetes.io/selected-node': 'worker-1' } },
    }));
    await harness.run();
    expect(theClaim().metadata?.annotations?.['volume.kubernetes.io/storage-provisioner']).toBe(
      'example.com/disk',
    );
  });

  it('asks the provisioner of the class, and says so', async () => {
    await start(storageClass('fast'), claim('data', '2Gi', { storageClassName: 'fast' }));
    expect(theClaim().metadata?.annotations).toEqual({
      'volume.beta.kubernetes.io/storage-provisioner': 'example.com/disk',
      'volume.kubernetes.io/storage-provisioner': 'example.com/disk',
    });
    expect(theClaim().status?.phase).toBe('Pending');
    expect(harness.api.events()).toEqual([
      "Normal ExternalProvisioning Waiting for a volume to be created either by the external provisioner 'example.com/disk' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
    ]);
  });

  it('knows no provisioner of its own', async () => {
    await start(
      storageClass('local', { provisioner: 'kubernetes.io/no-provisioner' }),
      claim('data', '2Gi', { storageClassName: 'local' }),
    );
    expect(harness.api.events()).toEqual([
      'Warning ProvisioningFailed no volume plugin matched name: kubernetes.io/no-provisioner',
    ]);
  });

  it('gives a claim without a class the default that came after it, the newest of several', async () => {
    await start(claim('data', '2Gi', { storageClassName: undefined }), claim('own', '2Gi'));
    const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
    const made = (name: string, creationTimestamp: string): StorageClass =>
      storageClass(name, { metadata: { name, annotations, creationTimestamp } });
    harness.api.seed(storageClasses, made('newer', '2026-01-01T00:00:02Z'));
    harness.api.seed(storageClasses, made('older', '2026-01-01T00:00:01Z'));
    await harness.run(15_000);
    expect(theClaim().spec?.storageClassName).toBe('newer');
    expect(theClaim('own').spec?.storageClassName).toBe('');
  });
});

describe('what is left behind', () => {
  const bound = (
    name: string,
    policy: string,
    more: object = {},
    annotations: object = {},
  ): PersistentVolume =>
    volume(
      name,
      '5Gi',
      {
        persistentVolumeReclaimPolicy: policy,
        claimRef: { namespace: 'default', name: 'data', uid: 'gone' },
        ...more,
      },
      annotations,
    );

  it.each([
    ['Retain', {}, {}, 'Released', []],
    ['Delete', {}, { 'pv.kubernetes.io/provisioned-by': 'example.com/disk' }, 'Released', []],
    [
      'Delete',
      { hostPath: { path: '/data' } },
      {},
      'Failed',
      ['Warning VolumeFailedDelete host_path deleter only supports /tmp/.+ but received provided /data'],
    ],
    ['Delete', { hostPath: { path: '/tmp/data' } }, {}, undefined, []],
    [
      'Delete',
      { csi: { driver: 'x', volumeHandle: 'y' } },
      {},
      'Failed',
      [
        'Warning VolumeFailedDelete error getting deleter volume plugin for volume "v": no volume plugin matched',
      ],
    ],
    ['Recycle', {}, {}, 'Failed', ['Warning VolumeFailedRecycle No recycler plugin found for the volume!']],
  ] as const)('%s %j %j: %s', async (policy, more, annotations, phase, events) => {
    await start(bound('v', policy, more, annotations));
    expect(phases()).toEqual(phase === undefined ? {} : { v: phase });
    expect(harness.api.events()).toEqual(events);
  });

  it('a volume is released when its claim goes, and a new claim of the same name does not get it', async () => {
    await start(volume('v', '5Gi'), claim('data', '2Gi'));
    harness.api.remove(persistentVolumeClaims, 'default/data');
    await harness.run();
    expect(phases()).toEqual({ v: 'Released' });
    harness.api.seed(persistentVolumeClaims, claim('data', '2Gi'));
    await harness.run();
    expect(theClaim().status?.phase).toBe('Pending');
    expect(theVolume('v')?.spec?.claimRef?.uid).not.toBe(theClaim().metadata?.uid);
  });

  it('a claim is lost when its volume goes', async () => {
    await start(volume('v', '5Gi'), claim('data', '2Gi'));
    harness.api.remove(persistentVolumes, 'v');
    await harness.run();
    expect(theClaim().status).toEqual({ phase: 'Lost' });
    expect(harness.api.events()).toEqual([
      'Warning ClaimLost Bound claim has lost its PersistentVolume. Data on the volume is lost!',
    ]);
  });

  it('a volume whose claim was bound elsewhere is free again', async () => {
    await start(
      volume('v', '5Gi'),
      volume(
        'w',
        '6Gi',
        { claimRef: { namespace: 'default', name: 'data', uid: 'u' } },
        {
          'pv.kubernetes.io/bound-by-controller': 'yes',
        },
      ),
      {
        ...claim('data', '2Gi', { volumeName: 'v' }),
        metadata: { name: 'data', namespace: 'default', uid: 'u' },
      },
    );
    expect(phases()).toEqual({ v: 'Bound', w: 'Available' });
    expect(theVolume('w')?.spec?.claimRef).toBeUndefined();
  });
});
