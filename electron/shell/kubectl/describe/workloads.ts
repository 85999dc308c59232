import { stringAt } from '../json.ts';
import { listObjects } from '../objects.ts';
import { annotationLines, controllerOf, formatSelector, labelLines, longTime, mapLines } from './common.ts';
import { eventLines } from './events.ts';
import type { DescribeTarget } from './interface.ts';
import { templateLines } from './template.ts';
import type {
  DaemonSet,
  Deployment,
  LabelSelector,
  Pod,
  PodTemplateSpec,
  ReplicaSet,
  StatefulSet,
} from './types.ts';
import { DescribeWriter } from './writer.ts';

function count(value: number | undefined | null): number {
  return value ?? 0;
}

/** ReplicaSets a Deployment controls, oldest first. */
export async function ownedReplicaSets(
  target: DescribeTarget,
  deployment: Deployment,
): Promise<ReplicaSet[]> {
  const mapping = (await target.session.mapper()).find('replicasets.apps');
  if (!mapping) return [];
  const all = (await listObjects(target.session, mapping, target.namespace, {
    selector: formatSelector(deployment.spec?.selector),
  })) as unknown as ReplicaSet[];
  return all
    .filter((each) =>
      each.metadata?.ownerReferences?.some(
        (owner) => owner.controller === true && owner.uid === deployment.metadata?.uid,
      ),
    )
    .sort((a, b) => ((a.metadata?.creationTimestamp ?? '') < (b.metadata?.creationTimestamp ?? '') ? -1 : 1));
}

/** Two templates that make the same Pods: all but the hash label is equal. */
export function sameTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  const bare = (template: PodTemplateSpec | undefined): string => {
    const labels = { ...template?.metadata?.labels };
    delete labels['pod-template-hash'];
    return JSON.stringify(sortDeep({ ...template, metadata: { ...template?.metadata, labels } }));
  };
  return bare(a) === bare(b);
}

function sortDeep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortDeep);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, each]) => each !== null && each !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, each]) => [key, sortDeep(each)]),
    );
  }
  return value;
}

function replicaSetText(sets: readonly ReplicaSet[]): string {
  return sets.length === 0
    ? '<none>'
    : sets
        .map(
          (each) =>
            `${each.metadata?.name ?? ''} (${count(each.status?.replicas)}/${count(each.spec?.replicas)} replicas created)`,
        )
        .join(', ');
}

export async function describeDeployment(target: DescribeTarget): Promise<string> {
  const deployment = target.object as unknown as Deployment;
  const { metadata, spec, status } = deployment;
  const out = new DescribeWriter();
  out.line(0, `Name:\t${metadata?.name ?? ''}`);
  out.line(0, `Namespace:\t${metadata?.namespace ?? ''}`);
  out.line(0, `CreationTimestamp:\t${longTime(metadata?.creationTimestamp)}`);
  labelLines(out, 'Labels', metadata?.labels);
  annotationLines(out, metadata?.annotations);
  out.line(0, `Selector:\t${formatSelector(spec?.selector)}`);
  out.line(
    0,
    `Replicas:\t${count(spec?.replicas)} desired | ${count(status?.updatedReplicas)} updated | ${count(status?.replicas)} total | ${count(status?.availableReplicas)} available | ${count(status?.unavailableReplicas)} unavailable`,
  );
  out.line(0, `StrategyType:\t${spec?.strategy?.type ?? ''}`);
  out.line(0, `MinReadySeconds:\t${count(spec?.minReadySeconds)}`);
  const rolling = spec?.strategy?.rollingUpdate;
  if (rolling)
    out.line(
      0,
      `RollingUpdateStrategy:\t${String(rolling.maxUnavailable ?? '')} max unavailable, ${String(rolling.maxSurge ?? '')} max surge`,
    );
  templateLines(out, spec?.template);
  if (status?.conditions?.length) {
    out.write(0, 'Conditions:\n  Type\tStatus\tReason\n');
    out.line(1, '----\t------\t------');
    for (const condition of status.conditions)
      out.line(1, `${condition.type} \t${condition.status}\t${condition.reason ?? ''}`);
  }
  const sets = await ownedReplicaSets(target, deployment);
  const current = sets.find((each) => sameTemplate(each.spec?.template, spec?.template));
  const older = sets.filter((each) => each !== current);
  out.line(0, `OldReplicaSets:\t${replicaSetText(older)}`);
  out.line(0, `NewReplicaSet:\t${replicaSetText(current ? [current] : [])}`);
  await eventLines(out, target, 'Deployment');
  return out.finish();
}

/** How many Pods of a controller are in which phase. */
async function podPhases(
  target: DescribeTarget,
  selector: LabelSelector | undefined,
  uid: string,
): Promise<{ Running: number; Pending: number; Succeeded: number; Failed: number }> {
  const phases = { Running: 0, Pending: 0, Succeeded: 0, Failed: 0 };
  const mapping = (await target.session.mapper()).find('pods');
  if (!mapping) return phases;
  const pods = await listObjects(target.session, mapping, target.namespace, {
    selector: formatSelector(selector),
  });
  for (const object of pods) {
    const pod = object as unknown as Pod;
    const owner = pod.metadata?.ownerReferences?.find((each) => each.controller === true);
    if (owner?.uid !== uid) continue;
    const phase = stringAt(object, 'status', 'phase');
    if (phase === 'Running' || phase === 'Pending' || phase === 'Succeeded' || phase === 'Failed')
      phases[phase]++;
  }
  return phases;
}

