import type { Rand } from '../../../base/rand.ts';
import type { Uint64 } from '../client/interface.ts';

/** A random id of so many bits; never 0. */
export function randomId(rand: Rand, bits: 63 | 64): Uint64 {
  const high = BigInt(rand.int(bits === 64 ? 0x1_0000_0000 : 0x8000_0000));
  return String((high << 32n) | BigInt(1 + rand.int(0xffff_ffff)));
}
