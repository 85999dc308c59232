import { describe, expect, it } from 'vitest';
import type { ControllerRevision, PersistentVolumeClaim, Pod, StatefulSet } from '../../api/types.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { forbidden } from '../../client/testing/fake-api-client.testing.ts';
import { ControllerHarness } from '../testing/controller-harness.testing.ts';
import { StatefulSetController } from './statefulset-controller.ts';

function setup(replicas: number, spec: object = {}) {
  const harness = new ControllerHarness();
  const { api, c } = harness;
  const template = (image: string): object => ({
    metadata: { labels: { app: 'db' } },
    spec: { containers: [{ name: 'main', image }] },
  });
  api.seed<StatefulSet>(resourceTypes.statefulSets, {
    metadata: { name: 'db', namespace: 'default', generation: 1 },
    spec: {
      replicas,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: template('a:1'),
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      ...spec,
    },
  } as unknown as StatefulSet);
  const get = (): StatefulSet =>
    api.find<StatefulSet>(resourceTypes.statefulSets, 'default/db') as StatefulSet;
  const change = (more: object): void => {
    api.change<StatefulSet>(
      resourceTypes.statefulSets,
      'default/db',
      (old) =>
        ({
          ...old,
          metadata: { ...old.metadata, generation: (old.metadata?.generation ?? 1) + 1 },
          spec: { ...old.spec, ...more },
        }) as StatefulSet,
    );
  };
  return {
    harness,
    api,
    get,
    change,
    template,
    pods: () =>
      harness
        .pods()
        .map((pod) => `${pod.metadata?.name} ${pod.spec?.containers[0]?.image}`)
        .sort(),
    revisions: () => api.all<ControllerRevision>(resourceTypes.controllerRevisions),
    /** Runs and makes Pods ready; says which sets of Pods there were, in order. */
    watch: async (ms: number): Promise<string[]> => {
      const seen: string[] = [];
      for (let passed = 0; passed < ms; passed += 100) {
        await harness.run(100);
        const names = harness
          .pods()
          .map(({ metadata, spec }) => `${metadata?.name?.slice(3)}:${spec?.containers[0]?.image?.slice(2)}`)
          .sort();
        if (seen.at(-1) !== names.join(' ')) seen.push(names.join(' '));
        if (passed % 300 === 200) harness.ready();
      }
      return seen;
    },
    start: () => harness.start(new StatefulSetController(c)),
  };
}

