import { matchesNodeSelector } from '../../../api/helpers/node-selector.ts';
import { matchesLabels, selectorFromLabelSelector } from '../../../apimachinery/labels.ts';
import { compareQuantities, parseQuantity } from '../../../apimachinery/quantity.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim } from '../../../api/types.ts';
import { claimClass } from '../../framework/pod-claims.ts';

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

function capacity({ spec }: PersistentVolume): string {
  return (spec?.capacity?.['storage'] as string | undefined) ?? '0';
}

export function compareStorage(a: string, b: string): number {
  return compareQuantities(parseQuantity(a), parseQuantity(b));
}

/**
 * The volume that a claim was promised, or the smallest that would do on the node. Models FindMatchingVolume of
 * component-helpers storage/volume with delayed binding (v1.34).
 */
export function findMatchingVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  node: Node,
  excluded: ReadonlySet<string>,
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
    if (compareStorage(capacity(volume), wanted) < 0 || volume.metadata?.deletionTimestamp !== undefined)
      continue;
    if ((claim.spec?.volumeMode ?? 'Filesystem') !== (volume.spec?.volumeMode ?? 'Filesystem')) continue;
    const reachable = isReachable(volume, node);
    if (promised) return reachable ? volume : undefined;
    if (volume.status?.phase !== 'Available' || !reachable || volumeClass(volume) !== className) continue;
    if (selector !== undefined && !matchesLabels(selector, volume.metadata?.labels)) continue;
    if ((claim.spec?.volumeAttributesClassName ?? '') !== (volume.spec?.volumeAttributesClassName ?? ''))
      continue;
    const modes = volume.spec?.accessModes ?? [];
    if (!(claim.spec?.accessModes ?? []).every((mode) => modes.includes(mode))) continue;
    if (smallest === undefined || compareStorage(capacity(smallest), capacity(volume)) > 0) smallest = volume;
  }
  return smallest;
}

/** Models GetPersistentVolumeClass. */
export function volumeClass({ metadata, spec }: PersistentVolume): string {
  return metadata?.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? '';
}
