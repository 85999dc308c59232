import { describe, expect, it } from 'vitest';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../api/types.ts';
import { InformerFactory } from '../client/informer-factory.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { SeriesEventRecorder } from '../client/series-event-recorder.ts';
import { FakeApiClient } from '../client/testing/fake-api-client.testing.ts';
import { TestSimulation } from '../client/testing/test-simulation.testing.ts';
import { defaultProfile, inTreeRegistry } from './plugins/registry.ts';
import { Scheduler } from './scheduler.ts';

const { nodes, pods, persistentVolumes, persistentVolumeClaims, storageClasses, podDisruptionBudgets } =
  resourceTypes;
const SELECTED = 'volume.kubernetes.io/selected-node';
const COMPLETED = 'pv.kubernetes.io/bind-completed';

function setup() {
  const test = new TestSimulation(1);
  const context = test.component('cp-1/kube-scheduler');
  const api = new FakeApiClient(test.component('api'));
  const factory = new InformerFactory(context, api);
  const recorder = new SeriesEventRecorder(context, api, 'default-scheduler', 'cp-1');
  const scheduler = new Scheduler(context, {
    client: api,
    factory,
    recorder: () => recorder,
    profiles: [defaultProfile],
    registry: inTreeRegistry,
  });
  const start = async (): Promise<void> => {
    factory.start();
    await test.do(() => factory.waitForCacheSync());
    await test.do(async () => context.go(() => scheduler.run()));
  };
  const addNode = (name: string, cpu = '4'): void =>
    void api.seed(nodes, {
      metadata: { name },
      status: { allocatable: { cpu, memory: '8Gi', pods: '110' } },
    } as Node);
  const addPod = (name: string, spec: object, labels: Record<string, string> = {}): void =>
    void api.seed(pods, {
      metadata: { name, namespace: 'default', labels },
      spec: { schedulerName: 'default-scheduler', containers: [{ name: 'main' }], ...spec },
      status: { phase: 'Pending' },
    } as unknown as Pod);
  const addClass = (name: string, provisioner: string): void =>
    void api.seed(storageClasses, {
      metadata: { name },
      provisioner,
      volumeBindingMode: 'WaitForFirstConsumer',
    } as StorageClass);
  const addClaim = (storageClassName: string): void =>
    void api.seed(persistentVolumeClaims, {
      metadata: { name: 'data', namespace: 'default' },
      spec: { storageClassName, accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      status: { phase: 'Pending' },
    } as unknown as PersistentVolumeClaim);
  const addVolume = (name: string, node: string): void =>
    void api.seed(persistentVolumes, {
      metadata: { name },
      spec: {
        storageClassName: 'local',
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '1Gi' },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
          },
        },
      },
      status: { phase: 'Available' },
    } as unknown as PersistentVolume);
  const claim = (): PersistentVolumeClaim | undefined => api.find(persistentVolumeClaims, 'default/data');
  /** As the volume controller does, once it sees what was promised or made. */
  const bindClaim = (volumeName: string): void =>
    void api.change<PersistentVolumeClaim>(persistentVolumeClaims, 'default/data', (old) => ({
      ...old,
      metadata: { ...old.metadata, annotations: { ...old.metadata?.annotations, [COMPLETED]: 'yes' } },
      spec: { ...old.spec, volumeName },
    }));
  const nodeOf = (name: string): string | undefined => api.find<Pod>(pods, `default/${name}`)?.spec?.nodeName;
  const decisions = (): (string | undefined)[] =>
    [...test.log.range(0)].flatMap((record) =>
      record.kind === 'decision' && record.subject === 'pods default/web' ? [record.action] : [],
    );
  return {
    test,
    api,
    start,
    addNode,
    addPod,
    addClass,
    addClaim,
    addVolume,
    claim,
    bindClaim,
    nodeOf,
    decisions,
  };
}

const withClaim = { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] };

