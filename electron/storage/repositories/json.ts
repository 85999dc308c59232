import type { Json } from '../interface.ts';

/** Reads what `JSON.stringify` wrote. */
export function parseJson(text: unknown): Json {
  return JSON.parse(String(text)) as Json;
}
