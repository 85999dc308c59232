import type { GroupVersionKind } from './gvk.ts';
import { apiVersionOf } from './gvk.ts';
import type { KubeObject, ObjectMeta, OwnerReference } from './types.ts';

const NO_META: ObjectMeta = Object.freeze({});

/** The object's metadata, or an empty one. */
export function metaOf(object: KubeObject): ObjectMeta {
  return object.metadata ?? NO_META;
}

export function nameOf(object: KubeObject): string {
  return object.metadata?.name ?? '';
}

/** '' for cluster-scoped objects. */
export function namespaceOf(object: KubeObject): string {
  return object.metadata?.namespace ?? '';
}

export function uidOf(object: KubeObject): string {
  return object.metadata?.uid ?? '';
}

/** `default/web`, or the name alone for what has no namespace. Models types.NamespacedName and cache.MetaNamespaceKeyFunc. */
export function namespacedName(object: KubeObject): string {
  const namespace = namespaceOf(object);
  return namespace === '' ? nameOf(object) : `${namespace}/${nameOf(object)}`;
}

/** The owner reference with `controller: true`, if any. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata?.ownerReferences?.find((owner) => owner.controller === true);
}

export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  return controllerOf(object)?.uid === uidOf(owner) && uidOf(owner) !== '';
}

/** A controller's reference to itself, as it puts into what it makes. Models metav1.NewControllerRef (v1.34). */
export function newControllerRef(owner: KubeObject, gvk: GroupVersionKind): OwnerReference {
  return {
    apiVersion: apiVersionOf(gvk),
    kind: gvk.kind,
    name: nameOf(owner),
    uid: uidOf(owner),
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** The object with some of its metadata replaced; the rest is shared. */
export function withMeta<T extends KubeObject>(object: T, change: Partial<ObjectMeta>): T {
  return { ...object, metadata: { ...object.metadata, ...change } };
}

/** Deletion was asked for and the object is still there. */
export function isTerminating(object: KubeObject): boolean {
  return object.metadata?.deletionTimestamp !== undefined;
}
