import type { JsonObject } from '../json.ts';

/** An object on its way through kustomizations. */
export interface Resource {
  object: JsonObject;
  /** Names it had before, the oldest first. */
  readonly formerNames: string[];
  /** What was put before and after its name, the innermost first: tells apart references of several bases. */
  readonly affixes: string[];
  /** Its name gets a suffix from its content. */
  needsHash: boolean;
}