async function phaseLine(
  out: DescribeWriter,
  target: DescribeTarget,
  selector: LabelSelector | undefined,
): Promise<void> {
  const phases = await podPhases(target, selector, stringAt(target.object, 'metadata', 'uid'));
  out.line(
    0,
    `Pods Status:\t${phases.Running} Running / ${phases.Pending} Waiting / ${phases.Succeeded} Succeeded / ${phases.Failed} Failed`,
  );
}

export async function describeReplicaSet(target: DescribeTarget): Promise<string> {
  const { metadata, spec, status } = target.object as unknown as ReplicaSet;
  const plain = target.mapping.kind === 'ReplicationController';
  const selector: LabelSelector | undefined = plain
    ? { matchLabels: spec?.selector as unknown as Record<string, string> }
    : spec?.selector;
  const out = new DescribeWriter();
  out.line(0, `Name:\t${metadata?.name ?? ''}`);
  out.line(0, `Namespace:\t${metadata?.namespace ?? ''}`);
  out.line(0, `Selector:\t${formatSelector(selector)}`);
  labelLines(out, 'Labels', metadata?.labels);
  annotationLines(out, metadata?.annotations);
  const controller = controllerOf(metadata);
  if (controller) out.line(0, `Controlled By:\t${controller}`);
  out.line(0, `Replicas:\t${count(status?.replicas)} current / ${count(spec?.replicas)} desired`);
  await phaseLine(out, target, selector);
  templateLines(out, spec?.template);
  conditionLines(out, status?.conditions);
  await eventLines(out, target);
  return out.finish();
}

function conditionLines(
  out: DescribeWriter,
  conditions: readonly { type: string; status: string; reason?: string }[] | undefined,
): void {
  if (!conditions?.length) return;
  out.write(0, 'Conditions:\n  Type\tStatus\tReason\n');
  out.line(1, '----\t------\t------');
  for (const condition of conditions)
    out.line(1, `${condition.type} \t${condition.status}\t${condition.reason ?? ''}`);
}

export async function describeStatefulSet(target: DescribeTarget): Promise<string> {
  const { metadata, spec, status } = target.object as unknown as StatefulSet;
  const out = new DescribeWriter();
  out.line(0, `Name:\t${metadata?.name ?? ''}`);
  out.line(0, `Namespace:\t${metadata?.namespace ?? ''}`);
  out.line(0, `CreationTimestamp:\t${longTime(metadata?.creationTimestamp)}`);
  out.line(0, `Selector:\t${formatSelector(spec?.selector)}`);
  labelLines(out, 'Labels', metadata?.labels);
  annotationLines(out, metadata?.annotations);
  out.line(0, `Replicas:\t${count(spec?.replicas)} desired | ${count(status?.replicas)} total`);
  out.line(0, `Update Strategy:\t${spec?.updateStrategy?.type ?? ''}`);
  const rolling = spec?.updateStrategy?.rollingUpdate;
  if (rolling?.partition !== undefined && rolling.partition !== null)
    out.line(1, `Partition:\t${rolling.partition}`);
  await phaseLine(out, target, spec?.selector);
  templateLines(out, spec?.template);
  const claims = spec?.volumeClaimTemplates ?? [];
  out.line(0, claims.length === 0 ? 'Volume Claims:\t<none>' : 'Volume Claims:');
  for (const claim of claims) {
    out.line(1, `Name:\t${claim.metadata?.name ?? ''}`);
    out.line(1, `StorageClass:\t${claim.spec?.storageClassName ?? ''}`);
    mapLines(out, 0, '  Labels', '\t', claim.metadata?.labels);
    mapLines(out, 0, '  Annotations', '\t', claim.metadata?.annotations);
    out.line(1, `Capacity:\t${claim.spec?.resources?.requests?.['storage'] ?? '<default>'}`);
    out.line(1, `Access Modes:\t[${(claim.spec?.accessModes ?? []).join(' ')}]`);
  }
  await eventLines(out, target);
  return out.finish();
}

export async function describeDaemonSet(target: DescribeTarget): Promise<string> {
  const { metadata, spec, status } = target.object as unknown as DaemonSet;
  const out = new DescribeWriter();
  out.line(0, `Name:\t${metadata?.name ?? ''}`);
  out.line(0, `Namespace:\t${metadata?.namespace ?? ''}`);
  out.line(0, `Selector:\t${formatSelector(spec?.selector)}`);
  out.line(0, `Node-Selector:\t${nodeSelector(spec?.template)}`);
  labelLines(out, 'Labels', metadata?.labels);
  annotationLines(out, metadata?.annotations);
  out.line(0, `Desired Number of Nodes Scheduled: ${count(status?.desiredNumberScheduled)}`);
  out.line(0, `Current Number of Nodes Scheduled: ${count(status?.currentNumberScheduled)}`);
  out.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${count(status?.updatedNumberScheduled)}`);
  out.line(0, `Number of Nodes Scheduled with Available Pods: ${count(status?.numberAvailable)}`);
  out.line(0, `Number of Nodes Misscheduled: ${count(status?.numberMisscheduled)}`);
  await phaseLine(out, target, spec?.selector);
  templateLines(out, spec?.template);
  await eventLines(out, target);
  return out.finish();
}

function nodeSelector(template: PodTemplateSpec | undefined): string {
  const entries = Object.entries(template?.spec?.nodeSelector ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? '<none>' : entries.map(([key, value]) => `${key}=${value}`).join(',');
}
