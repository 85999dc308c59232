import { matchesNodeSelector } from '../../api/helpers/node-selector.ts';
import { untoleratedTaint } from '../../api/helpers/tolerations.ts';
import { nameOf } from '../../apimachinery/meta.ts';
import type { DaemonSet, Node, Pod, PodTemplateSpec, Toleration } from '../../api/types.ts';

export const revisionHashLabel = 'controller-revision-hash';
const templateGenerationLabel = 'pod-template-generation';
const templateGenerationAnnotation = 'deprecated.daemonset.template.generation';
const nodeNameField = 'metadata.name';

type PodSpec = NonNullable<PodTemplateSpec['spec']>;

/** Of a node that is broken or full, daemons go last, if at all. Models daemon/util AddOrUpdateDaemonPodTolerations (v1.34). */
function tolerations(spec: PodSpec): Toleration[] {
  const own: Toleration[] = [
    ...['not-ready', 'unreachable'].map((name) => toleration(name, 'NoExecute')),
    ...['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map((name) =>
      toleration(name, 'NoSchedule'),
    ),
    ...(spec.hostNetwork === true ? [toleration('network-unavailable', 'NoSchedule')] : []),
  ];
  const same = (a: Toleration, b: Toleration): boolean =>
    a.key === b.key && a.effect === b.effect && a.operator === b.operator && a.value === b.value;
  const written = spec.tolerations ?? [];
  return [...written, ...own.filter((one) => !written.some((other) => same(one, other)))];
}

function toleration(name: string, effect: string): Toleration {
  return { key: `node.kubernetes.io/${name}`, operator: 'Exists', effect };
}

/** The template of a daemon's Pod for one node. Models daemon/util CreatePodTemplate (v1.34). */
export function daemonPodTemplate(set: DaemonSet, hash: string, node: string): PodTemplateSpec {
  const template = set.spec?.template ?? {};
  const spec = template.spec as PodSpec;
  const generation = set.metadata?.annotations?.[templateGenerationAnnotation];
  const labels = {
    ...template.metadata?.labels,
    ...(generation === undefined ? {} : { [templateGenerationLabel]: generation }),
    [revisionHashLabel]: hash,
  };
  const { nodeAffinity, ...otherAffinity } = spec.affinity ?? {};
  const pinned = { matchFields: [{ key: nodeNameField, operator: 'In', values: [node] }] };
  const required = { nodeSelectorTerms: [pinned] };
  const affinity = {
    ...otherAffinity,
    nodeAffinity: { ...nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: required },
  };
  return {
    ...template,
    metadata: { ...template.metadata, labels },
    spec: { ...spec, affinity, tolerations: tolerations(spec) },
  };
}

/** The node a daemon's Pod is on, or is meant for; '' when neither is known. Models daemon/util GetTargetNodeName (v1.34). */
export function targetNode(pod: Pod): string {
  if ((pod.spec?.nodeName ?? '') !== '') return pod.spec?.nodeName ?? '';
  const terms =
    pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  for (const { matchFields = [] } of terms)
    for (const { key, operator, values = [] } of matchFields)
      if (key === nodeNameField && operator === 'In' && values.length === 1) return values[0] ?? '';
  return '';
}

/** Whether a node is to have a daemon, and whether one there may stay. Models NodeShouldRunDaemonPod (v1.34). */
export function nodeWants(set: DaemonSet, node: Node): { readonly run: boolean; readonly stay: boolean } {
  const spec = set.spec?.template.spec as PodSpec;
  const no = { run: false, stay: false };
  if ((spec.nodeName ?? '') !== '' && spec.nodeName !== nameOf(node)) return no;
  const labels = node.metadata?.labels ?? {};
  if (Object.entries(spec.nodeSelector ?? {}).some(([key, value]) => labels[key] !== value)) return no;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required !== undefined && !matchesNodeSelector(required.nodeSelectorTerms, node)) return no;
  const taints = node.spec?.taints;
  const tolerated = tolerations(spec);
  const run = untoleratedTaint(taints, tolerated, ['NoExecute', 'NoSchedule']) === undefined;
  return { run, stay: run || untoleratedTaint(taints, tolerated, ['NoExecute']) === undefined };
}

/** Made from this revision of the template. */
export function isUpdated(pod: Pod, hash: string): boolean {
  return hash !== '' && pod.metadata?.labels?.[revisionHashLabel] === hash;
}
