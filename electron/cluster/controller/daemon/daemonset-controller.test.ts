import { describe, expect, it } from 'vitest';
import type { ControllerRevision, DaemonSet, Node, Pod } from '../../api/types.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { forbidden } from '../../client/testing/fake-api-client.testing.ts';
import { ControllerHarness } from '../testing/controller-harness.testing.ts';
import { DaemonSetController } from './daemonset-controller.ts';

function setup(nodes = 3, spec: object = {}) {
  const harness = new ControllerHarness();
  const { api, c } = harness;
  const addNode = (name: string, more: object = {}): void => {
    api.seed<Node>(resourceTypes.nodes, { metadata: { name, labels: { zone: name } }, ...more } as Node);
  };
  for (let index = 1; index <= nodes; index += 1) addNode(`worker-${index}`);
  const template = {
    metadata: { labels: { app: 'agent' } },
    spec: { containers: [{ name: 'main', image: 'a:1' }] },
  };
  api.seed<DaemonSet>(resourceTypes.daemonSets, {
    metadata: { name: 'agent', namespace: 'default', generation: 1 },
    spec: {
      selector: { matchLabels: { app: 'agent' } },
      template,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      revisionHistoryLimit: 10,
      ...spec,
    },
  } as unknown as DaemonSet);
  const get = (): DaemonSet => api.find<DaemonSet>(resourceTypes.daemonSets, 'default/agent') as DaemonSet;
  const target = (pod: Pod): string =>
    pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0]
      ?.matchFields?.[0]?.values?.[0] ?? '';
  return {
    harness,
    api,
    get,
    addNode,
    images: () =>
      harness
        .pods()
        .map((pod) => `${target(pod)} ${pod.spec?.containers[0]?.image}`)
        .sort(),
    template: (more: object) =>
      api.change<DaemonSet>(
        resourceTypes.daemonSets,
        'default/agent',
        (old) =>
          ({
            ...old,
            metadata: { ...old.metadata, generation: (old.metadata?.generation ?? 1) + 1 },
            spec: { ...old.spec, template: { ...template, spec: { ...template.spec, ...more } } },
          }) as unknown as DaemonSet,
      ),
    image: (image: string) => ({ containers: [{ name: 'main', image }] }),
    revisions: () => api.all<ControllerRevision>(resourceTypes.controllerRevisions),
    events: () => api.events().map((event) => event.replace(/agent-[a-z0-9]{5}\b/g, 'agent-*')),
    start: () => harness.start(new DaemonSetController(c)),
  };
}

