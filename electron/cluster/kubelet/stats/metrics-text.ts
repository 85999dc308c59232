import type { NodeUsage, PodUsage } from './interface.ts';
import { seconds } from './summary.ts';

/** Length of a period of the kernel's bandwidth control. */
const PERIOD = 100;

interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: string | number;
}

function family(
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  samples: readonly Sample[],
  time: string,
): string {
  if (samples.length === 0) return '';
  const lines = samples.map(({ labels = {}, value }) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}=${JSON.stringify(text)}`);
    return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}${time}`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('\n')}\n`;
}

interface MetricsInputs {
  readonly node: NodeUsage;
  readonly pods: readonly PodUsage[];
  readonly now: number;
}

/** Samples of every container of every Pod. */
function ofContainers(
  pods: readonly PodUsage[],
  value: (container: PodUsage['containers'][number]) => string | number | undefined,
  labels: (container: PodUsage['containers'][number], pod: PodUsage) => Readonly<Record<string, string>>,
): Sample[] {
  return pods.flatMap((pod) =>
    pod.containers.flatMap((container) => {
      const found = value(container);
      return found === undefined ? [] : [{ labels: labels(container, pod), value: found }];
    }),
  );
}

/** `/metrics/resource`. Models pkg/kubelet/metrics/collectors/resource_metrics.go (v1.34). */
export function resourceMetrics({ node, pods, now }: MetricsInputs): string {
  const time = ` ${Math.floor(now)}`;
  const container = ({ name }: { readonly name: string }, pod: PodUsage): Record<string, string> => ({
    container: name,
    namespace: pod.namespace,
    pod: pod.name,
  });
  const of = ({ namespace, name }: PodUsage): Record<string, string> => ({ namespace, pod: name });
  const cpu = ({ containers }: PodUsage): number =>
    containers.reduce((sum, { coreNanoSeconds }) => sum + coreNanoSeconds, 0);
  const { memory } = node;
  return [
    family('container_cpu_usage_seconds_total', 'counter', '[STABLE] Cumulative cpu time consumed by the container in core-seconds', ofContainers(pods, (one) => seconds(one.coreNanoSeconds), container), time),
    family('container_memory_working_set_bytes', 'gauge', '[STABLE] Current working set of the container in bytes', ofContainers(pods, (one) => one.memory, container), time),
    family('container_start_time_seconds', 'gauge', '[STABLE] Start time of the container since unix epoch in seconds', ofContainers(pods, (one) => one.startedAt / 1000, container), ''),
    family('node_cpu_usage_seconds_total', 'counter', '[STABLE] Cumulative cpu time consumed by the node in core-seconds', [{ value: seconds(pods.reduce((sum, pod) => sum + cpu(pod), 0)) }], time),
    family('node_memory_working_set_bytes', 'gauge', '[STABLE] Current working set of the node in bytes', [{ value: memory.capacity - memory.available }], time),
    family('pod_cpu_usage_seconds_total', 'counter', '[STABLE] Cumulative cpu time consumed by the pod in core-seconds', pods.map((pod) => ({ labels: of(pod), value: seconds(cpu(pod)) })), time),
    family('pod_memory_working_set_bytes', 'gauge', '[STABLE] Current working set of the pod in bytes', pods.map((pod) => ({ labels: of(pod), value: pod.memory })), time),
    family('resource_scrape_error', 'gauge', '[STABLE] 1 if there was an error while getting container metrics, 0 otherwise', [{ value: 0 }], ''),
  ].join(''); // prettier-ignore
}

/** `/metrics/cadvisor`: what dashboards ask for most. Models the names and labels of cAdvisor's collector. */
export function cadvisorMetrics({ node, pods, now }: MetricsInputs, cores: number): string {
  const time = ` ${Math.floor(now)}`;
  const labels = (
    { name, id }: { readonly name: string; readonly id: string },
    pod: PodUsage,
  ): Record<string, string> => ({
    container: name,
    id: `/kubepods.slice/kubepods-pod${pod.uid.replaceAll('-', '_')}.slice/cri-containerd-${id}.scope`,
    name: id,
    namespace: pod.namespace,
    pod: pod.name,
  });
  const limited = (one: PodUsage['containers'][number], ms: number): number | undefined =>
    one.coreLimit > 0 ? Math.floor(ms / PERIOD) : undefined;
  return [
    family('container_cpu_usage_seconds_total', 'counter', 'Cumulative cpu time consumed in seconds.', ofContainers(pods, (one) => seconds(one.coreNanoSeconds), (one, pod) => ({ ...labels(one, pod), cpu: 'total' })), time),
    family('container_cpu_cfs_periods_total', 'counter', 'Number of elapsed enforcement period intervals.', ofContainers(pods, (one) => limited(one, now - one.startedAt), labels), time),
    family('container_cpu_cfs_throttled_periods_total', 'counter', 'Number of throttled period intervals.', ofContainers(pods, (one) => limited(one, one.throttledMs), labels), time),
    family('container_memory_usage_bytes', 'gauge', 'Current memory usage in bytes, including all memory regardless of when it was accessed', ofContainers(pods, (one) => one.memory, labels), time),
    family('container_memory_working_set_bytes', 'gauge', 'Current working set in bytes.', ofContainers(pods, (one) => one.memory, labels), time),
    family('container_processes', 'gauge', 'Number of processes running inside the container.', ofContainers(pods, (one) => one.processes, labels), time),
    family('container_fs_usage_bytes', 'gauge', 'Number of bytes that are consumed by the container on this filesystem.', ofContainers(pods, (one) => one.rootfs.bytes, labels), time),
    family('container_spec_memory_limit_bytes', 'gauge', 'Memory limit for the container.', ofContainers(pods, (one) => one.memoryLimit, labels), ''),
    family('machine_cpu_cores', 'gauge', 'Number of logical CPU cores.', [{ value: cores }], ''),
    family('machine_memory_bytes', 'gauge', 'Amount of memory installed on the machine.', [{ value: node.memory.capacity }], ''),
  ].join(''); // prettier-ignore
}
