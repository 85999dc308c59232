import type { KubeObject, OwnerReference } from '../apimachinery/types.ts';
import { controllerOf, isTerminating, nameOf, namespaceOf, uidOf } from '../apimachinery/meta.ts';
import type { Selector } from '../apimachinery/labels.ts';
import { matchesLabels } from '../apimachinery/labels.ts';
import { isInvalid, isNotFound } from '../client/api-errors.ts';
import type { ApiClient } from '../client/interface.ts';
import type { ResourceType } from '../client/resource-type.ts';
import type { SharedInformer } from '../client/shared-informer.ts';

/** Index of objects by the uid of their controller; those without one are under `orphanKey` of their namespace. */
export const controllerUidIndex = 'controllerUid';

export function orphanKey(namespace: string): string {
  return `orphan/${namespace}`;
}

function controllerUidOf(object: KubeObject): readonly string[] {
  const owner = controllerOf(object);
  return [owner === undefined ? orphanKey(namespaceOf(object)) : owner.uid];
}

/** Makes objects be found by their controller. */
export function indexByController<T extends KubeObject>(informer: SharedInformer<T>): void {
  if (!informer.indexer.hasIndex(controllerUidIndex))
    informer.addIndexers({ [controllerUidIndex]: controllerUidOf });
}

/**
 * Decides which objects belong to a controller: takes in orphans that its selector matches, lets go of what it
 * no longer matches. Models pkg/controller ControllerRefManager (v1.34).
 */
export class ControllerRefManager<T extends KubeObject, O extends KubeObject> {
  readonly #client: ApiClient;
  readonly #type: ResourceType<T>;
  readonly #ownerType: ResourceType<O>;
  readonly #owner: O;
  readonly #selector: Selector;
  #checked: Promise<void> | undefined;

  constructor(
    client: ApiClient,
    type: ResourceType<T>,
    ownerType: ResourceType<O>,
    owner: O,
    selector: Selector,
  ) {
    this.#client = client;
    this.#type = type;
    this.#ownerType = ownerType;
    this.#owner = owner;
    this.#selector = selector;
  }

  /** The objects among `candidates` that are (now) the owner's. @throws Error of the first failed change */
  async claim(candidates: readonly T[]): Promise<T[]> {
    const claimed: T[] = [];
    for (const object of candidates) {
      const verdict = this.#judge(object);
      if (verdict === 'keep') claimed.push(object);
      else if (verdict === 'release') await this.#release(object);
      else if (verdict === 'adopt' && (await this.#adopt(object))) claimed.push(object);
    }
    return claimed;
  }

  #judge(object: T): 'keep' | 'release' | 'adopt' | 'ignore' {
    const reference = controllerOf(object);
    const owner = this.#owner;
    if (reference !== undefined && reference.uid !== uidOf(owner)) return 'ignore';
    const matches = matchesLabels(this.#selector, object.metadata?.labels);
    if (reference !== undefined) return matches ? 'keep' : isTerminating(owner) ? 'ignore' : 'release';
    if (!matches || isTerminating(owner) || isTerminating(object)) return 'ignore';
    return namespaceOf(object) === namespaceOf(owner) ? 'adopt' : 'ignore';
  }

  async #adopt(object: T): Promise<boolean> {
    this.#checked ??= this.#checkOwner();
    await this.#checked;
    const reference: OwnerReference = {
      apiVersion: this.#ownerType.apiVersion,
      kind: this.#ownerType.kind,
      name: nameOf(this.#owner),
      uid: uidOf(this.#owner),
      controller: true,
      blockOwnerDeletion: true,
    };
    const patch = { metadata: { ownerReferences: [reference], uid: uidOf(object) } };
    try {
      await this.#resource(object).patch(nameOf(object), 'application/strategic-merge-patch+json', patch);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  async #release(object: T): Promise<void> {
    const patch = {
      metadata: { ownerReferences: [{ $patch: 'delete', uid: uidOf(this.#owner) }], uid: uidOf(object) },
    };
    try {
      await this.#resource(object).patch(nameOf(object), 'application/strategic-merge-patch+json', patch);
    } catch (error) {
      // Gone, or another one under the same name: nothing left to let go of.
      if (!isNotFound(error) && !isInvalid(error)) throw error;
    }
  }

  /** The cache may be behind: only an owner that is still there may adopt. */
  async #checkOwner(): Promise<void> {
    const name = nameOf(this.#owner);
    const fresh = await this.#client.resource<O>(this.#ownerType, namespaceOf(this.#owner)).get(name);
    const what = `${namespaceOf(this.#owner)}/${name}`;
    if (uidOf(fresh) !== uidOf(this.#owner))
      throw new Error(
        `original ${this.#ownerType.kind} ${what} is gone: got uid ${uidOf(fresh)}, wanted ${uidOf(this.#owner)}`,
      );
    if (isTerminating(fresh))
      throw new Error(`${what} has just been deleted at ${fresh.metadata?.deletionTimestamp}`);
  }

  #resource(object: T) {
    return this.#client.resource<T>(this.#type, namespaceOf(object));
  }
}
