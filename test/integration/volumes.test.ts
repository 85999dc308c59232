import { describe, expect, it } from 'vitest';
import type {
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  VolumeAttachment,
} from '../../electron/cluster/api/types.ts';
import { resourceTypes } from '../../electron/cluster/client/resource-types.ts';
import { RunningCluster } from './running-cluster.testing.ts';

const { persistentVolumeClaims, persistentVolumes, volumeAttachments } = resourceTypes;

/** Writes a word below /data and says what is there, then stays. */
function pod(name: string, word: string, more: object = {}): Pod {
  const script = `echo ${word} >> /data/words; cat /data/words; sleep 100000`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name: 'main',
          image: 'busybox:1.36',
          command: ['sh', '-c', script],
          volumeMounts: [{ name: 'v', mountPath: '/data' }],
        },
      ],
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
      ...more,
    },
  } as unknown as Pod;
}

function claim(storage: string): PersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
  };
}

async function create(
  c: RunningCluster,
  ...objects: readonly (Pod | PersistentVolumeClaim)[]
): Promise<void> {
  for (const object of objects) {
    const type = object.kind === 'Pod' ? resourceTypes.pods : persistentVolumeClaims;
    await c.do(() => c.client.resource<Pod | PersistentVolumeClaim>(type, 'default').create(object));
  }
}

/** Lines that the Pod's container wrote. */
async function log(c: RunningCluster, name: string): Promise<unknown> {
  return c.do(() => c.client.request('GET', `/api/v1/namespaces/default/pods/${name}/log`));
}

const phaseOf = async (c: RunningCluster): Promise<string | undefined> =>
  (await c.list<PersistentVolumeClaim>(persistentVolumeClaims))[0]?.status?.phase;

describe('volumes', () => {
  it('of a cloud go from Pod to Pod and node to node with their data, and away with their claims', async () => {
    const c = new RunningCluster({ topology: 'oke-3', workers: 6 });
    await c.ready();
    await c.run(10_000);
    const nodes = c.cluster.machines
      .filter(({ spec }) => spec.isNode && spec.zone === 'AD-1')
      .map(({ spec }) => spec.name);
    await create(
      c,
      claim('5Gi'),
      pod('one', 'first', { nodeSelector: { 'kubernetes.io/hostname': nodes[0] } }),
    );
    await c.untilRunning(1, 120);
    const [volume] = await c.list<PersistentVolume>(persistentVolumes);
    expect(volume).toMatchObject({
      spec: { capacity: { storage: '50Gi' }, csi: { driver: 'blockvolume.csi.oraclecloud.com' } },
      status: { phase: 'Bound' },
    });
    // Another node of the zone has to wait until the first lets go.
    await create(c, pod('two', 'second', { nodeName: nodes[1] }));
    await c.run(5_000);
    const name = volume?.metadata?.name ?? '';
    expect(await c.events()).toContain(
      `FailedAttachVolume Multi-Attach error for volume "${name}" Volume is already used by pod(s) one`,
    );
    await c.deletePod('one');
    await c.run(5_000);
    await c.untilRunning(1, 300);
    expect(await log(c, 'two')).toBe('first\nsecond\n');
    expect((await c.list<VolumeAttachment>(volumeAttachments)).map(({ spec }) => spec.nodeName)).toEqual([
      nodes[1],
    ]);
    await c.deletePod('two');
    await c.do(() => c.client.resource(persistentVolumeClaims, 'default').delete('data'));
    await c.run(60_000);
    expect(await c.list(persistentVolumes)).toEqual([]);
    expect(await c.list(volumeAttachments)).toEqual([]);
  });

  it('of a cloud wait for its controller, and are taken from a node that has died', async () => {
    const c = new RunningCluster({ topology: 'oke-3', workers: 6 });
    await c.ready();
    await c.run(10_000);
    const nodes = c.cluster.machines
      .filter(({ spec }) => spec.isNode && spec.zone === 'AD-1')
      .map(({ spec }) => spec.name);
    c.cluster.stopComponent('oke-cp-1', 'csi-oci-controller');
    await create(
      c,
      claim('60Gi'),
      pod('one', 'first', { nodeSelector: { 'kubernetes.io/hostname': nodes[0] } }),
    );
    await c.run(60_000);
    expect(await phaseOf(c)).toBe('Pending');
    expect((await c.events()).filter((event) => event.startsWith('ExternalProvisioning'))).toHaveLength(1);
    c.cluster.startComponent('oke-cp-1', 'csi-oci-controller');
    await c.untilRunning(1, 120);
    c.cluster.powerOff(nodes[0] ?? '');
    await c.do(() =>
      c.client.resource<Pod>(resourceTypes.pods, 'default').delete('one', { gracePeriodSeconds: 0 }),
    );
    await create(c, pod('two', 'second', { nodeName: nodes[1] }));
    await c.run(300_000);
    expect((await c.list<VolumeAttachment>(volumeAttachments)).map(({ spec }) => spec.nodeName)).toEqual([
      nodes[0],
    ]);
    await c.untilRunning(1, 300);
    expect(await log(c, 'two')).toBe('first\nsecond\n');
  }, 60_000);

  it('of a node are folders that a provisioner makes and removes by Pods of its own', async () => {
    const c = new RunningCluster();
    await c.ready();
    await create(c, claim('1Gi'), pod('one', 'first'));
    await c.untilRunning(1, 120);
    const [volume] = await c.list<PersistentVolume>(persistentVolumes);
    const path = volume?.spec?.hostPath?.path ?? '';
    const node = (await c.pods())[0]?.spec?.nodeName ?? '';
    expect(path).toBe(`/opt/local-path-provisioner/${volume?.metadata?.name}_default_data`);
    await c.run(2_000);
    expect(c.cluster.machine(node).files.read(`${path}/words`)).toBe('first\n');
    const resumed = new RunningCluster({ resumeFrom: c });
    await resumed.run(5_000);
    await resumed.deletePod('one');
    await resumed.do(() => resumed.client.resource(persistentVolumeClaims, 'default').delete('data'));
    await resumed.run(60_000);
    expect(await resumed.list(persistentVolumes)).toEqual([]);
    expect(resumed.cluster.machine(node).files.exists(path)).toBe(false);
  });
});
