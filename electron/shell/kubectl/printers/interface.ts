import type { JsonObject } from '../json.ts';

/** Turns objects into text, one call each, in the order given. A printer may remember what it printed (separators, headers). */
export interface ObjectPrinter {
  print(object: JsonObject): string;
}
