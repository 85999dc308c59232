import type { Rand } from '../../../base/rand.ts';

/** Time and chance of the data plane. */
export interface World {
  /** Virtual milliseconds since the Unix epoch. */
  now(): number;
  readonly rand: Rand;
}
