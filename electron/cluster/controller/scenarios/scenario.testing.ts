import type { KubeObject, Lease, Namespace, Pod } from '../../api/types.ts';
import { formatMicroTime, formatTime } from '../../apimachinery/time.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { FakeApiClient } from '../../client/testing/fake-api-client.testing.ts';
import { mergePatch } from '../../client/testing/fake-patch.testing.ts';
import { CronJobController } from '../cronjob/cronjob-controller.ts';
import { DaemonSetController } from '../daemon/daemonset-controller.ts';
import { DeploymentController } from '../deployment/deployment-controller.ts';
import { DisruptionController } from '../disruption/disruption-controller.ts';
import { GarbageCollector } from '../garbage-collector/garbage-collector.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import { JobController } from '../job/job-controller.ts';
import { NamespaceController } from '../namespace/namespace-controller.ts';
import { NodeLifecycleController } from '../node-lifecycle/node-lifecycle-controller.ts';
import { ReplicaSetController } from '../replicaset/replicaset-controller.ts';
import { StatefulSetController } from '../statefulset/statefulset-controller.ts';
import { TaintEvictionController } from '../taint-eviction/taint-eviction-controller.ts';
import { ControllerHarness } from '../testing/controller-harness.testing.ts';
import { serveDiscovery } from '../testing/serve-discovery.testing.ts';
import { CommitRecord } from './commit-record.testing.ts';

const CONTROLLERS = {
  cronjob: (c) => new CronJobController(c),
  daemonset: (c) => new DaemonSetController(c),
  deployment: (c) => new DeploymentController(c),
  disruption: (c) => new DisruptionController(c),
  garbagecollector: (c) => new GarbageCollector(c),
  job: (c) => new JobController(c),
  namespace: (c) => new NamespaceController(c),
  nodelifecycle: (c) => new NodeLifecycleController(c),
  replicaset: (c) => new ReplicaSetController(c),
  statefulset: (c) => new StatefulSetController(c),
  'taint-eviction': (c) => new TaintEvictionController(c),
} satisfies Readonly<Record<string, (c: ControllerContext) => Controller>>;

export type Resource = keyof typeof resourceTypes;

/** What somebody else than the controllers does. Keys are `namespace/name`, or a name; of a Pod its beginning. */
export type Step =
  | { readonly create: Resource; readonly object: object }
  /** A merge patch; its `spec` makes a new generation. */
  | { readonly patch: Resource; readonly key: string; readonly with: object }
  | {
      readonly delete: Resource;
      readonly key: string;
      readonly policy?: 'Background' | 'Foreground' | 'Orphan';
    }
  /** Kubelets make all Pods ready whose name begins so. */
  | { readonly ready: string }
  /** Kubelets end all running Pods whose name begins so. */
  | { readonly finish: string; readonly phase: 'Succeeded' | 'Failed'; readonly exitCode?: number }
  /** So many milliseconds pass; kubelets of these nodes renew their leases meanwhile. */
  | { readonly wait: number; readonly alive?: readonly string[] };

/** A step and all that is written within a second of it, or while it waits: changes and events, in order. */
export interface Row {
  readonly step: Step;
  readonly then: readonly string[];
}

export interface Scenario {
  readonly title: string;
  readonly controllers: readonly (keyof typeof CONTROLLERS)[];
  readonly objects?: readonly (readonly [Resource, object])[];
  readonly rows: readonly Row[];
}

/** Plays a scenario: what was done at each of its rows. */
export async function play({ controllers, objects = [], rows }: Scenario): Promise<string[][]> {
  const harness = new ControllerHarness();
  const { api, c } = harness;
  if (controllers.includes('garbagecollector') || controllers.includes('namespace')) serveDiscovery(api);
  for (const [resource, object] of objects)
    api.seed<KubeObject>(resourceTypes[resource], object as KubeObject);
  for (const { metadata } of api.all(resourceTypes.namespaces)) serveFinalize(api, metadata?.name ?? '');
  await harness.start(...controllers.map((name) => CONTROLLERS[name](c)));
  const record = new CommitRecord(api);
  const done: string[][] = [];
  for (const { step } of rows) {
    await act(harness, step);
    done.push(record.take());
  }
  return done;
}

/** A namespace whose last finalizer is taken away is gone. */
function serveFinalize(api: FakeApiClient, name: string): void {
  api.onRequest('PUT', `/api/v1/namespaces/${name}/finalize`, (body) => {
    if (((body as Namespace).spec?.finalizers ?? []).length === 0) api.remove(resourceTypes.namespaces, name);
    return body;
  });
}

async function act(harness: ControllerHarness, step: Step): Promise<void> {
  const { api, c, test } = harness;
  const now = (): string => formatTime(c.context.clock.now());
  if ('create' in step) api.seed<KubeObject>(resourceTypes[step.create], step.object as KubeObject);
  else if ('patch' in step)
    api.change<KubeObject>(resourceTypes[step.patch], step.key, (old) => {
      const next = mergePatch(old, step.with, false) as KubeObject;
      const generation = (old.metadata?.generation ?? 1) + ('spec' in step.with ? 1 : 0);
      return { ...next, metadata: { ...next.metadata, generation } };
    });
  else if ('delete' in step) {
    const [name = '', namespace = ''] = nameIn(harness, step).split('/').toReversed();
    const options = step.policy === undefined ? {} : { propagationPolicy: step.policy };
    await test.do(() => api.resource(resourceTypes[step.delete], namespace).delete(name, options));
  } else if ('ready' in step) harness.ready(harness.pods().filter((pod) => isNamed(pod, step.ready)));
  else if ('finish' in step) {
    const { phase, exitCode = phase === 'Failed' ? 1 : 0 } = step;
    for (const pod of harness.pods().filter((one) => isNamed(one, step.finish) && isRunning(one)))
      api.change<Pod>(resourceTypes.pods, `${pod.metadata?.namespace}/${pod.metadata?.name}`, (old) => {
        const state = { terminated: { exitCode, finishedAt: now() } };
        const containerStatuses = [{ name: 'main', restartCount: 0, state }];
        return { ...old, status: { ...old.status, phase, containerStatuses } } as unknown as Pod;
      });
  }
  const wait = 'wait' in step ? step.wait : 1000;
  const alive = 'wait' in step ? (step.alive ?? []) : [];
  for (let passed = 0; passed < wait; passed += 10_000) {
    for (const name of alive) renew(harness, name);
    await harness.run(Math.min(10_000, wait - passed));
  }
}

/** A Pod's generated name is told by its beginning. */
function nameIn(
  harness: ControllerHarness,
  step: { readonly delete: Resource; readonly key: string },
): string {
  if (step.delete !== 'pods') return step.key;
  const prefix = step.key.split('/').at(-1) ?? '';
  const found = harness.pods().find((pod) => isNamed(pod, prefix));
  return `${found?.metadata?.namespace}/${found?.metadata?.name}`;
}

function renew({ api, c }: ControllerHarness, name: string): void {
  api.change<Lease>(resourceTypes.leases, `kube-node-lease/${name}`, (lease) => ({
    ...lease,
    spec: { ...lease.spec, renewTime: formatMicroTime(c.context.clock.now()) },
  }));
}

function isNamed({ metadata }: Pod, prefix: string): boolean {
  return metadata?.name?.startsWith(prefix) === true;
}

function isRunning({ status }: Pod): boolean {
  return status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}
