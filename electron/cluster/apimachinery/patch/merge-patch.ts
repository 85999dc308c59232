type Json = Readonly<Record<string, unknown>>;

/** Applies a JSON merge patch (RFC 7386). Neither value is changed: what differs is copied. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const name of Object.keys(patch)) {
    const value = patch[name];
    if (value === null || value === undefined) delete result[name];
    else setOwn(result, name, applyMergePatch(Object.hasOwn(result, name) ? result[name] : undefined, value));
  }
  return result;
}

/** The merge patch that makes `to` out of `from`; undefined when they are equal. Lists are replaced whole. */
export function createMergePatch(from: unknown, to: unknown): unknown {
  if (!isObject(from) || !isObject(to)) return sameJson(from, to) ? undefined : to;
  const patch: Record<string, unknown> = {};
  for (const name of Object.keys(from)) if (!Object.hasOwn(to, name)) setOwn(patch, name, null);
  for (const name of Object.keys(to)) {
    if (!Object.hasOwn(from, name)) setOwn(patch, name, to[name]);
    else {
      const change = createMergePatch(from[name], to[name]);
      if (change !== undefined) setOwn(patch, name, change);
    }
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function sameJson(left: unknown, right: unknown): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function setOwn(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  else object[name] = value;
}
