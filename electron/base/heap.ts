/** A binary min-heap ordered by `less`. Not stable: give items a tie-breaker. */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #less: (a: T, b: T) => boolean;

  constructor(less: (a: T, b: T) => boolean) {
    this.#less = less;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const items = this.#items;
    let index = items.length;
    items.push(item);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = items[parent] as T;
      if (!this.#less(item, above)) break;
      items[index] = above;
      index = parent;
    }
    items[index] = item;
  }

  pop(): T | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (items.length > 0 && last !== undefined) this.#sink(last);
    return top;
  }

  /** Drops every item for which `keep` says no. */
  retain(keep: (item: T) => boolean): void {
    const items = this.#items;
    let size = 0;
    for (const item of items) if (keep(item)) items[size++] = item;
    items.length = size;
    for (let index = (size >> 1) - 1; index >= 0; index -= 1) this.#sink(items[index] as T, index);
  }

  #sink(item: T, from = 0): void {
    const items = this.#items;
    const size = items.length;
    let index = from;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#less(items[child + 1] as T, items[child] as T)) child += 1;
      const below = items[child] as T;
      if (!this.#less(below, item)) break;
      items[index] = below;
      index = child;
    }
    items[index] = item;
  }
}
