/** A thing of Electron's as far as the shim knows it: reading anything else throws, instead of being undefined. */
export function strict<T extends object>(name: string, members: T): T {
  return new Proxy(members, {
    get(target, property) {
      if (property in target || typeof property === 'symbol' || property === 'then') {
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      }
      throw new Error(`the shim of Electron does not know ${name}.${property}`);
    },
  });
}

/** Options as far as the shim honours them. @throws Error on any other key. */
export function onlyKeys(name: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw new Error(`the shim of Electron does not know ${name}: ${key}`);
  }
}
