import { matchesLabels, selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { compareQuantities, parseQuantity } from '../../apimachinery/quantity.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim } from '../types.ts';
import { matchesNodeSelector } from './node-selector.ts';

/** Set when the binding is done: a claim that loses its volume after that has lost its data. */
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
/** The binding was found by a controller, not asked for by a person. */
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
/** Name of the provisioner that made the volume. */
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
/** Node for which a claim of a class that waits for its first consumer is to be provisioned. */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
/** Name of the provisioner that is to make the claim's volume. */
export const STORAGE_PROVISIONER = 'volume.kubernetes.io/storage-provisioner';
export const BETA_STORAGE_PROVISIONER = 'volume.beta.kubernetes.io/storage-provisioner';

/** The class of a claim; empty for none. Models GetPersistentVolumeClaimClass. */
export function claimClass({ metadata, spec }: PersistentVolumeClaim): string {
  return metadata?.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? '';
}

/** True when the volume can be used on a node with these labels. Models volume.CheckNodeAffinity. */
export function isReachable({ spec }: PersistentVolume, node: Node): boolean {
  const required = spec?.nodeAffinity?.required;
  return required === undefined || matchesNodeSelector(required.nodeSelectorTerms, node);
}

export function isBoundToClaim({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const ref = spec?.claimRef;
  if (ref === undefined || ref.name !== metadata?.name || ref.namespace !== metadata?.namespace) return false;
  return ref.uid === undefined || ref.uid === '' || ref.uid === metadata?.uid;
}

/** Bytes that a claim asks for, as written. */
export function requestedStorage({ spec }: PersistentVolumeClaim): string {
  return (spec?.resources?.requests?.['storage'] as string | undefined) ?? '0';
}

/** Bytes that a volume has, as written. */
export function capacityOf({ spec }: PersistentVolume): string {
  return (spec?.capacity?.['storage'] as string | undefined) ?? '0';
}

export function compareStorage(a: string, b: string): number {
  return compareQuantities(parseQuantity(a), parseQuantity(b));
}

/**
 * The volume that a claim was promised, or the smallest that would do: on `node`, or, without one, for a class that does not wait
 * for a Pod (`delayed`). Models FindMatchingVolume of component-helpers storage/volume (v1.34).
 */
export function findMatchingVolume(
  claim: PersistentVolumeClaim,
  volumes: Iterable<PersistentVolume>,
  node: Node | undefined,
  excluded: ReadonlySet<string>,
  delayed: boolean,
): PersistentVolume | undefined {
  const wanted = requestedStorage(claim);
  const className = claimClass(claim);
  const labelSelector = claim.spec?.selector;
  const selector = labelSelector === undefined ? undefined : selectorFromLabelSelector(labelSelector);
  let smallest: PersistentVolume | undefined;
  for (const volume of volumes) {
    if (excluded.has(volume.metadata?.name ?? '')) continue;
    const promised = isBoundToClaim(volume, claim);
    if (volume.spec?.claimRef !== undefined && !promised) continue;
    if (compareStorage(capacityOf(volume), wanted) < 0 || volume.metadata?.deletionTimestamp !== undefined)
      continue;
    if (!sameMode(claim, volume)) continue;
    const reachable = node === undefined || isReachable(volume, node);
    if (promised) return reachable ? volume : undefined;
    // Whoever places the Pod will find its volume.
    if (node === undefined && delayed) continue;
    if (volume.status?.phase !== 'Available' || !reachable || volumeClass(volume) !== className) continue;
    if (selector !== undefined && !matchesLabels(selector, volume.metadata?.labels)) continue;
    if (!sameAttributes(claim, volume) || !hasModes(claim, volume)) continue;
    if (smallest === undefined || compareStorage(capacityOf(smallest), capacityOf(volume)) > 0)
      smallest = volume;
  }
  return smallest;
}

/** Both are for file systems, or both for raw blocks. */
export function sameMode(claim: PersistentVolumeClaim, volume: PersistentVolume): boolean {
  return (claim.spec?.volumeMode ?? 'Filesystem') === (volume.spec?.volumeMode ?? 'Filesystem');
}

export function sameAttributes(claim: PersistentVolumeClaim, volume: PersistentVolume): boolean {
  return (claim.spec?.volumeAttributesClassName ?? '') === (volume.spec?.volumeAttributesClassName ?? '');
}

export function hasModes(claim: PersistentVolumeClaim, volume: PersistentVolume): boolean {
  const modes = volume.spec?.accessModes ?? [];
  return (claim.spec?.accessModes ?? []).every((mode) => modes.includes(mode));
}

/** Models GetPersistentVolumeClass. */
export function volumeClass({ metadata, spec }: PersistentVolume): string {
  return metadata?.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? '';
}