describe('StatefulSetController', () => {
  it('makes Pods in order, each when the one before is ready', async () => {
    const s = setup(3);
    await s.start();
    await s.harness.run();
    expect(s.pods()).toEqual(['db-0 a:1']);
    expect(s.harness.pods()[0]).toMatchObject({
      metadata: {
        labels: {
          app: 'db',
          'statefulset.kubernetes.io/pod-name': 'db-0',
          'apps.kubernetes.io/pod-index': '0',
          'controller-revision-hash': s.revisions()[0]?.metadata?.name,
        },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', controller: true }],
      },
      spec: { hostname: 'db-0', subdomain: 'db' },
    });
    expect(await s.watch(2000)).toEqual(['0:1', '0:1 1:1', '0:1 1:1 2:1']);
    const revision = s.revisions()[0]?.metadata?.name;
    expect(s.get().status).toEqual({
      observedGeneration: 1,
      replicas: 3,
      readyReplicas: 3,
      currentReplicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
      currentRevision: revision,
      updateRevision: revision,
      collisionCount: 0,
    });
    const writes = s.api.actions.length;
    await s.harness.run(600_000);
    expect(s.api.actions).toHaveLength(writes);
  });

  it('takes Pods away from the end', async () => {
    const s = setup(3);
    await s.start();
    await s.watch(2000);
    s.change({ replicas: 1 });
    expect(await s.watch(1000)).toEqual(['0:1']);
    expect(s.api.events()).toEqual([
      'Normal SuccessfulCreate create Pod db-0 in StatefulSet db successful',
      'Normal SuccessfulCreate create Pod db-1 in StatefulSet db successful',
      'Normal SuccessfulCreate create Pod db-2 in StatefulSet db successful',
      'Normal SuccessfulDelete delete Pod db-2 in StatefulSet db successful',
      'Normal SuccessfulDelete delete Pod db-1 in StatefulSet db successful',
    ]);
  });

  it('finds another name for its revision where one is taken', async () => {
    const s = setup(1);
    await s.start();
    await s.harness.run();
    const taken = s.revisions()[0]?.metadata?.name as string;
    const other = setup(1);
    other.api.seed<ControllerRevision>(resourceTypes.controllerRevisions, {
      metadata: { name: taken, namespace: 'default' },
      revision: 1,
    } as ControllerRevision);
    await other.start();
    await other.harness.run();
    const names = other.revisions().map(({ metadata }) => metadata?.name);
    expect(names).toHaveLength(2);
    expect(names[0]).toBe(taken);
    expect(other.pods()).toEqual(['db-0 a:1']);
  });

  it('makes all at once where it may', async () => {
    const s = setup(3, { podManagementPolicy: 'Parallel', ordinals: { start: 5 } });
    await s.start();
    await s.harness.run();
    expect(s.pods()).toEqual(['db-5 a:1', 'db-6 a:1', 'db-7 a:1']);
  });

  it('updates from the end down to the partition, one at a time', async () => {
    const s = setup(3);
    await s.start();
    await s.watch(2000);
    s.change({
      template: s.template('a:2'),
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } },
    });
    await s.watch(3000);
    expect(s.pods()).toEqual(['db-0 a:1', 'db-1 a:2', 'db-2 a:2']);
    const [one, two] = s.revisions().map(({ metadata }) => metadata?.name);
    expect(s.get().status).toMatchObject({
      currentRevision: one,
      updateRevision: two,
      currentReplicas: 1,
      updatedReplicas: 2,
    });
    // Below the partition a Pod comes back as it was.
    s.api.remove(resourceTypes.pods, 'default/db-0');
    await s.watch(1000);
    expect(s.pods()[0]).toBe('db-0 a:1');
    s.change({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } } });
    await s.watch(2000);
    expect(s.pods()).toEqual(['db-0 a:2', 'db-1 a:2', 'db-2 a:2']);
    expect(s.get().status).toMatchObject({ currentRevision: two, updateRevision: two, currentReplicas: 3 });
  });

  it('stays where a new Pod does not get ready', async () => {
    const s = setup(2);
    await s.start();
    await s.watch(2000);
    s.change({ template: s.template('a:2') });
    await s.harness.run(60_000);
    expect(s.pods()).toEqual(['db-0 a:1', 'db-1 a:2']);
    expect(s.get().status).toMatchObject({ readyReplicas: 1, updatedReplicas: 1 });
  });

  it('makes claims of its own for each Pod, and keeps them', async () => {
    const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } };
    const s = setup(1, { volumeClaimTemplates: [claim] });
    await s.start();
    await s.watch(500);
    s.change({ replicas: 0 });
    await s.watch(500);
    s.change({ replicas: 1 });
    await s.watch(500);
    expect(s.api.all<PersistentVolumeClaim>(resourceTypes.persistentVolumeClaims)).toMatchObject([
      { metadata: { name: 'data-db-0', labels: { app: 'db' } }, spec: claim.spec },
    ]);
    expect(s.harness.pods()[0]?.spec?.volumes).toEqual([
      { name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } },
    ]);
    expect(s.api.events()[0]).toBe(
      'Normal SuccessfulCreate create Claim data-db-0 Pod db-0 in StatefulSet db success',
    );
  });

  describe('persistentVolumeClaimRetentionPolicy', () => {
    const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } };
    const running = async (whenScaled: string, whenDeleted: string) => {
      const persistentVolumeClaimRetentionPolicy = { whenScaled, whenDeleted };
      const s = setup(2, { volumeClaimTemplates: [claim], persistentVolumeClaimRetentionPolicy });
      await s.start();
      await s.watch(2000);
      const owners = (): string[] =>
        s.api
          .all<PersistentVolumeClaim>(resourceTypes.persistentVolumeClaims)
          .map(
            ({ metadata }) =>
              `${metadata?.name} ${metadata?.ownerReferences?.map(({ kind, name }) => `${kind}/${name}`).join() ?? ''}`,
          );
      return { s, owners };
    };

    it.each([
      ['Retain', 'Retain', ['data-db-0 ', 'data-db-1 '], ['data-db-0 ', 'data-db-1 ']],
      [
        'Retain',
        'Delete',
        ['data-db-0 StatefulSet/db', 'data-db-1 StatefulSet/db'],
        ['data-db-0 StatefulSet/db', 'data-db-1 StatefulSet/db'],
      ],
      ['Delete', 'Retain', ['data-db-0 ', 'data-db-1 '], ['data-db-0 ', 'data-db-1 Pod/db-1']],
      [
        'Delete',
        'Delete',
        ['data-db-0 StatefulSet/db', 'data-db-1 StatefulSet/db'],
        ['data-db-0 StatefulSet/db', 'data-db-1 Pod/db-1'],
      ],
    ])('whenScaled %s, whenDeleted %s: %j, and %j of one Pod less', async (scaled, deleted, full, less) => {
      const { s, owners } = await running(scaled, deleted);
      expect(owners()).toEqual(full);
      s.change({ replicas: 1 });
      await s.watch(500);
      expect(s.pods()).toEqual(['db-0 a:1']);
      expect(owners()).toEqual(less);
    });

    it('a Pod waits for the claim of its forerunner to go', async () => {
      const { s } = await running('Delete', 'Retain');
      s.change({ replicas: 1 });
      await s.watch(500);
      s.change({ replicas: 2 });
      await s.watch(1000);
      expect(s.pods()).toEqual(['db-0 a:1']);
      s.api.remove(resourceTypes.persistentVolumeClaims, 'default/data-db-1');
      s.change({ minReadySeconds: 0 });
      await s.watch(500);
      expect(s.pods()).toEqual(['db-0 a:1', 'db-1 a:1']);
    });

    it('nothing is made with a claim that is being deleted', async () => {
      const { s } = await running('Retain', 'Retain');
      s.api.change(resourceTypes.persistentVolumeClaims, 'default/data-db-1', (old) => ({
        ...old,
        metadata: {
          ...old.metadata,
          deletionTimestamp: '2026-01-01T00:00:00Z',
          finalizers: ['kubernetes.io/pvc-protection'],
        },
      }));
      s.api.remove(resourceTypes.pods, 'default/db-1');
      await s.watch(500);
      expect(s.pods()).toEqual(['db-0 a:1']);
      expect(s.api.events().at(-1)).toBe(
        'Warning FailedCreate create Pod db-1 in StatefulSet db failed error: pvc data-db-1 is being deleted',
      );
    });
  });

  it('makes a failed Pod anew', async () => {
    const s = setup(1);
    await s.start();
    await s.harness.run();
    s.api.change<Pod>(
      resourceTypes.pods,
      'default/db-0',
      (pod) => ({ ...pod, status: { phase: 'Failed' } }) as Pod,
    );
    await s.harness.run();
    expect(s.harness.pods()[0]?.status?.phase).not.toBe('Failed');
    expect(s.api.events()[1]).toBe(
      'Warning RecreatingFailedPod StatefulSet default/db is recreating failed Pod db-0',
    );
  });

  it('says why it has no Pod, and tries again', async () => {
    const s = setup(1);
    s.api.reactors.push(({ verb, resource }) =>
      verb === 'create' && resource === 'pods' ? forbidden('pods', 'db-0', 'exceeded quota: q') : undefined,
    );
    await s.start();
    await s.harness.run(100);
    expect(s.api.events()[0]).toBe(
      'Warning FailedCreate create Pod db-0 in StatefulSet db failed error: pods "db-0" is forbidden: exceeded quota: q',
    );
    expect(s.get().status?.replicas).toBe(0);
    s.api.reactors.pop();
    await s.harness.run(10_000);
    expect(s.pods()).toEqual(['db-0 a:1']);
  });
});
