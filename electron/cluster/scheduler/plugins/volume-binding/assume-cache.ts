import type { KubeObject } from '../../../api/types.ts';

/**
 * Objects as they will be once a write of ours is seen, over what informers have. A change from elsewhere ends the
 * assumption. Models util/assumecache (v1.34).
 */
export class AssumeCache<T extends KubeObject> {
  readonly #seen: (key: string) => T | undefined;
  readonly #assumed = new Map<string, { readonly object: T; readonly over: string | undefined }>();

  /** `seen`: the object as the informer has it. */
  constructor(seen: (key: string) => T | undefined) {
    this.#seen = seen;
  }

  get(key: string): T | undefined {
    const seen = this.#seen(key);
    const assumed = this.#assumed.get(key);
    if (assumed === undefined) return seen;
    if (seen?.metadata?.resourceVersion === assumed.over) return assumed.object;
    this.#assumed.delete(key);
    return seen;
  }

  assume(key: string, object: T): void {
    this.#assumed.set(key, { object, over: this.#seen(key)?.metadata?.resourceVersion });
  }

  restore(key: string): void {
    this.#assumed.delete(key);
  }
}
