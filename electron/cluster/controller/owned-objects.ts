import { matchesLabels, selectorFromLabelSelector } from '../apimachinery/labels.ts';
import { controllerOf, namespaceOf, uidOf } from '../apimachinery/meta.ts';
import type { KubeObject, LabelSelector } from '../apimachinery/types.ts';
import type { ApiClient } from '../client/interface.ts';
import type { ResourceType } from '../client/resource-type.ts';
import type { SharedInformer } from '../client/shared-informer.ts';
import {
  ControllerRefManager,
  controllerUidIndex,
  indexByController,
  orphanKey,
} from './controller-ref-manager.ts';

/** A controller's object that takes what its selector matches. */
type Owner = KubeObject & { readonly spec?: { readonly selector?: LabelSelector } };

export interface OwnedObjectsOptions<T extends KubeObject, O extends Owner> {
  readonly client: ApiClient;
  readonly type: ResourceType<T>;
  readonly informer: SharedInformer<T>;
  readonly ownerType: ResourceType<O>;
  /** By key, and all of a namespace. */
  readonly owners: { get(key: string): O | undefined; namespace(namespace: string): readonly O[] };
}

/** The objects of a resource with those of one kind that control them, or might. Models getPodsFor… and resolveControllerRef (v1.34). */
export class OwnedObjects<T extends KubeObject, O extends Owner> {
  readonly #options: OwnedObjectsOptions<T, O>;

  constructor(options: OwnedObjectsOptions<T, O>) {
    this.#options = options;
    indexByController(options.informer);
  }

  /** Those whose controller the owner is. */
  of(owner: KubeObject): readonly T[] {
    return this.#options.informer.lister.byIndex(controllerUidIndex, uidOf(owner));
  }

  /** Those that the owner controls after it has taken in and let go what its selector says; only such as `counts`. @throws Error of the first failed change */
  claim(owner: O, counts: (object: T) => boolean = () => true): Promise<T[]> {
    const { client, type, informer, ownerType } = this.#options;
    const orphans = informer.lister.byIndex(controllerUidIndex, orphanKey(namespaceOf(owner)));
    const selector = selectorFromLabelSelector(owner.spec?.selector);
    const manager = new ControllerRefManager(client, type, ownerType, owner, selector);
    return manager.claim([...this.of(owner), ...orphans].filter(counts));
  }

  /** Who controls the object, if it is of this kind and still there. */
  ownerOf(object: KubeObject): O | undefined {
    const { owners, ownerType } = this.#options;
    const reference = controllerOf(object);
    if (reference?.kind !== ownerType.kind) return undefined;
    const owner = owners.get(`${namespaceOf(object)}/${reference.name}`);
    return owner !== undefined && uidOf(owner) === reference.uid ? owner : undefined;
  }

  /** Who may take in an object that nobody controls. */
  matching(object: T): readonly O[] {
    return this.#options.owners
      .namespace(namespaceOf(object))
      .filter(({ spec }) =>
        matchesLabels(selectorFromLabelSelector(spec?.selector), object.metadata?.labels),
      );
  }
}
