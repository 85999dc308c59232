import type { OwnerReference } from '../../apimachinery/types.ts';
import type { ResourceType } from '../../client/resource-type.ts';

/** Who an object is. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** An object in the owner graph. Models garbagecollector/graph.go node (v1.34). */
export interface GraphNode {
  readonly identity: ObjectReference;
  readonly type: ResourceType | undefined;
  readonly dependents: Set<GraphNode>;
  owners: readonly OwnerReference[];
  /** deletionTimestamp is set. */
  beingDeleted: boolean;
  /** It is being deleted in the foreground: its dependents go first. */
  deletingDependents: boolean;
  /** Known only from somebody's reference to it: it may not exist. */
  virtual: boolean;
}

/** `Pod default/web (uid)` for logs and records. */
export function describe({ kind, namespace, name }: ObjectReference): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}

/** Dependents that hold up the foreground deletion of their owner. */
export function blockingDependents(owner: GraphNode): GraphNode[] {
  return [...owner.dependents].filter((dependent) =>
    dependent.owners.some(
      (reference) => reference.uid === owner.identity.uid && reference.blockOwnerDeletion === true,
    ),
  );
}
