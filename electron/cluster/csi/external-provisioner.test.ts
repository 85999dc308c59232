import { beforeEach, describe, expect, it } from 'vitest';
import type { Node, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../api/types.ts';
import { CoreEventRecorder } from '../client/core-event-recorder.ts';
import { InformerFactory } from '../client/informer-factory.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { FakeApiClient } from '../client/testing/fake-api-client.testing.ts';
import { TestSimulation } from '../client/testing/test-simulation.testing.ts';
import type { ProvisionRequest } from './controller-driver.ts';
import { ExternalProvisioner } from './external-provisioner.ts';
import { CsiError } from './interface.ts';

const { nodes, persistentVolumeClaims: claims, persistentVolumes: volumes, storageClasses } = resourceTypes;
const PROVISIONING =
  'Normal Provisioning External provisioner is provisioning volume for claim "default/data"';

let test: TestSimulation;
let api: FakeApiClient;
let asked: ProvisionRequest[];
let removed: string[];
let failure: Error | undefined;

beforeEach(async () => {
  test = new TestSimulation();
  const context = test.component('cp-1/provisioner');
  api = new FakeApiClient(test.component('api'));
  const factory = new InformerFactory(context, api);
  asked = [];
  removed = [];
  failure = undefined;
  const provisioner = new ExternalProvisioner({
    context,
    client: api,
    factory,
    recorder: new CoreEventRecorder(context, api, 'example.com/disk'),
    name: 'example.com/disk',
    volumeNamePrefix: 'pvc',
    addFinalizer: true,
    maker: {
      provision: async (request) => {
        asked.push(request);
        await context.clock.sleep(5_000);
        if (failure !== undefined) throw failure;
        return {
          source: { hostPath: { path: '/made' } },
          capacity: '50Gi',
          nodeAffinity: undefined,
          annotations: { more: 'yes' },
        };
      },
      delete: async (volume) => {
        if (failure !== undefined) throw failure;
        removed.push(volume.metadata?.name ?? '');
      },
    },
  });
  for (const volumeBindingMode of ['Immediate', 'WaitForFirstConsumer'])
    api.seed(storageClasses, {
      metadata: { name: volumeBindingMode.toLowerCase() },
      provisioner: 'example.com/disk',
      volumeBindingMode,
      reclaimPolicy: 'Delete',
    } as StorageClass);
  api.seed(nodes, { metadata: { name: 'worker-1' } } as Node);
  factory.start();
  await test.do(() => factory.waitForCacheSync());
  await test.do(async () => provisioner.run());
});

function seedClaim(storageClassName: string, annotations: object = {}): PersistentVolumeClaim {
  return api.seed(claims, {
    metadata: {
      name: 'data',
      namespace: 'default',
      uid: 'u-1',
      annotations: { 'volume.kubernetes.io/storage-provisioner': 'example.com/disk', ...annotations },
    },
    spec: { storageClassName, accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  } as unknown as PersistentVolumeClaim);
}

describe('ExternalProvisioner', () => {
  it('makes a volume that is promised to its claim', async () => {
    seedClaim('immediate');
    await test.run(10_000);
    expect(api.find<PersistentVolume>(volumes, 'pvc-u-1')).toMatchObject({
      metadata: {
        annotations: { more: 'yes', 'pv.kubernetes.io/provisioned-by': 'example.com/disk' },
        finalizers: ['external-provisioner.volume.kubernetes.io/finalizer'],
      },
      spec: {
        capacity: { storage: '50Gi' },
        claimRef: { kind: 'PersistentVolumeClaim', namespace: 'default', name: 'data', uid: 'u-1' },
        persistentVolumeReclaimPolicy: 'Delete',
        storageClassName: 'immediate',
        hostPath: { path: '/made' },
      },
    });
    expect(api.events()).toEqual([
      PROVISIONING,
      'Normal ProvisioningSucceeded Successfully provisioned volume pvc-u-1',
    ]);
  });

  it('waits for the node of the first Pod, and asks for none that others are to make', async () => {
    seedClaim('waitforfirstconsumer');
    await test.run(10_000);
    expect(asked).toEqual([]);
    api.change<PersistentVolumeClaim>(claims, 'default/data', (claim) => ({
      ...claim,
      metadata: {
        ...claim.metadata,
        annotations: { ...claim.metadata?.annotations, 'volume.kubernetes.io/selected-node': 'worker-1' },
      },
    }));
    await test.run(10_000);
    expect(asked.map(({ node }) => node?.metadata?.name)).toEqual(['worker-1']);
  });

  it('says what went wrong, and tries again after 1 s, 2 s …', async () => {
    failure = new CsiError('Internal', 'no space');
    seedClaim('immediate');
    await test.run(20_000);
    expect(api.events()).toEqual([
      PROVISIONING,
      'Warning ProvisioningFailed failed to provision volume with StorageClass "immediate": rpc error: code = Internal desc = no space',
    ]);
    expect(asked).toHaveLength(3);
    failure = undefined;
    await test.run(20_000);
    expect(api.find(volumes, 'pvc-u-1')).toBeDefined();
  });

  it('removes what is behind a released volume before the volume', async () => {
    seedClaim('immediate');
    await test.run(10_000);
    failure = new Error('persistentvolume pvc-u-1 is still attached to node a');
    api.change<PersistentVolume>(
      volumes,
      'pvc-u-1',
      (volume) => ({ ...volume, status: { phase: 'Released' } }) as PersistentVolume,
    );
    await test.run(500);
    expect(api.find(volumes, 'pvc-u-1')).toBeDefined();
    expect(api.events()).toContain(
      'Warning VolumeFailedDelete persistentvolume pvc-u-1 is still attached to node a',
    );
    failure = undefined;
    await test.run(2_000);
    expect([removed, api.find(volumes, 'pvc-u-1')]).toEqual([['pvc-u-1'], undefined]);
  });
});
