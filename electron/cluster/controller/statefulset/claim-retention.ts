import { nameOf, newControllerRef, uidOf } from '../../apimachinery/meta.ts';
import type { KubeObject, OwnerReference } from '../../apimachinery/types.ts';
import type { PersistentVolumeClaim, Pod, StatefulSet } from '../../api/types.ts';
import type { ResourceType } from '../../client/resource-type.ts';
import { resourceTypes } from '../../client/resource-types.ts';

/** With whom a claim goes: as its owners, by which the garbage collector finds it. */
interface ClaimOwners {
  readonly set: boolean;
  readonly pod: boolean;
}

/** Whom the retention policy makes a claim's owners. `scaledDown`: its Pod is one too many. Models claimOwnerMatchesSetAndPod (v1.34). */
function wantedOwners({ spec }: StatefulSet, scaledDown: boolean): ClaimOwners {
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = spec?.persistentVolumeClaimRetentionPolicy ?? {};
  const goesWithPod = whenScaled === 'Delete' && scaledDown;
  return { set: whenDeleted === 'Delete' && !goesWithPod, pod: goesWithPod };
}

/**
 * The claim of a Pod with the owners that the policy wants; undefined when it has them, or another controller has it.
 * Models isClaimOwnerUpToDate and updateClaimOwnerRefForSetAndPod (v1.34).
 */
export function withRetention(
  claim: PersistentVolumeClaim,
  set: StatefulSet,
  pod: Pod,
  scaledDown: boolean,
): PersistentVolumeClaim | undefined {
  const wanted = wantedOwners(set, scaledDown);
  const types = { set: resourceTypes.statefulSets, pod: resourceTypes.pods };
  const owners = claim.metadata?.ownerReferences ?? [];
  const isSet = (owner: OwnerReference): boolean => isReferenceTo(owner, types.set, set);
  const isPod = (owner: OwnerReference): boolean => isReferenceTo(owner, types.pod, pod);
  const others = owners.filter((owner) => !isSet(owner) && !isPod(owner));
  // Its owner is somebody else's to say; ours are taken away all the same.
  const isForeign = others.some(({ controller }) => controller === true);
  const next = [...others];
  if (wanted.set && !isForeign) next.push(newControllerRef(set, types.set));
  if (wanted.pod && !isForeign) next.push(newControllerRef(pod, types.pod));
  const same =
    next.length === owners.length &&
    next.every((one) => owners.some((owner) => owner.uid === one.uid && owner.controller === one.controller));
  return same ? undefined : { ...claim, metadata: { ...claim.metadata, ownerReferences: next } };
}

/** The claim was given to a Pod of that name that is gone: it is on its way out. Models hasStaleOwnerRef (v1.34). */
export function isStaleClaim(claim: PersistentVolumeClaim, pod: string): boolean {
  const { apiVersion, kind } = resourceTypes.pods;
  return (claim.metadata?.ownerReferences ?? []).some(
    (owner) => owner.apiVersion === apiVersion && owner.kind === kind && owner.name === pod,
  );
}

/** Also to an earlier one of the same name. */
function isReferenceTo(
  owner: OwnerReference,
  { apiVersion, kind }: ResourceType,
  object: KubeObject,
): boolean {
  const isNamed = owner.apiVersion === apiVersion && owner.kind === kind && owner.name === nameOf(object);
  return isNamed || owner.uid === uidOf(object);
}
