import type { Rand } from '../../../base/rand.ts';
import type { Service } from '../../api/types.ts';

const FIRST = 30_000;
const LAST = 32_767;
const RANDOM_TRIES = 32;

/** Why a port cannot be had; `body` is upstream's text behind the field. */
export type NodePortRefusal = 'taken' | 'out-of-range' | 'full';

export function nodePortsOf(service: Service): number[] {
  return (service.spec?.ports ?? []).flatMap(({ nodePort }) =>
    nodePort === undefined || nodePort === 0 ? [] : [nodePort],
  );
}

/** Judges and finds node ports against those in use (`protocol/port` is not told apart: one number, one Service). */
export class NodePortAllocator {
  readonly #rand: Rand;

  constructor(rand: Rand) {
    this.#rand = rand;
  }

  check(port: number, inUse: ReadonlySet<number>): NodePortRefusal | undefined {
    if (port < FIRST || port > LAST) return 'out-of-range';
    return inUse.has(port) ? 'taken' : undefined;
  }

  /** A free port, or undefined when there is none. */
  next(inUse: ReadonlySet<number>): number | undefined {
    for (let attempt = 0; attempt < RANDOM_TRIES; attempt += 1) {
      const port = FIRST + this.#rand.int(LAST - FIRST + 1);
      if (!inUse.has(port)) return port;
    }
    for (let port = FIRST; port <= LAST; port += 1) if (!inUse.has(port)) return port;
    return undefined;
  }
}
