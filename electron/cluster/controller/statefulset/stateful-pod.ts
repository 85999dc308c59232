import { nameOf, namespaceOf, newControllerRef } from '../../apimachinery/meta.ts';
import type { ControllerRevision, PersistentVolumeClaim, Pod, StatefulSet } from '../../api/types.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { templateOf } from '../history/revision-history.ts';
import { isPodReady } from '../pod-status.ts';

export const revisionLabel = 'controller-revision-hash';
const podNameLabel = 'statefulset.kubernetes.io/pod-name';
const podIndexLabel = 'apps.kubernetes.io/pod-index';

/** The ordinal of a Pod of this set; undefined for another's name. Models stateful_set_utils.go getParentNameAndOrdinal (v1.34). */
export function ordinalOf(set: StatefulSet, pod: Pod): number | undefined {
  const found = /^(.*)-([0-9]+)$/.exec(nameOf(pod));
  return found?.[1] === nameOf(set) ? Number(found[2]) : undefined;
}

export function podName(set: StatefulSet, ordinal: number): string {
  return `${nameOf(set)}-${ordinal}`;
}

/** The Pod of an ordinal as a revision has it. Models newVersionedStatefulSetPod (v1.34). */
export function statefulPod(set: StatefulSet, revision: ControllerRevision, ordinal: number): Pod {
  const template = templateOf(revision);
  const name = podName(set, ordinal);
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: namespaceOf(set),
      labels: { ...labels, [revisionLabel]: nameOf(revision) },
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [newControllerRef(set, resourceTypes.statefulSets)],
    },
    spec: { ...template.spec, hostname: name, ...subdomain(set) } as NonNullable<Pod['spec']>,
  };
  return withIdentity(set, pod, ordinal);
}

function subdomain(set: StatefulSet): { subdomain?: string } {
  const name = set.spec?.serviceName ?? '';
  return name === '' ? {} : { subdomain: name };
}

/** With the labels of its ordinal and the volumes of its claims. */
export function withIdentity(set: StatefulSet, pod: Pod, ordinal: number): Pod {
  const labels = {
    ...pod.metadata?.labels,
    [podNameLabel]: podName(set, ordinal),
    [podIndexLabel]: String(ordinal),
  };
  const claims = claimsOf(set, ordinal).map(({ volume, claim }) => ({
    name: volume,
    persistentVolumeClaim: { claimName: nameOf(claim) },
  }));
  const names = new Set(claims.map(({ name }) => name));
  const others = (pod.spec?.volumes ?? []).filter(({ name }) => !names.has(name));
  const volumes = [...claims, ...others];
  return {
    ...pod,
    metadata: { ...pod.metadata, labels },
    spec: { ...pod.spec, ...(volumes.length === 0 ? {} : { volumes }) } as NonNullable<Pod['spec']>,
  };
}

/** Has the labels and the claims of its ordinal. */
export function identityMatches(set: StatefulSet, pod: Pod, ordinal: number): boolean {
  const labels = pod.metadata?.labels ?? {};
  if (labels[podNameLabel] !== podName(set, ordinal) || labels[podIndexLabel] !== String(ordinal))
    return false;
  return claimsOf(set, ordinal).every(({ volume, claim }) =>
    pod.spec?.volumes?.some(
      ({ name, persistentVolumeClaim }) =>
        name === volume && persistentVolumeClaim?.claimName === nameOf(claim),
    ),
  );
}

/** The claims of an ordinal with the volumes that they are for. */
export function claimsOf(
  set: StatefulSet,
  ordinal: number,
): { readonly volume: string; readonly claim: PersistentVolumeClaim }[] {
  return (set.spec?.volumeClaimTemplates ?? []).map((template) => {
    const labels = { ...template.metadata?.labels, ...set.spec?.selector?.matchLabels };
    const { status: _, ...claim } = template;
    const name = `${nameOf(template)}-${podName(set, ordinal)}`;
    const metadata = { ...claim.metadata, name, namespace: namespaceOf(set), labels };
    return { volume: nameOf(template), claim: { ...claim, metadata } };
  });
}

export function isRunningAndReady(pod: Pod): boolean {
  return pod.status?.phase === 'Running' && isPodReady(pod);
}
