/** The status without counters that are zero: on the wire they are left out. Keeps the reference when there are none. */
export function withoutZeros<T extends object>(
  status: T | undefined,
  counters: readonly (keyof T)[],
): T | undefined {
  if (status === undefined || !counters.some((name) => status[name] === 0)) return status;
  const copy = { ...status };
  for (const name of counters) if (copy[name] === 0) delete copy[name];
  return copy;
}
