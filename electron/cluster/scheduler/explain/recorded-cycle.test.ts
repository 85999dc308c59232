import { describe, expect, it } from 'vitest';
import type { KubeObject, Node, Pod } from '../../api/types.ts';
import { InformerFactory } from '../../client/informer-factory.ts';
import type { ResourceType } from '../../client/resource-type.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { SeriesEventRecorder } from '../../client/series-event-recorder.ts';
import { FakeApiClient } from '../../client/testing/fake-api-client.testing.ts';
import { TestSimulation } from '../../client/testing/test-simulation.testing.ts';
import type { CycleDetail } from '../cycle-trace.ts';
import { defaultProfile, inTreeRegistry } from '../plugins/registry.ts';
import { Scheduler } from '../scheduler.ts';
import { Rerun } from './rerun.ts';
import { sameCycle } from './same-cycle.ts';

function node(index: number): Node {
  const name = `n${index}`;
  const labels = { 'topology.kubernetes.io/zone': `zone-${index % 3}` };
  const cpu = index % 5 === 0 ? '1' : `${2 + (index % 4)}`;
  return { metadata: { name, labels }, status: { allocatable: { cpu, memory: '8Gi', pods: '110' } } } as Node;
}

const pod = (name: string): Pod =>
  ({
    metadata: { name, namespace: 'default' },
    spec: {
      schedulerName: 'default-scheduler',
      containers: [{ name: 'main', resources: { requests: { cpu: '1200m' } } }],
    },
    status: { phase: 'Pending' },
  }) as unknown as Pod;

describe('a cycle that a running scheduler recorded', () => {
  it.each([0, 70])(
    'is found again from where its search began, of 200 nodes (%i per cent)',
    async (percentage) => {
      const test = new TestSimulation(3);
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
        percentageOfNodesToScore: percentage,
      });
      for (let index = 0; index < 150; index += 1) api.seed<Node>(resourceTypes.nodes, node(index));
      factory.start();
      await test.do(() => factory.waitForCacheSync());
      await test.do(async () => context.go(() => scheduler.run()));
      // These come later, though their names are between the others.
      for (let index = 199; index >= 150; index -= 1) api.seed<Node>(resourceTypes.nodes, node(index));
      await test.run(100);

      const starts: number[] = [];
      for (let index = 0; index < 5; index += 1) {
        const before = new Map<string, readonly KubeObject[]>([
          ['nodes', api.all<Node>(resourceTypes.nodes)],
          ['pods', api.all<Pod>(resourceTypes.pods)],
        ]);
        const asked = api.seed<Pod>(resourceTypes.pods, pod(`p${index}`));
        await test.run(100);
        const record = [...test.log.range(0)].find(
          (one) => one.kind === 'decision' && one.subject === `pods default/p${index}`,
        ) as unknown as { readonly detail: CycleDetail };
        const { seen } = record.detail;
        const again = (start: number): CycleDetail =>
          new Rerun(
            {
              world: {
                list: <T extends KubeObject>({ resource }: ResourceType<T>) =>
                  (before.get(resource) ?? []) as readonly T[],
              },
              beliefs: { assumed: new Map(), nominated: new Map() },
              profile: defaultProfile,
              search: { start, percentage: seen?.percentage ?? 0 },
            },
            `default/p${index}`,
          ).cycle(asked).detail;
        const start = seen?.start ?? -1;
        starts.push(start);
        expect(sameCycle(again(start), record.detail)).toBe(true);
        expect(sameCycle(again(start + 1), record.detail)).toBe(false);
      }
      expect(new Set(starts).size).toBeGreaterThan(3);
    },
  );
});
