import type { Pod } from '../api/types.ts';
import { nameOf, namespaceOf } from '../apimachinery/meta.ts';
import type { SharedInformer } from '../client/shared-informer.ts';

const INDEX = 'pods/claim';

/** Keys of the claims a Pod uses: by name, and those made for its ephemeral volumes. */
export function claimsOf(pod: Pod): string[] {
  return (pod.spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    const claim = persistentVolumeClaim?.claimName ?? (ephemeral && `${nameOf(pod)}-${name}`);
    return claim === undefined ? [] : [`${namespaceOf(pod)}/${claim}`];
  });
}

/** Sees to it that Pods are found by their claims; several controllers share the informer. Models common.PodPVCIndexFunc (v1.34). */
export function podsByClaim(pods: SharedInformer<Pod>): void {
  if (!pods.indexer.hasIndex(INDEX)) pods.addIndexers({ [INDEX]: claimsOf });
}

/** Pods that use the claim of this key. */
export function podsOfClaim(pods: SharedInformer<Pod>, key: string): readonly Pod[] {
  return pods.lister.byIndex(INDEX, key);
}
