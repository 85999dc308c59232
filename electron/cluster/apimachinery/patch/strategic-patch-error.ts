/** How the API server answers: 400, 422, or 500 with no reason, as upstream does for the rest. */
export type StrategicPatchFailure = 'BadRequest' | 'Unprocessable' | 'Unknown';

/** The patch is malformed or cannot be applied. */
export class StrategicPatchError extends Error {
  readonly failure: StrategicPatchFailure;

  constructor(failure: StrategicPatchFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

/** A JSON value as Go's `%v` prints it: `map[image:x name:a]`, `[a b]`, `<nil>`. */
export function formatGoValue(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(formatGoValue).join(' ')}]`;
  if (typeof value === 'object') {
    const record = value as Readonly<Record<string, unknown>>;
    const entries = Object.keys(record).sort();
    return `map[${entries.map((name) => `${name}:${formatGoValue(record[name])}`).join(' ')}]`;
  }
  return String(value as string | number | boolean);
}
