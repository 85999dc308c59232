import type { KubeObject } from '../../apimachinery/types.ts';
import { nameOf, namespaceOf } from '../../apimachinery/meta.ts';
import type { ReplicaSet } from '../../api/types.ts';
import { isNotFound } from '../../client/api-errors.ts';
import type { ResourceType } from '../../client/resource-type.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { ResourceEventHandler, SharedInformer } from '../../client/shared-informer.ts';
import { controllerUidIndex, indexByController } from '../controller-ref-manager.ts';
import type { ControllerContext } from '../interface.ts';

/** A kind that asks for Pods as a ReplicaSet does. */
export interface SetKind<O extends KubeObject> {
  readonly type: ResourceType<O>;
  /** Name of the work queue. */
  readonly queue: string;
  /** The same as a ReplicaSet; one object for one version. */
  toSet(object: O): ReplicaSet;
  withStatus(object: O, status: NonNullable<ReplicaSet['status']>): O;
}

export const replicaSetKind: SetKind<ReplicaSet> = {
  type: resourceTypes.replicaSets,
  queue: 'replicaset',
  toSet: (set) => set,
  withStatus: (set, status) => ({ ...set, status }),
};

/** Objects of a kind, seen as ReplicaSets. Models the adapters of pkg/controller/replication/conversion.go (v1.34). */
export class SetSource<O extends KubeObject> {
  readonly #c: ControllerContext;
  readonly #kind: SetKind<O>;
  readonly #informer: SharedInformer<O>;

  constructor(c: ControllerContext, kind: SetKind<O>) {
    this.#c = c;
    this.#kind = kind;
    this.#informer = c.factory.informer(kind.type);
    indexByController(this.#informer);
  }

  get(key: string): ReplicaSet | undefined {
    const object = this.#informer.lister.get(key);
    return object === undefined ? undefined : this.#kind.toSet(object);
  }

  namespace(namespace: string): readonly ReplicaSet[] {
    return this.#informer.lister.namespace(namespace).map((object) => this.#kind.toSet(object));
  }

  /** Those whose controller has this uid. */
  controlledBy(uid: string): readonly ReplicaSet[] {
    return this.#informer.lister.byIndex(controllerUidIndex, uid).map((object) => this.#kind.toSet(object));
  }

  addEventHandler(handler: ResourceEventHandler<ReplicaSet>): void {
    const { toSet } = this.#kind;
    this.#informer.addEventHandler({
      onAdd: (object, initial) => handler.onAdd?.(toSet(object), initial),
      onUpdate: (old, object) => handler.onUpdate?.(toSet(old), toSet(object)),
      onDelete: (object) => handler.onDelete?.(toSet(object)),
    });
  }

  /** Tries once more on the newest version; a second refusal is left to the next sync. */
  async writeStatus(set: ReplicaSet, status: NonNullable<ReplicaSet['status']>): Promise<void> {
    const { type, withStatus } = this.#kind;
    const client = this.#c.client.resource<O>(type, namespaceOf(set));
    const cached = this.#informer.lister.get(`${namespaceOf(set)}/${nameOf(set)}`);
    try {
      await client.updateStatus(withStatus(cached ?? (await client.get(nameOf(set))), status));
    } catch (error) {
      if (isNotFound(error)) return;
      await client.updateStatus(withStatus(await client.get(nameOf(set)), status));
    }
  }
}
