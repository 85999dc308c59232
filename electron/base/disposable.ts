/** Something that holds a resource until `dispose` is called. Disposing twice does nothing. */
export interface Disposable {
  dispose(): void;
}

/** Makes a disposable of a function that runs at most once. */
export function toDisposable(release: () => void): Disposable {
  let released = false;
  return {
    dispose(): void {
      if (released) return;
      released = true;
      release();
    },
  };
}

/** Owns disposables and releases them together, newest first. */
export class DisposableStore implements Disposable {
  /** Most processes own nothing. */
  #items: Set<Disposable> | undefined;
  #disposed = false;

  get size(): number {
    return this.#items?.size ?? 0;
  }

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) item.dispose();
    else (this.#items ??= new Set()).add(item);
    return item;
  }

  /** Releases one item now and forgets it. */
  remove(item: Disposable): void {
    if (this.#items?.delete(item) === true) item.dispose();
  }

  dispose(): void {
    this.#disposed = true;
    const items = [...(this.#items ?? [])].reverse();
    this.#items?.clear();
    for (const item of items) item.dispose();
  }
}
