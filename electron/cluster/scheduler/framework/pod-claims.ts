import type { PersistentVolumeClaim, Pod } from '../../api/types.ts';
import { claimClass } from '../../api/helpers/persistent-volumes.ts';
import type { VolumeObjects } from './cluster-objects.ts';

/** A volume of a Pod that is a claim. */
export interface PodClaim {
  readonly name: string;
  /** Made for this Pod alone, from a template in it. */
  readonly ephemeral: boolean;
}

/** The claims of a Pod, in the order of its volumes. */
export function podClaims({ metadata, spec }: Pod): PodClaim[] {
  const claims: PodClaim[] = [];
  for (const { name, persistentVolumeClaim, ephemeral } of spec?.volumes ?? []) {
    if (persistentVolumeClaim !== undefined)
      claims.push({ name: persistentVolumeClaim.claimName, ephemeral: false });
    else if (ephemeral !== undefined)
      claims.push({ name: `${metadata?.name ?? ''}-${name}`, ephemeral: true });
  }
  return claims;
}

export function claimNotFound(name: string): string {
  return `persistentvolumeclaim ${JSON.stringify(name)} not found`;
}

/** True when the Pod, in the namespace of the claim, uses it. */
export function usesClaim(pod: Pod, { metadata }: PersistentVolumeClaim): boolean {
  if (pod.metadata?.namespace !== metadata?.namespace) return false;
  return podClaims(pod).some(({ name }) => name === metadata?.name);
}

export const waitForFirstConsumer = 'WaitForFirstConsumer';

/** Whether the claim's class waits for a Pod. @throws Error when the class does not say. Models volume.IsDelayBindingMode (v1.34). */
export function isDelayBinding(claim: PersistentVolumeClaim, objects: VolumeObjects): boolean {
  const name = claimClass(claim);
  const found = name === '' ? undefined : objects.storageClass(name);
  if (found === undefined) return false;
  if (found.volumeBindingMode === undefined)
    throw new Error(`VolumeBindingMode not set for StorageClass ${JSON.stringify(name)}`);
  return found.volumeBindingMode === waitForFirstConsumer;
}
