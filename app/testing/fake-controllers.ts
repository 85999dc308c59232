import type {
  ControllerAnswer,
  ControllersAnswer,
  ControllerSummary,
  ObjectLink,
  SyncView,
} from '../../electron/shared/contract/controllers.ts';
import { RpcError } from '../../electron/shared/rpc/rpc-error.ts';

const NAMES = [
  ['cronjob-controller', 'cronjob'],
  ['daemonset-controller', 'daemonset'],
  ['deployment-controller', 'deployment'],
  ['disruption-controller', 'disruption'],
  ['endpointslice-controller', 'endpointslice'],
  ['garbage-collector-controller', 'garbagecollector'],
  ['job-controller', 'job'],
  ['namespace-controller', 'namespace'],
  ['node-lifecycle-controller', 'nodelifecycle'],
  ['persistentvolume-binder-controller', 'persistentvolume-binder'],
  ['replicaset-controller', 'replicaset'],
  ['statefulset-controller', 'statefulset'],
] as const;
const FORBIDDEN =
  'pods is forbidden: User "system:serviceaccount:kube-system:replicaset-controller" cannot create resource "pods" in API group "" in the namespace "default"';

function summary(name: string, alias: string, change: Partial<ControllerSummary> = {}): ControllerSummary {
  const counts = { depth: 0, processing: 0, delayed: 0, failing: 0, passes: 42, failures: 0 };
  return { name, alias, state: 'running', choice: 'all', ...counts, ...change };
}

/** Test only: controllers of one manager of several; those of a manager on standby do not run. */
export function fakeControllers(
  now: number,
  machines: readonly string[],
  asked: string | null,
): ControllersAnswer {
  const machine = asked ?? machines[0] ?? null;
  const leads = machine === machines[0];
  const running = NAMES.map(([name, alias]) =>
    name === 'replicaset-controller'
      ? summary(name, alias, { delayed: 1, failing: 1, failures: 11 })
      : name === 'deployment-controller'
        ? summary(name, alias, { depth: 1, processing: 1 })
        : summary(name, alias),
  );
  return {
    now,
    managers: machines.map((one, index) => ({
      machine: one,
      actor: `${one}/kube-controller-manager`,
      state: index === 0 ? 'leading' : 'standby',
      identity: `${one}_5a0e`,
    })),
    lease: {
      namespace: 'kube-system',
      name: 'kube-controller-manager',
      holder: `${machines[0] ?? ''}_5a0e`,
      acquired: now - 600_000,
      renewed: now - 1400,
      duration: 15_000,
      transitions: 1,
    },
    machine,
    selection: '*,bootstrapsigner,-cronjob',
    controllers: [
      ...running.map((one): ControllerSummary =>
        one.alias === 'cronjob'
          ? { ...one, state: 'disabled', choice: 'excluded', passes: 0 }
          : leads
            ? one
            : summary(one.name, one.alias, { state: 'standby', passes: 0 }),
      ),
      summary('token-cleaner-controller', 'tokencleaner', {
        state: 'disabled',
        choice: 'off-by-default',
        passes: 0,
      }),
    ],
    notModelled: ['horizontal-pod-autoscaler-controller', 'node-ipam-controller', 'service-lb-controller'],
  };
}

/** Test only. */
export function fakeController(
  now: number,
  machines: readonly string[],
  asked: string | null,
  name: string,
): ControllerAnswer {
  const list = fakeControllers(now, machines, asked);
  const found = list.controllers.find((one) => one.name === name || one.alias === name);
  if (found === undefined) throw new RpcError('NotFound', `the controller "${name}" does not exist`);
  const object: ObjectLink = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    namespace: 'default',
    name: 'web-7c5ddbdf54',
  };
  const key = 'default/web-7c5ddbdf54';
  const sync = (at: number, change: Partial<SyncView>): SyncView => ({
    queue: 'replicaset',
    key,
    label: key,
    object,
    startedAt: now - at - 6,
    endedAt: now - at,
    error: null,
    retries: 0,
    cause: 3990,
    record: 4003,
    decisions: [],
    ...change,
  });
  const decision = {
    record: 4001,
    time: now - 900,
    subject: `replicasets ${key}`,
    object,
    action: 'create-pods',
    desired: '3 Pods',
    observed: '2 Pods',
    detail: { count: 1 },
  };
  const head = { now, machine: list.machine, summary: found };
  if (found.state !== 'running') return { ...head, queues: [], syncs: [] };
  const failing = found.failing > 0;
  return {
    ...head,
    queues: [
      {
        name: found.alias,
        depth: found.depth,
        ready:
          found.depth === 0 ? [] : [{ key, label: key, object, retries: 0, error: null, since: now - 40 }],
        processing:
          found.processing === 0
            ? []
            : [
                {
                  key: 'default/api',
                  label: 'default/api',
                  object: { ...object, name: 'api' },
                  retries: 0,
                  error: null,
                  startedAt: now - 12,
                  cause: 3991,
                  again: true,
                },
              ],
        delayed: failing ? [{ key, label: key, object, retries: 11, error: FORBIDDEN, at: now + 9200 }] : [],
        delays: found.delayed,
        failing: found.failing,
      },
    ],
    syncs: [
      ...(failing ? [sync(900, { error: FORBIDDEN, retries: 10, decisions: [decision] })] : []),
      sync(4000, {
        decisions: [{ ...decision, time: now - 4000, observed: '1 Pods', detail: { count: 2 } }],
      }),
      sync(9000, {
        decisions: [{ ...decision, time: now - 9000, action: 'no-op', observed: '3 Pods', detail: {} }],
      }),
      sync(12_000, {}),
    ],
  };
}
