import type { KubeObject, OwnerReference } from '../../apimachinery/types.ts';
import { nameOf, namespaceOf, uidOf } from '../../apimachinery/meta.ts';
import type { ResourceType } from '../../client/resource-type.ts';
import type { GraphNode, ObjectReference } from './graph-node.ts';

export const foregroundFinalizer = 'foregroundDeletion';
export const orphanFinalizer = 'orphan';

/** What the graph asks to be looked at. Keys are uids. */
export interface GraphQueues {
  attemptToDelete(uid: string): void;
  attemptToOrphan(uid: string): void;
}

function isBeingDeleted(object: KubeObject): boolean {
  return object.metadata?.deletionTimestamp !== undefined;
}

function hasFinalizer(object: KubeObject, finalizer: string): boolean {
  return object.metadata?.finalizers?.includes(finalizer) ?? false;
}

/**
 * Who owns whom, kept from the informers of all resources. Models garbagecollector/graph_builder.go (v1.34).
 *
 * Example: Deployment d owns ReplicaSet r owns Pod p. When d is seen to be gone, its node leaves the graph and
 * r is asked to be looked at; the look finds r's only owner absent and deletes r; and so on to p.
 */
export class OwnerGraph {
  readonly #nodes = new Map<string, GraphNode>();
  readonly #queues: GraphQueues;

  constructor(queues: GraphQueues) {
    this.#queues = queues;
  }

  get size(): number {
    return this.#nodes.size;
  }

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }

  /** An object was added or changed. `old` is undefined when it is new to the cache. */
  observe(type: ResourceType, old: KubeObject | undefined, object: KubeObject): void {
    const uid = uidOf(object);
    const known = this.#nodes.get(uid);
    const owners = object.metadata?.ownerReferences ?? [];
    if (known === undefined || known.virtual) {
      const node: GraphNode = {
        identity: {
          apiVersion: type.apiVersion,
          kind: type.kind,
          namespace: namespaceOf(object),
          name: nameOf(object),
          uid,
        },
        type,
        dependents: known?.dependents ?? new Set(),
        owners,
        beingDeleted: isBeingDeleted(object),
        deletingDependents: isBeingDeleted(object) && hasFinalizer(object, foregroundFinalizer),
        virtual: false,
      };
      this.#nodes.set(uid, node);
      this.#attach(node, owners);
      this.#follow(node, undefined, object);
      return;
    }
    this.#changeOwners(known, owners);
    if (isBeingDeleted(object)) known.beingDeleted = true;
    this.#follow(known, old, object);
  }

  /** An object is gone, or a virtual one turned out not to exist. */
  remove(uid: string): void {
    const node = this.#nodes.get(uid);
    if (node === undefined) return;
    this.#nodes.delete(uid);
    for (const { uid: ownerUid } of node.owners) {
      const owner = this.#nodes.get(ownerUid);
      if (owner === undefined) continue;
      owner.dependents.delete(node);
      // Its last dependent may have been what held up the owner's own deletion.
      if (owner.deletingDependents) this.#queues.attemptToDelete(ownerUid);
      this.#dropIdleVirtual(owner);
    }
    for (const dependent of node.dependents) this.#queues.attemptToDelete(dependent.identity.uid);
  }

  #attach(node: GraphNode, owners: readonly OwnerReference[]): void {
    for (const reference of owners) {
      let owner = this.#nodes.get(reference.uid);
      if (owner === undefined) {
        owner = virtualNode(reference, node.identity.namespace);
        this.#nodes.set(reference.uid, owner);
        // Not seen yet, or not there at all: to be found out.
        this.#queues.attemptToDelete(reference.uid);
      }
      owner.dependents.add(node);
    }
  }

  #changeOwners(node: GraphNode, owners: readonly OwnerReference[]): void {
    const old = node.owners;
    if (old === owners || JSON.stringify(old) === JSON.stringify(owners)) return;
    const removed = old.filter(({ uid }) => !owners.some((reference) => reference.uid === uid));
    const added = owners.filter(({ uid }) => !old.some((reference) => reference.uid === uid));
    const unblocked = old.filter(
      (reference) =>
        reference.blockOwnerDeletion === true &&
        owners.some(({ uid, blockOwnerDeletion }) => uid === reference.uid && blockOwnerDeletion !== true),
    );
    node.owners = owners;
    for (const { uid } of removed) {
      const owner = this.#nodes.get(uid);
      owner?.dependents.delete(node);
      if (owner !== undefined) this.#dropIdleVirtual(owner);
    }
    for (const { uid } of [...removed, ...unblocked])
      if (this.#nodes.get(uid)?.deletingDependents === true) this.#queues.attemptToDelete(uid);
    this.#attach(node, added);
    // Its owners are others now: they may all be gone.
    if (removed.length > 0 || added.length > 0) this.#queues.attemptToDelete(node.identity.uid);
  }

  #follow(node: GraphNode, old: KubeObject | undefined, object: KubeObject): void {
    const uid = node.identity.uid;
    const began = (finalizer: string): boolean =>
      isBeingDeleted(object) &&
      hasFinalizer(object, finalizer) &&
      (old === undefined || !isBeingDeleted(old) || !hasFinalizer(old, finalizer));
    if (began(orphanFinalizer)) this.#queues.attemptToOrphan(uid);
    if (began(foregroundFinalizer)) {
      node.deletingDependents = true;
      for (const dependent of node.dependents) this.#queues.attemptToDelete(dependent.identity.uid);
      this.#queues.attemptToDelete(uid);
    }
  }

  #dropIdleVirtual(owner: GraphNode): void {
    if (owner.virtual && owner.dependents.size === 0) this.#nodes.delete(owner.identity.uid);
  }
}

function virtualNode(reference: OwnerReference, namespace: string): GraphNode {
  const identity: ObjectReference = {
    apiVersion: reference.apiVersion,
    kind: reference.kind,
    namespace,
    name: reference.name,
    uid: reference.uid,
  };
  return {
    identity,
    type: undefined,
    dependents: new Set(),
    owners: [],
    beingDeleted: false,
    deletingDependents: false,
    virtual: true,
  };
}
