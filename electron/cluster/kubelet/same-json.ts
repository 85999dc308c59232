type Fields = Readonly<Record<string, unknown>>;

/** Whether two values mean the same: the order of fields does not count, and absent, undefined and null are alike. */
export function sameJson(a: unknown, b: unknown): boolean {
  // The order is mostly the same: the quick comparison decides nearly always.
  return a === b || JSON.stringify(a) === JSON.stringify(b) || stableJson(a) === stableJson(b);
}

/** JSON with sorted keys and without empty fields. */
export function stableJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(stableJson).join(',')}]`;
  const entries = Object.entries(value as Fields).filter(
    ([, field]) => field !== undefined && field !== null,
  );
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${stableJson(field)}`)
    .join(',')}}`;
}
