const two = (value: number): string => String(value).padStart(2, '0');

/** `14:03:21.5`, UTC: the same in both languages, as logs have it. */
export function clockTime(ms: number): string {
  const date = new Date(ms);
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}.${Math.floor(date.getUTCMilliseconds() / 100)}`;
}

/** `14:03:21.512`, UTC. */
export function exactTime(ms: number): string {
  const date = new Date(ms);
  return `${clockTime(ms).slice(0, 8)}.${String(date.getUTCMilliseconds()).padStart(3, '0')}`;
}

/** `2026-03-02`, UTC. */
export function clockDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