describe("what is written for a Pod's claims before it is bound", () => {
  it('names the node in the claim, and binds once the claim is bound', async () => {
    const s = setup();
    s.addNode('n1');
    s.addClass('oci', 'blockvolume.csi.oraclecloud.com');
    s.addClaim('oci');
    await s.start();
    s.addPod('web', withClaim);
    await s.test.run(5_000);
    expect(s.claim()?.metadata?.annotations).toEqual({ [SELECTED]: 'n1' });
    expect(s.nodeOf('web')).toBeUndefined();
    s.bindClaim('pv-1');
    await s.test.run(2_000);
    expect(s.nodeOf('web')).toBe('n1');
    expect(s.decisions()).toEqual(['bind']);
  });

  it('promises a volume that is there to the claim', async () => {
    const s = setup();
    s.addNode('n1');
    s.addNode('n2');
    s.addClass('local', 'kubernetes.io/no-provisioner');
    s.addClaim('local');
    s.addVolume('pv-2', 'n2');
    await s.start();
    s.addPod('web', withClaim);
    await s.test.run(5_000);
    const volume = s.api.find<PersistentVolume>(persistentVolumes, 'pv-2');
    expect(volume?.spec?.claimRef).toMatchObject({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      namespace: 'default',
      name: 'data',
      uid: s.claim()?.metadata?.uid,
    });
    expect(volume?.metadata?.annotations).toEqual({ 'pv.kubernetes.io/bound-by-controller': 'yes' });
    expect(s.claim()?.metadata?.annotations?.[SELECTED]).toBeUndefined();
    s.bindClaim('pv-2');
    await s.test.run(2_000);
    expect(s.nodeOf('web')).toBe('n2');
  });

  it('tries again when whoever provisions takes the node back', async () => {
    const s = setup();
    s.addNode('n1');
    s.addClass('oci', 'blockvolume.csi.oraclecloud.com');
    s.addClaim('oci');
    await s.start();
    s.addPod('web', withClaim);
    await s.test.run(3_000);
    s.api.change<PersistentVolumeClaim>(persistentVolumeClaims, 'default/data', (old) => ({
      ...old,
      metadata: { ...old.metadata, annotations: {} },
    }));
    await s.test.run(1_500);
    expect(s.api.events()).toContain(
      'Warning FailedScheduling running PreBind plugin "VolumeBinding": binding volumes: provisioning failed for PVC "data"',
    );
    expect(s.nodeOf('web')).toBeUndefined();
    await s.test.run(15_000);
    expect(s.claim()?.metadata?.annotations).toEqual({ [SELECTED]: 'n1' });
    expect(s.decisions().filter((action) => action === 'bind').length).toBeGreaterThan(1);
  });

  it('gives up after ten minutes', async () => {
    const s = setup();
    s.addNode('n1');
    s.addClass('oci', 'blockvolume.csi.oraclecloud.com');
    s.addClaim('oci');
    await s.start();
    s.addPod('web', withClaim);
    await s.test.run(595_000);
    expect(s.api.events()).toEqual([]);
    await s.test.run(10_000);
    expect(s.api.events()[0]).toBe(
      'Warning FailedScheduling running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded',
    );
  });
});

describe('disruption budgets as the informer has them', () => {
  const low = { priority: 1, containers: [{ name: 'main', resources: { requests: { cpu: '1' } } }] };
  const high = { ...low, priority: 10 };

  async function preempting(disruptionsAllowed: number): Promise<(string | undefined)[]> {
    const s = setup();
    s.addNode('n1', '1');
    s.addNode('n2', '1');
    await s.start();
    // Alike but for the budget, which is over one of them.
    s.addPod('kept', { ...low, nodeName: 'n1' }, { app: 'kept' });
    s.addPod('free', { ...low, nodeName: 'n2' }, { app: 'free' });
    s.api.seed(podDisruptionBudgets, {
      metadata: { name: 'b', namespace: 'default' },
      spec: { selector: { matchLabels: { app: 'kept' } } },
      status: { disruptionsAllowed },
    } as never);
    await s.test.run(100);
    s.addPod('web', high);
    await s.test.run(15_000);
    return ['kept', 'free', 'web'].map(s.nodeOf);
  }

  it('spare the Pods that nobody may disturb', async () => {
    expect(await preempting(0)).toEqual(['n1', undefined, 'n2']);
  });

  it('spare nobody when they allow a disruption', async () => {
    expect(await preempting(1)).toEqual([undefined, 'n2', 'n1']);
  });
});
