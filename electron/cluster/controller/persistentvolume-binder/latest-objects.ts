import type { KubeObject } from '../../api/types.ts';
import type { Lister } from '../../client/lister.ts';
import { objectKey } from '../../client/object-key.ts';

function versionOf(object: KubeObject): number {
  return Number(object.metadata?.resourceVersion ?? '0');
}

/**
 * Objects as an informer has them, or as the server answered to a write of ours that the informer has not seen yet. Models the
 * controller's own stores of pkg/controller/volume/persistentvolume (v1.34).
 */
export class LatestObjects<T extends KubeObject> {
  readonly #lister: Lister<T>;
  readonly #written = new Map<string, T>();

  constructor(lister: Lister<T>) {
    this.#lister = lister;
  }

  get(key: string): T | undefined {
    const seen = this.#lister.get(key);
    const written = this.#written.get(key);
    if (written === undefined) return seen;
    // One that the informer does not have was deleted: ours only ever change what is there.
    if (seen !== undefined && versionOf(written) > versionOf(seen)) return written;
    this.#written.delete(key);
    return seen;
  }

  list(): T[] {
    return this.#lister.list().map((object) => this.get(objectKey(object)) ?? object);
  }

  wrote(object: T): T {
    this.#written.set(objectKey(object), object);
    return object;
  }
}
