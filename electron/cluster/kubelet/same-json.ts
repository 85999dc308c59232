type Fields = Readonly<Record<string, unknown>>;

/** Whether two values mean the same: the order of fields does not count, and absent, undefined and null are alike. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b || (isNothing(a) && isNothing(b))) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => sameJson(item, b[index]))
    );
  }
  for (const key in a) if (!sameJson((a as Fields)[key], (b as Fields)[key])) return false;
  for (const key in b) if (isNothing((a as Fields)[key]) && !isNothing((b as Fields)[key])) return false;
  return true;
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}
