import type { NetworkNamespace } from '../namespace/network-namespace.ts';
import type { Verdict } from './interface.ts';

/** Something whose changes may give a packet another way. */
interface Changing {
  readonly generation: number;
}

interface Kept {
  readonly verdict: Verdict;
  readonly until: number;
  readonly touched: readonly (readonly [Changing, number])[];
}

/** Virtual milliseconds: what changes without a generation (neighbours, learned addresses) is looked at again after this. */
const MAX_AGE = 30_000;
const MAX_KEPT = 10_000;

/** Verdicts of walks that met no chance, each as long as nothing that had a say has changed. */
export class VerdictCache {
  readonly #now: () => number;
  readonly #kept = new WeakMap<NetworkNamespace, Map<string, Kept>>();
  hits = 0;
  misses = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  find(from: NetworkNamespace, key: string): Verdict | undefined {
    const kept = this.#kept.get(from)?.get(key);
    const fresh =
      kept !== undefined &&
      kept.until > this.#now() &&
      kept.touched.every(([thing, generation]) => thing.generation === generation);
    if (!fresh) {
      this.misses += 1;
      return undefined;
    }
    this.hits += 1;
    return kept.verdict;
  }

  keep(from: NetworkNamespace, key: string, verdict: Verdict, touched: Iterable<Changing>): void {
    let map = this.#kept.get(from);
    if (map === undefined) this.#kept.set(from, (map = new Map()));
    if (map.size >= MAX_KEPT) map.clear();
    const generations = [...touched].map((thing) => [thing, thing.generation] as const);
    map.set(key, { verdict, until: this.#now() + MAX_AGE, touched: generations });
  }
}
