import type { Container, ObjectMeta, Pod, PodSpec } from '../api/types.ts';

/** Values that the API server would have filled in: a Pod from a manifest file has not been there. */

export function metaOf(
  pod: Pod,
): ObjectMeta & { readonly name: string; readonly namespace: string; readonly uid: string } {
  const meta = pod.metadata ?? {};
  return { ...meta, name: meta.name ?? '', namespace: meta.namespace ?? '', uid: meta.uid ?? '' };
}

export function specOf(pod: Pod): PodSpec {
  return pod.spec ?? { containers: [] };
}

export function uidOf(pod: Pod): string {
  return pod.metadata?.uid ?? '';
}

/** `name_namespace`, as in the kubelet's own texts. */
export function fullNameOf(pod: Pod): string {
  return `${pod.metadata?.name ?? ''}_${pod.metadata?.namespace ?? ''}`;
}

export type RestartPolicy = 'Always' | 'OnFailure' | 'Never';

export function restartPolicyOf(pod: Pod): RestartPolicy {
  return (pod.spec?.restartPolicy ?? 'Always') as RestartPolicy;
}

export function pullPolicyOf(container: Container): 'Always' | 'IfNotPresent' | 'Never' {
  const image = container.image ?? '';
  const untagged = !image.includes('@') && !/:[^/]+$/.test(image);
  const fallback = untagged || image.endsWith(':latest') ? 'Always' : 'IfNotPresent';
  return (container.imagePullPolicy ?? fallback) as 'Always' | 'IfNotPresent' | 'Never';
}

/** Containers that were added to the Pod while it ran, as containers like any other. */
export function ephemeralContainersOf(pod: Pod): readonly Container[] {
  return (pod.spec?.ephemeralContainers ?? []) as readonly Container[];
}

/** Which list of the spec a container is in. */
export function listOf(pod: Pod, name: string): 'containers' | 'initContainers' | 'ephemeralContainers' {
  const has = (list: readonly { readonly name: string }[] | undefined): boolean =>
    (list ?? []).some((container) => container.name === name);
  if (has(pod.spec?.initContainers)) return 'initContainers';
  return has(pod.spec?.ephemeralContainers) ? 'ephemeralContainers' : 'containers';
}

/** Seconds that the Pod has to end in. */
export function gracePeriodOf(pod: Pod): number {
  return pod.metadata?.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30;
}

/** Init containers that keep running beside the others. */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

export const CONFIG_SOURCE = 'kubernetes.io/config.source';
export const CONFIG_HASH = 'kubernetes.io/config.hash';
export const CONFIG_SEEN = 'kubernetes.io/config.seen';
export const CONFIG_MIRROR = 'kubernetes.io/config.mirror';

/** From a file on this machine rather than from the API. */
export function isStaticPod(pod: Pod): boolean {
  const source = pod.metadata?.annotations?.[CONFIG_SOURCE];
  return source !== undefined && source !== 'api' && !isMirrorPod(pod);
}

/** What stands for a static Pod in the API. */
export function isMirrorPod(pod: Pod): boolean {
  return pod.metadata?.annotations?.[CONFIG_MIRROR] !== undefined;
}

/** A short, stable hash of what a container was made from. */
export function containerHash(container: Container): string {
  let hash = 0x811c9dc5;
  for (const char of `${container.name}|${container.image ?? ''}`)
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}
