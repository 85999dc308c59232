import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../../api/types.ts';
import { resourceTypes } from '../../../client/resource-types.ts';
import { objectKey } from '../../../client/object-key.ts';
import type { ClusterObjects } from '../../framework/cluster-objects.ts';
import { podClaims } from '../../framework/pod-claims.ts';
import type { Change, ChangeId } from '../interface.ts';

/** The claims of a Pod that are there. */
export function claimsOf(pod: Pod, objects: ClusterObjects): PersistentVolumeClaim[] {
  const namespace = pod.metadata?.namespace ?? '';
  return podClaims(pod).flatMap(({ name }) => objects.volumes.claim(namespace, name) ?? []);
}

/** The volumes to which the Pod's claims are bound, with those claims. */
export function boundVolumes(
  pod: Pod,
  objects: ClusterObjects,
): { readonly claim: PersistentVolumeClaim; readonly volume: PersistentVolume }[] {
  return claimsOf(pod, objects).flatMap((claim) => {
    const volume = objects.volumes.volume(claim.spec?.volumeName ?? '');
    return volume === undefined ? [] : [{ claim, volume }];
  });
}

export function patchVolume(
  { metadata }: PersistentVolume,
  id: ChangeId,
  patch: object,
  params: Readonly<Record<string, string>> = {},
): Change {
  const name = metadata?.name ?? '';
  const wording = { id, params: { volume: name, ...params } };
  return { target: 'object', type: resourceTypes.persistentVolumes, name, patch, wording };
}

export function patchClaim(
  claim: PersistentVolumeClaim,
  id: ChangeId,
  patch: object,
  params: Readonly<Record<string, string>> = {},
): Change {
  const name = objectKey(claim);
  const wording = { id, params: { claim: name, ...params } };
  return { target: 'object', type: resourceTypes.persistentVolumeClaims, name, patch, wording };
}
