/** Pods of upstream's measurements: *plain*; *spread* evenly over zones and hosts; *antiaffinity*: ten groups that keep apart. */
export type SchedulerWorkload = 'plain' | 'spread' | 'antiaffinity';

const hostname = 'kubernetes.io/hostname';
const zone = 'topology.kubernetes.io/zone';
const zones = 6;
const groups = 10;

/** A node of 4 CPU, 32Gi and 110 Pods in one of six zones; as a manifest. */
export function workloadNode(index: number) {
  const name = `node-${index}`;
  const room = { cpu: '4', memory: '32Gi', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { [hostname]: name, [zone]: `zone-${index % zones}` } },
    spec: {},
    status: { capacity: room, allocatable: room, conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

/** A Pod of 50m and 200Mi; as a manifest. Hosts may differ by more than zones, which
 * do not have equally many of them: with one each, Pods that have a place run out of places that keep both. */
export function workloadPod(workload: SchedulerWorkload, index: number) {
  const app = workload === 'antiaffinity' ? `group-${index % groups}` : 'web';
  const labelSelector = { matchLabels: { app } };
  const apart = [{ labelSelector, topologyKey: hostname }];
  const even = (topologyKey: string, maxSkew: number): object => ({
    maxSkew,
    topologyKey,
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector,
  });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${index}`, namespace: 'default', labels: { app } },
    spec: {
      containers: [{ name: 'main', image: 'web', resources: { requests: { cpu: '50m', memory: '200Mi' } } }],
      ...(workload === 'spread' ? { topologySpreadConstraints: [even(zone, 1), even(hostname, 5)] } : {}),
      ...(workload === 'antiaffinity'
        ? { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: apart } } }
        : {}),
    },
  };
}
