import type { KubeObject } from '../../api/types.ts';

/** Keys of objects by the value of some selectable fields, e.g. Pods by `spec.nodeName`. */
export class FieldIndex {
  readonly #keys = new Map<string, Set<string>>();
  readonly #fields: readonly string[];
  readonly #fieldsOf: (object: KubeObject) => Readonly<Record<string, string>>;

  constructor(fields: readonly string[], fieldsOf: (object: KubeObject) => Readonly<Record<string, string>>) {
    this.#fields = fields;
    this.#fieldsOf = fieldsOf;
  }

  clear(): void {
    this.#keys.clear();
  }

  /** The object of `key` changed from `before` to `after`; undefined is none. */
  update(key: string, before: KubeObject | undefined, after: KubeObject | undefined): void {
    if (this.#fields.length === 0) return;
    const old = before === undefined ? undefined : this.#fieldsOf(before);
    const now = after === undefined ? undefined : this.#fieldsOf(after);
    for (const field of this.#fields) {
      if (old !== undefined && now !== undefined && old[field] === now[field]) continue;
      if (old !== undefined) this.#remove(`${field}=${old[field] ?? ''}`, key);
      if (now !== undefined) this.#add(`${field}=${now[field] ?? ''}`, key);
    }
  }

  /** Keys of the objects that have what is demanded of an indexed field; undefined when none is demanded. */
  lookup(required: Readonly<Record<string, string>>): Iterable<string> | undefined {
    for (const field of this.#fields) {
      const value = required[field];
      if (value !== undefined) return this.#keys.get(`${field}=${value}`) ?? [];
    }
    return undefined;
  }

  #add(entry: string, key: string): void {
    const keys = this.#keys.get(entry);
    if (keys === undefined) this.#keys.set(entry, new Set([key]));
    else keys.add(key);
  }

  #remove(entry: string, key: string): void {
    const keys = this.#keys.get(entry);
    if (keys?.delete(key) === true && keys.size === 0) this.#keys.delete(entry);
  }
}
