import { formatBinary, formatDecimal, formatMilli, parseQuantity } from '../quantity.ts';
import { StatusError } from '../errors.ts';
import { getObject, listObjects } from '../objects.ts';
import { annotationLines, age, labelLines, longTime } from './common.ts';
import { eventsFor, sortEvents, writeEvents } from './events.ts';
import type { DescribeTarget } from './interface.ts';
import type { Lease, Node, Pod } from './types.ts';
import { DescribeWriter } from './writer.ts';

const rolePrefix = 'node-role.kubernetes.io/';

function roles(node: Node): string {
  const found = Object.entries(node.metadata?.labels ?? {})
    .map(([key, value]) =>
      key.startsWith(rolePrefix) ? key.slice(rolePrefix.length) : key === 'kubernetes.io/role' ? value : '',
    )
    .filter((role) => role !== '')
    .sort();
  return found.length === 0 ? '<none>' : found.join(',');
}

export async function describeNode(target: DescribeTarget): Promise<string> {
  const node = target.object as unknown as Node;
  const { metadata, spec, status } = node;
  const out = new DescribeWriter();
  out.line(0, `Name:\t${metadata?.name ?? ''}`);
  out.line(0, `Roles:\t${roles(node)}`);
  labelLines(out, 'Labels', metadata?.labels);
  annotationLines(out, metadata?.annotations);
  out.line(0, `CreationTimestamp:\t${longTime(metadata?.creationTimestamp)}`);
  taintLines(out, node);
  out.line(0, `Unschedulable:\t${spec?.unschedulable === true}`);
  await leaseLines(out, target);
  if (status?.conditions?.length) {
    out.write(0, 'Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n');
    out.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
    for (const each of status.conditions)
      out.line(
        1,
        `${each.type} \t${each.status} \t${longTime(each.lastHeartbeatTime)} \t${longTime(each.lastTransitionTime)} \t${each.reason ?? ''} \t${each.message ?? ''}`,
      );
  }
  out.line(0, 'Addresses:');
  for (const each of status?.addresses ?? []) out.line(1, `${each.type}:\t${each.address}`);
  amountLines(out, 'Capacity', status?.capacity);
  if (status?.allocatable && Object.keys(status.allocatable).length > 0)
    amountLines(out, 'Allocatable', status.allocatable);
  const info = status?.nodeInfo;
  out.line(0, 'System Info:');
  out.line(1, `Machine ID:\t${info?.machineID ?? ''}`);
  out.line(1, `System UUID:\t${info?.systemUUID ?? ''}`);
  out.line(1, `Boot ID:\t${info?.bootID ?? ''}`);
  out.line(1, `Kernel Version:\t${info?.kernelVersion ?? ''}`);
  out.line(1, `OS Image:\t${info?.osImage ?? ''}`);
  out.line(1, `Operating System:\t${info?.operatingSystem ?? ''}`);
  out.line(1, `Architecture:\t${info?.architecture ?? ''}`);
  out.line(1, `Container Runtime Version:\t${info?.containerRuntimeVersion ?? ''}`);
  out.line(1, `Kubelet Version:\t${info?.kubeletVersion ?? ''}`);
  out.line(1, `Kube-Proxy Version:\t${info?.kubeProxyVersion ?? ''}`);
  if (spec?.podCIDR) out.line(0, `PodCIDR:\t${spec.podCIDR}`);
  if (spec?.podCIDRs?.length) out.line(0, `PodCIDRs:\t${spec.podCIDRs.join(',')}`);
  if (spec?.providerID) out.line(0, `ProviderID:\t${spec.providerID}`);
  await podLines(out, target, node);
  if (target.showEvents) {
    const uid = metadata?.uid ?? '';
    const byName =
      (await eventsFor(target.session, {
        kind: 'Node',
        name: target.name,
        namespace: '',
        uid: target.name,
      })) ?? [];
    const byUid =
      (await eventsFor(target.session, { kind: 'Node', name: target.name, namespace: '', uid })) ?? [];
    writeEvents(out, sortEvents([...byName, ...byUid]), target.now);
  }
  return out.finish();
}

function taintLines(out: DescribeWriter, node: Node): void {
  const taints = [...(node.spec?.taints ?? [])].sort((a, b) =>
    `${a.effect},${a.key}`.localeCompare(`${b.effect},${b.key}`),
  );
  out.write(0, 'Taints:\t');
  if (taints.length === 0) out.write(0, '<none>\n');
  taints.forEach((taint, i) => {
    if (i !== 0) out.write(0, ' \t');
    out.write(0, `${taint.key}${taint.value ? `=${taint.value}` : ''}:${taint.effect}\n`);
  });
}

async function leaseLines(out: DescribeWriter, target: DescribeTarget): Promise<void> {
  const mapping = (await target.session.mapper()).find('leases.coordination.k8s.io');
  if (!mapping) return;
  let lease: Lease | undefined;
  try {
    lease = (await getObject(target.session, mapping, 'kube-node-lease', target.name)) as unknown as Lease;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    out.line(0, `Lease:\tFailed to get lease: ${error.message}`);
    return;
  }
  out.line(0, 'Lease:');
  out.line(1, `HolderIdentity:\t${lease.spec?.holderIdentity ?? '<unset>'}`);
  out.line(1, `AcquireTime:\t${lease.spec?.acquireTime ? longTime(lease.spec.acquireTime) : '<unset>'}`);
  out.line(1, `RenewTime:\t${lease.spec?.renewTime ? longTime(lease.spec.renewTime) : '<unset>'}`);
}

