import { humanDuration } from '../duration.ts';
import { annotationLines, controllerOf, labelLines, longTime, mapLines } from './common.ts';
import { containerLines, podFields } from './containers.ts';
import { eventLines } from './events.ts';
import type { DescribeTarget } from './interface.ts';
import { spreadLines, tolerationLines } from './template.ts';
import type { Pod } from './types.ts';
import { volumeLines } from './volumes.ts';
import { DescribeWriter } from './writer.ts';

/** Models `describePod` of kubectl's pkg/describe/describe.go (v1.33). */
export async function describePod(target: DescribeTarget): Promise<string> {
  const pod = target.object as unknown as Pod;
  const { metadata, spec, status } = pod;
  const out = new DescribeWriter();
  out.line(0, `Name:\t${metadata?.name ?? ''}`);
  out.line(0, `Namespace:\t${metadata?.namespace ?? ''}`);
  if (spec?.priority !== undefined && spec.priority !== null) out.line(0, `Priority:\t${spec.priority}`);
  if (spec?.priorityClassName) out.line(0, `Priority Class Name:\t${spec.priorityClassName}`);
  if (spec?.runtimeClassName) out.line(0, `Runtime Class Name:\t${spec.runtimeClassName}`);
  if (spec?.serviceAccountName) out.line(0, `Service Account:\t${spec.serviceAccountName}`);
  out.line(0, `Node:\t${spec?.nodeName ? `${spec.nodeName}/${status?.hostIP ?? ''}` : '<none>'}`);
  if (status?.startTime) out.line(0, `Start Time:\t${longTime(status.startTime)}`);
  labelLines(out, 'Labels', metadata?.labels);
  annotationLines(out, metadata?.annotations);
  if (metadata?.deletionTimestamp && status?.reason !== 'NodeLost') {
    out.line(
      0,
      `Status:\tTerminating (lasts ${humanDuration(target.now - Date.parse(metadata.deletionTimestamp))})`,
    );
    out.line(0, `Termination Grace Period:\t${metadata.deletionGracePeriodSeconds ?? 0}s`);
  } else out.line(0, `Status:\t${status?.phase ?? ''}`);
  if (status?.reason) out.line(0, `Reason:\t${status.reason}`);
  if (status?.message) out.line(0, `Message:\t${status.message}`);
  const seccomp = spec?.securityContext?.seccompProfile;
  if (seccomp) {
    out.line(0, `SeccompProfile:\t${seccomp.type}`);
    if (seccomp.type === 'Localhost') out.line(0, `LocalhostProfile:\t${seccomp.localhostProfile ?? ''}`);
  }
  out.line(0, `IP:\t${status?.podIP ?? ''}`);
  const ips = status?.podIPs ?? [];
  out.line(0, ips.length === 0 ? 'IPs:\t<none>' : 'IPs:');
  for (const each of ips) out.line(1, `IP:\t${each.ip}`);
  const controller = controllerOf(metadata);
  if (controller) out.line(0, `Controlled By:\t${controller}`);
  if (status?.nominatedNodeName) out.line(0, `NominatedNodeName:\t${status.nominatedNodeName}`);

  const resolve = podFields(pod);
  if (spec?.initContainers?.length)
    containerLines(out, spec.initContainers, {
      title: 'Init Containers',
      indent: '',
      statuses: status?.initContainerStatuses,
      resolve,
    });
  containerLines(out, spec?.containers, {
    title: 'Containers',
    indent: '',
    statuses: status?.containerStatuses,
    resolve,
  });
  if (spec?.ephemeralContainers?.length)
    containerLines(out, spec.ephemeralContainers, {
      title: 'Ephemeral Containers',
      indent: '',
      statuses: status?.ephemeralContainerStatuses,
      resolve,
    });
  gateLines(out, pod);
  if (status?.conditions?.length) {
    out.write(0, 'Conditions:\n  Type\tStatus\n');
    for (const condition of status.conditions) out.line(1, `${condition.type} \t${condition.status} `);
  }
  volumeLines(out, spec?.volumes, '');
  out.line(0, `QoS Class:\t${status?.qosClass ?? qosClass(pod)}`);
  mapLines(out, 0, 'Node-Selectors', '\t', spec?.nodeSelector);
  tolerationLines(out, '', spec?.tolerations);
  if (spec?.topologySpreadConstraints?.length) spreadLines(out, '', spec.topologySpreadConstraints);
  await eventLines(out, target, 'Pod');
  return out.finish();
}

function gateLines(out: DescribeWriter, pod: Pod): void {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return;
  out.write(0, 'Readiness Gates:\n  Type\tStatus\n');
  for (const gate of gates) {
    const found = pod.status?.conditions?.find((condition) => condition.type === gate.conditionType);
    out.line(1, `${gate.conditionType} \t${found?.status ?? '<none>'} `);
  }
}

/** For a Pod whose status does not tell yet. */
function qosClass(pod: Pod): string {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const amounts = containers.flatMap(({ resources }) => [
    ...Object.keys(resources?.limits ?? {}),
    ...Object.keys(resources?.requests ?? {}),
  ]);
  if (!amounts.some((name) => name === 'cpu' || name === 'memory')) return 'BestEffort';
  const full = containers.every(({ resources }) =>
    ['cpu', 'memory'].every((name) => {
      const limit = resources?.limits?.[name];
      return limit !== undefined && (resources?.requests?.[name] ?? limit) === limit;
    }),
  );
  return full ? 'Guaranteed' : 'Burstable';
}
