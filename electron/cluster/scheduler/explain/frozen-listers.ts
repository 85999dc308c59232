import type { KubeObject } from '../../api/types.ts';
import { Indexer } from '../../client/indexer.ts';
import { Lister } from '../../client/lister.ts';
import type { ResourceType } from '../../client/resource-type.ts';
import { groupResource } from '../../client/resource-type.ts';
import type { Listers } from '../informer-objects.ts';
import type { World } from './interface.ts';

/** Listers over what a world holds, read when first asked for: plugins look up there what they look up in informers. */
export class FrozenListers implements Listers {
  readonly #world: World;
  readonly #informers = new Map<string, { readonly lister: Lister<KubeObject> }>();

  constructor(world: World) {
    this.#world = world;
  }

  informer<T extends KubeObject>(type: ResourceType<T>): { readonly lister: Lister<T> } {
    const key = `${groupResource(type)}|${type.version}`;
    let informer = this.#informers.get(key);
    if (informer === undefined) {
      const world = this.#world;
      let lister: Lister<KubeObject> | undefined;
      informer = {
        get lister() {
          return (lister ??= fill(world.list(type)));
        },
      };
      this.#informers.set(key, informer);
    }
    return informer as unknown as { readonly lister: Lister<T> };
  }
}

function fill(objects: readonly KubeObject[]): Lister<KubeObject> {
  const indexer = new Indexer<KubeObject>();
  for (const object of objects) indexer.set(object);
  return new Lister(indexer);
}
