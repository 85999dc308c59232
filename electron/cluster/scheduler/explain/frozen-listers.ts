import type { KubeObject } from '../../api/types.ts';
import { applyMergePatch } from '../../apimachinery/patch/merge-patch.ts';
import { Indexer } from '../../client/indexer.ts';
import { Lister } from '../../client/lister.ts';
import type { ResourceType } from '../../client/resource-type.ts';
import { groupResource } from '../../client/resource-type.ts';
import type { Listers } from '../informer-objects.ts';
import type { World } from './interface.ts';

/** Listers over what a world holds, read when first asked for: plugins look up there what they look up in informers. */
export class FrozenListers implements Listers {
  readonly #world: World;
  readonly #informers = new Map<string, FrozenInformer>();

  constructor(world: World) {
    this.#world = world;
  }

  informer<T extends KubeObject>(type: ResourceType<T>): { readonly lister: Lister<T> } {
    return this.#of(type as ResourceType) as unknown as { readonly lister: Lister<T> };
  }

  /** Changes an object, or makes it, until it is told to undo that. `key`: as `objectKey` gives it. */
  patch(type: ResourceType, key: string, patch: object): () => void {
    const objects = this.#of(type).indexer();
    const before = objects.get(key);
    objects.set(applyMergePatch(before ?? {}, patch) as KubeObject);
    return () => {
      if (before === undefined) objects.delete(key);
      else objects.set(before);
    };
  }

  #of(type: ResourceType): FrozenInformer {
    const key = `${groupResource(type)}|${type.version}`;
    let informer = this.#informers.get(key);
    if (informer === undefined)
      this.#informers.set(key, (informer = new FrozenInformer(() => this.#world.list(type))));
    return informer;
  }
}

class FrozenInformer {
  readonly #read: () => readonly KubeObject[];
  #objects: Indexer<KubeObject> | undefined;
  #lister: Lister<KubeObject> | undefined;

  constructor(read: () => readonly KubeObject[]) {
    this.#read = read;
  }

  get lister(): Lister<KubeObject> {
    return (this.#lister ??= new Lister(this.indexer()));
  }

  indexer(): Indexer<KubeObject> {
    if (this.#objects === undefined) {
      this.#objects = new Indexer();
      for (const object of this.#read()) this.#objects.set(object);
    }
    return this.#objects;
  }
}
