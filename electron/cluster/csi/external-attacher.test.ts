import { beforeEach, describe, expect, it } from 'vitest';
import type { CSINode, PersistentVolume, PersistentVolumeClaim, VolumeAttachment } from '../api/types.ts';
import { CoreEventRecorder } from '../client/core-event-recorder.ts';
import { InformerFactory } from '../client/informer-factory.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { FakeApiClient } from '../client/testing/fake-api-client.testing.ts';
import { TestSimulation } from '../client/testing/test-simulation.testing.ts';
import { ExternalAttacher } from './external-attacher.ts';
import { ExternalResizer } from './external-resizer.ts';
import { CsiError } from './interface.ts';

const {
  csiNodes,
  persistentVolumeClaims: claims,
  persistentVolumes: volumes,
  volumeAttachments,
} = resourceTypes;
const GIB = 1024 ** 3;

let test: TestSimulation;
let api: FakeApiClient;
let calls: string[];
let failure: Error | undefined;

beforeEach(async () => {
  test = new TestSimulation();
  const context = test.component('cp-1/driver');
  api = new FakeApiClient(test.component('api'));
  const factory = new InformerFactory(context, api);
  calls = [];
  failure = undefined;
  const note = async (call: string): Promise<void> => {
    calls.push(call);
    await context.clock.sleep(2_000);
    if (failure !== undefined) throw failure;
  };
  const driver = {
    name: 'disk.example.com',
    publish: async (volume: string, node: string) => {
      await note(`publish ${volume} ${node}`);
      return { device: '/dev/sdb' };
    },
    unpublish: (volume: string, node: string) => note(`unpublish ${volume} ${node}`),
    expand: async (volume: string, bytes: number) => {
      await note(`expand ${volume} ${bytes / GIB}`);
      return bytes;
    },
  };
  const attacher = new ExternalAttacher(context, api, factory, driver);
  const recorder = new CoreEventRecorder(context, api, 'external-resizer disk.example.com');
  const resizer = new ExternalResizer(context, api, factory, recorder, driver);
  api.seed(csiNodes, {
    metadata: { name: 'worker-1' },
    spec: { drivers: [{ name: 'disk.example.com', nodeID: 'id-1', topologyKeys: [] }] },
  } as unknown as CSINode);
  api.seed(volumes, {
    metadata: { name: 'v' },
    spec: { capacity: { storage: '1Gi' }, csi: { driver: 'disk.example.com', volumeHandle: 'disk-1' } },
  } as unknown as PersistentVolume);
  factory.start();
  await test.do(() => factory.waitForCacheSync());
  await test.do(async () => {
    attacher.run();
    resizer.run();
  });
});

function seedAttachment(nodeName: string): void {
  api.seed(volumeAttachments, {
    metadata: { name: 'att' },
    spec: { attacher: 'disk.example.com', nodeName, source: { persistentVolumeName: 'v' } },
    status: { attached: false },
  } as unknown as VolumeAttachment);
}

const attachment = (): VolumeAttachment | undefined => api.find(volumeAttachments, 'att');

describe('ExternalAttacher', () => {
  it('attaches, holds attachment and volume, and lets both go', async () => {
    seedAttachment('worker-1');
    await test.run(5_000);
    expect(attachment()).toMatchObject({
      metadata: {
        finalizers: ['external-attacher/disk-example-com'],
        annotations: { 'csi.alpha.kubernetes.io/node-id': 'id-1' },
      },
      status: { attached: true, attachmentMetadata: { device: '/dev/sdb' } },
    });
    expect(api.find<PersistentVolume>(volumes, 'v')?.metadata?.finalizers).toEqual([
      'external-attacher/disk-example-com',
    ]);
    await test.do(() => api.resource(volumes).delete('v'));
    await test.do(() => api.resource(volumeAttachments).delete('att'));
    await test.run(5_000);
    expect(calls).toEqual(['publish disk-1 id-1', 'unpublish disk-1 id-1']);
    expect([attachment(), api.find(volumes, 'v')]).toEqual([undefined, undefined]);
  });

  it('writes down what went wrong, and tries again', async () => {
    failure = new CsiError('Internal', 'busy');
    seedAttachment('worker-1');
    await test.run(3_000);
    expect(attachment()?.status).toEqual({
      attached: false,
      attachError: { message: 'rpc error: code = Internal desc = busy', time: '2026-01-01T00:00:02Z' },
    });
    failure = undefined;
    await test.run(5_000);
    expect(attachment()?.status).toEqual({ attached: true, attachmentMetadata: { device: '/dev/sdb' } });
  });

  it('attaches nothing to a node without the driver', async () => {
    seedAttachment('worker-2');
    await test.run(500);
    expect(attachment()?.status?.attachError?.message).toBe(
      'CSINode worker-2 does not contain driver disk.example.com',
    );
    expect(calls).toEqual([]);
  });
});

describe('ExternalResizer', () => {
  it('grows the volume, and leaves the file system to the node', async () => {
    api.seed(claims, {
      metadata: { name: 'data', namespace: 'default' },
      spec: { volumeName: 'v', resources: { requests: { storage: '3Gi' } } },
      status: { phase: 'Bound', capacity: { storage: '1Gi' } },
    } as unknown as PersistentVolumeClaim);
    await test.run(1_000);
    const status = (): PersistentVolumeClaim['status'] =>
      api.find<PersistentVolumeClaim>(claims, 'default/data')?.status;
    expect(status()).toMatchObject({
      conditions: [{ type: 'Resizing', status: 'True' }],
      allocatedResourceStatuses: { storage: 'ControllerResizeInProgress' },
    });
    await test.run(5_000);
    expect(status()).toMatchObject({
      capacity: { storage: '1Gi' },
      conditions: [
        {
          type: 'FileSystemResizePending',
          message: 'Waiting for user to (re-)start a pod to finish file system resize of volume on node.',
        },
      ],
      allocatedResources: { storage: '3Gi' },
    });
    expect(api.find<PersistentVolume>(volumes, 'v')?.spec?.capacity).toEqual({ storage: '3Gi' });
    expect([calls, api.events()]).toEqual([
      ['expand disk-1 3'],
      [
        'Normal Resizing External resizer is resizing volume v',
        'Normal FileSystemResizeRequired Require file system resize of volume on node',
      ],
    ]);
  });
});