describe('DaemonSetController', () => {
  it('puts a Pod on each node, pinned, with the tolerations of a daemon', async () => {
    const s = setup();
    await s.start();
    await s.harness.run();
    expect(s.images()).toEqual(['worker-1 a:1', 'worker-2 a:1', 'worker-3 a:1']);
    const [pod] = s.harness.pods();
    expect(
      pod?.spec?.tolerations?.map(({ key, effect, operator }) => `${key} ${effect} ${operator}`),
    ).toEqual([
      'node.kubernetes.io/not-ready NoExecute Exists',
      'node.kubernetes.io/unreachable NoExecute Exists',
      'node.kubernetes.io/disk-pressure NoSchedule Exists',
      'node.kubernetes.io/memory-pressure NoSchedule Exists',
      'node.kubernetes.io/pid-pressure NoSchedule Exists',
      'node.kubernetes.io/unschedulable NoSchedule Exists',
    ]);
    const hash = pod?.metadata?.labels?.['controller-revision-hash'];
    expect(s.revisions()).toMatchObject([
      {
        metadata: { name: `agent-${hash}`, labels: { app: 'agent', 'controller-revision-hash': hash } },
        revision: 1,
      },
    ]);
    expect(s.get().status).toEqual({
      currentNumberScheduled: 3,
      desiredNumberScheduled: 3,
      numberMisscheduled: 0,
      numberReady: 0,
      numberUnavailable: 3,
      observedGeneration: 1,
      updatedNumberScheduled: 3,
    });
    s.harness.ready();
    await s.harness.run();
    expect(s.get().status).toMatchObject({ numberReady: 3, numberAvailable: 3 });
    expect(s.events()).toEqual(
      Array.from({ length: 3 }, () => 'Normal SuccessfulCreate Created pod: agent-*'),
    );
    const writes = s.api.actions.length;
    await s.harness.run(600_000);
    expect(s.api.actions).toHaveLength(writes);
  });

  it('follows nodes that come, go, and are no longer wanted', async () => {
    const s = setup(2);
    await s.start();
    await s.harness.run();
    s.addNode('worker-3');
    s.addNode('tainted', { spec: { taints: [{ key: 'x', effect: 'NoSchedule' }] } });
    s.addNode('cordoned', {
      spec: { taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] },
    });
    await s.harness.run();
    expect(s.images()).toEqual(['cordoned a:1', 'worker-1 a:1', 'worker-2 a:1', 'worker-3 a:1']);
    s.template({ ...s.image('a:1'), nodeSelector: { zone: 'worker-2' } });
    await s.harness.settle(3000);
    expect(s.images()).toEqual(['worker-2 a:1']);
    expect(s.get().status).toMatchObject({ desiredNumberScheduled: 1, currentNumberScheduled: 1 });
    s.api.remove(resourceTypes.nodes, 'worker-2');
    await s.harness.run();
    expect(s.images()).toEqual([]);
    expect(s.get().status).toMatchObject({ desiredNumberScheduled: 0, numberMisscheduled: 0 });
  });

  it('replaces one Pod after another', async () => {
    const s = setup();
    await s.start();
    await s.harness.settle(1000);
    s.template(s.image('a:2'));
    const seen: string[] = [];
    for (let step = 0; step < 40; step += 1) {
      await s.harness.run(100);
      const updated = s.images().filter((line) => line.endsWith('a:2')).length;
      const text = `${updated} of ${s.harness.pods().length}`;
      if (seen.at(-1) !== text) seen.push(text);
      if (step % 5 === 4) s.harness.ready();
    }
    expect(seen).toEqual(['1 of 3', '2 of 3', '3 of 3']);
    expect(s.get().status).toMatchObject({
      updatedNumberScheduled: 3,
      numberAvailable: 3,
      observedGeneration: 2,
    });
    expect(s.revisions().map(({ revision }) => revision)).toEqual([1, 2]);
    s.template(s.image('a:1'));
    await s.harness.settle(5000);
    expect(s.images()).toEqual(['worker-1 a:1', 'worker-2 a:1', 'worker-3 a:1']);
    // The first revision is the newest again.
    expect(s.revisions().map(({ revision }) => revision)).toEqual([3, 2]);
  });

  it('has the new Pod ready before the old one goes, with surge', async () => {
    const rollingUpdate = { maxSurge: 1, maxUnavailable: 0 };
    const s = setup(2, { updateStrategy: { type: 'RollingUpdate', rollingUpdate } });
    await s.start();
    await s.harness.settle(1000);
    s.template(s.image('a:2'));
    await s.harness.run(500);
    expect(s.harness.pods()).toHaveLength(3);
    await s.harness.settle(4000);
    expect(s.images()).toEqual(['worker-1 a:2', 'worker-2 a:2']);
  });

  it('leaves Pods as they are until they are deleted, where it is told so', async () => {
    const s = setup(1, { updateStrategy: { type: 'OnDelete' } });
    await s.start();
    await s.harness.settle(1000);
    s.template(s.image('a:2'));
    await s.harness.settle(5000);
    expect(s.images()).toEqual(['worker-1 a:1']);
    expect(s.get().status?.updatedNumberScheduled).toBeUndefined();
    s.api.remove(resourceTypes.pods, `default/${s.harness.pods()[0]?.metadata?.name}`);
    await s.harness.run();
    expect(s.images()).toEqual(['worker-1 a:2']);
  });

  it('replaces failed Pods, more and more slowly', async () => {
    const s = setup(1);
    await s.start();
    await s.harness.run();
    const failures: number[] = [];
    for (let round = 0; round < 60; round += 1) {
      for (const { metadata } of s.harness.pods())
        s.api.change<Pod>(
          resourceTypes.pods,
          `default/${metadata?.name}`,
          (pod) => ({ ...pod, status: { phase: 'Failed' } }) as Pod,
        );
      await s.harness.run(500);
      failures.push(s.harness.writes('pods').filter((line) => line.startsWith('delete')).length);
    }
    expect(failures.at(-1)).toBeGreaterThan(3);
    expect(failures.at(-1)).toBeLessThan(8);
    expect(s.events()).toContain(
      'Warning FailedDaemonPod Found failed daemon pod default/agent-* on node worker-1, will try to kill it',
    );
  });

  it('says why a node has no Pod', async () => {
    const s = setup(1);
    s.api.reactors.push(({ verb, resource }) =>
      verb === 'create' && resource === 'pods'
        ? forbidden('pods', 'agent-x', 'exceeded quota: q')
        : undefined,
    );
    await s.start();
    await s.harness.run(100);
    expect(s.harness.pods()).toEqual([]);
    expect(s.api.events()[0]).toBe(
      'Warning FailedCreate Error creating: pods "agent-x" is forbidden: exceeded quota: q',
    );
    s.api.reactors.pop();
    await s.harness.run(10_000);
    expect(s.harness.pods()).toHaveLength(1);
  });
});