function amountLines(
  out: DescribeWriter,
  title: string,
  amounts: Readonly<Record<string, string>> | undefined,
): void {
  out.line(0, `${title}:`);
  for (const name of Object.keys(amounts ?? {}).sort()) out.line(1, `${name}:\t${amounts?.[name] ?? ''}`);
}

interface Use {
  readonly requests: Record<string, number>;
  readonly limits: Record<string, number>;
}

/** What a Pod asks for: the sum of its containers, or its largest init container, and the overhead. */
function podUse(pod: Pod): Use {
  const use: Use = { requests: {}, limits: {} };
  for (const side of ['requests', 'limits'] as const) {
    const total = use[side];
    for (const container of pod.spec?.containers ?? []) {
      for (const [name, amount] of Object.entries(container.resources?.[side] ?? {}))
        total[name] = (total[name] ?? 0) + (parseQuantity(amount) ?? 0);
    }
    for (const container of pod.spec?.initContainers ?? []) {
      for (const [name, amount] of Object.entries(container.resources?.[side] ?? {})) {
        const value = parseQuantity(amount) ?? 0;
        total[name] =
          container.restartPolicy === 'Always'
            ? (total[name] ?? 0) + value
            : Math.max(total[name] ?? 0, value);
      }
    }
    for (const [name, amount] of Object.entries(pod.spec?.overhead ?? {})) {
      if (side === 'requests' || total[name] !== undefined)
        total[name] = (total[name] ?? 0) + (parseQuantity(amount) ?? 0);
    }
  }
  return use;
}

function percent(value: number, of: string | undefined): number {
  const whole = parseQuantity(of ?? '0') ?? 0;
  return whole === 0 ? 0 : Math.trunc((value / whole) * 100);
}

function shown(name: string, value: number): string {
  if (name === 'cpu') return formatMilli(value);
  return name === 'memory' || name.startsWith('hugepages-') || name === 'ephemeral-storage'
    ? formatBinary(value)
    : formatDecimal(value);
}

async function podLines(out: DescribeWriter, target: DescribeTarget, node: Node): Promise<void> {
  const mapping = (await target.session.mapper()).find('pods');
  if (!mapping) return;
  let pods: Pod[];
  try {
    pods = (await listObjects(target.session, mapping, '', {
      fieldSelector: `spec.nodeName=${target.name},status.phase!=Failed,status.phase!=Succeeded`,
    })) as unknown as Pod[];
  } catch (error) {
    if (!(error instanceof StatusError) || error.reason !== 'Forbidden') throw error;
    out.line(0, 'Pods:\tnot authorized');
    return;
  }
  const allocatable =
    node.status?.allocatable && Object.keys(node.status.allocatable).length > 0
      ? node.status.allocatable
      : node.status?.capacity;
  out.line(0, `Non-terminated Pods:\t(${pods.length} in total)`);
  out.write(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n');
  out.write(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n');
  const total: Use = { requests: {}, limits: {} };
  for (const pod of pods) {
    const use = podUse(pod);
    for (const side of ['requests', 'limits'] as const)
      for (const [name, value] of Object.entries(use[side]))
        total[side][name] = (total[side][name] ?? 0) + value;
    const cell = (side: 'requests' | 'limits', name: string): string => {
      const value = use[side][name] ?? 0;
      return `${shown(name, value)} (${percent(value, allocatable?.[name])}%)`;
    };
    out.line(
      1,
      `${pod.metadata?.namespace ?? ''}\t${pod.metadata?.name ?? ''}\t\t${cell('requests', 'cpu')}\t${cell('limits', 'cpu')}\t${cell('requests', 'memory')}\t${cell('limits', 'memory')}\t${age(pod.metadata?.creationTimestamp, target.now)}`,
    );
  }
  out.write(0, 'Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n');
  out.write(1, 'Resource\tRequests\tLimits\n');
  out.write(1, '--------\t--------\t------\n');
  const names = [
    'cpu',
    'memory',
    'ephemeral-storage',
    ...Object.keys(allocatable ?? {})
      .filter((name) => name.startsWith('hugepages-'))
      .sort(),
  ];
  for (const name of names) {
    const requests = total.requests[name] ?? 0;
    const limits = total.limits[name] ?? 0;
    out.line(
      1,
      `${name}\t${shown(name, requests)} (${percent(requests, allocatable?.[name])}%)\t${shown(name, limits)} (${percent(limits, allocatable?.[name])}%)`,
    );
  }
  const standard = new Set(['cpu', 'memory', 'ephemeral-storage', 'pods']);
  for (const name of Object.keys(allocatable ?? {})
    .filter((each) => !standard.has(each) && !each.startsWith('hugepages-'))
    .sort())
    out.line(
      1,
      `${name}\t${shown(name, total.requests[name] ?? 0)}\t${shown(name, total.limits[name] ?? 0)}`,
    );
}
