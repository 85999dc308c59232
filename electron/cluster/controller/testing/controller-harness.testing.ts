import type { Pod } from '../../api/types.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { CoreEventRecorder } from '../../client/core-event-recorder.ts';
import { InformerFactory } from '../../client/informer-factory.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { FakeApiClient } from '../../client/testing/fake-api-client.testing.ts';
import { TestSimulation } from '../../client/testing/test-simulation.testing.ts';
import { ControllerJournal } from '../controller-journal.ts';
import type { Controller, ControllerContext } from '../interface.ts';

/** Controllers over a fake API server, with a stand-in for kubelets that is asked to make Pods ready. */
export class ControllerHarness {
  readonly test: TestSimulation;
  readonly api: FakeApiClient;
  readonly c: ControllerContext;

  constructor(seed = 1) {
    this.test = new TestSimulation(seed);
    const context = this.test.component('cp-1/kube-controller-manager');
    this.api = new FakeApiClient(this.test.component('api'));
    const factory = new InformerFactory(context, this.api);
    const recorder = new CoreEventRecorder(context, this.api, 'test-controller');
    this.c = { context, client: this.api, factory, recorder, journal: new ControllerJournal(context) };
  }

  async start(...controllers: Controller[]): Promise<void> {
    this.c.factory.start();
    await this.test.do(() => this.c.factory.waitForCacheSync());
    await this.test.do(async () => {
      for (const controller of controllers) controller.run();
    });
  }

  run(ms = 1000): Promise<void> {
    return this.test.run(ms);
  }

  pods(labels: Record<string, string> = {}): Pod[] {
    return this.api
      .all<Pod>(resourceTypes.pods)
      .filter((pod) => Object.entries(labels).every(([key, value]) => pod.metadata?.labels?.[key] === value));
  }

  /** Sets Ready (True unless said otherwise) on Pods, as their kubelets would. */
  ready(pods: readonly Pod[] = this.pods(), status: 'True' | 'False' = 'True'): void {
    const now = formatTime(this.c.context.clock.now());
    for (const { metadata } of pods) {
      const key = `${metadata?.namespace}/${metadata?.name}`;
      if (this.api.find<Pod>(resourceTypes.pods, key) === undefined) continue;
      this.api.change<Pod>(resourceTypes.pods, key, (pod) => {
        const old = pod.status?.conditions?.find(({ type }) => type === 'Ready');
        if (old?.status === status) return pod;
        return {
          ...pod,
          status: {
            ...pod.status,
            phase: 'Running',
            conditions: [{ type: 'Ready', status, lastTransitionTime: now }],
          },
        } as Pod;
      });
    }
  }

  /** Makes all Pods ready again and again for `ms` milliseconds. */
  async settle(ms = 20_000): Promise<void> {
    for (let passed = 0; passed < ms; passed += 200) {
      this.ready();
      await this.run(200);
    }
  }

  /** `action` of the decisions about a subject, in order. */
  decisions(subject: string): string[] {
    return [...this.test.log.range(0)].flatMap((record) =>
      record.kind === 'decision' && record.subject === subject ? [record.action] : [],
    );
  }

  writes(resource: string): string[] {
    return this.api.actions
      .filter((action) => action.resource === resource && action.verb !== 'list')
      .map((action) => `${action.verb} ${action.name}`);
  }
}
