import type { RuleSpec, Target } from './interface.ts';

/** A rule with what it counted. */
export interface Rule {
  readonly spec: RuleSpec;
  packets: number;
  bytes: number;
}

/** Below so many rules they are tried one after the other. */
const INDEXED_FROM = 12;

interface Index {
  readonly byDestination: ReadonlyMap<number, readonly number[]>;
  readonly byPort: ReadonlyMap<number, readonly number[]>;
  /** Rules that neither names. */
  readonly rest: readonly number[];
}

const NONE: readonly number[] = [];

function soleDestination({ destination }: RuleSpec): number | undefined {
  return destination?.not === false && destination.value.bits === 32 ? destination.value.base : undefined;
}

function solePort({ matches }: RuleSpec): number | undefined {
  for (const match of matches) {
    if ((match.kind !== 'tcp' && match.kind !== 'udp') || match.dport?.not !== false) continue;
    const [low, high] = match.dport.value;
    if (low === high) return low;
  }
  return undefined;
}

function mergeSorted(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return [...a, ...b].sort((x, y) => x - y);
}

/**
 * A chain of rules, the built-in ones with a policy. A long chain whose rules name one destination or port each (KUBE-SERVICES,
 * KUBE-NODEPORTS) is looked up by those, so that ten thousand Services cost what one costs.
 */
export class Chain {
  readonly name: string;
  /** Undefined for a chain of one's own. */
  policy: 'ACCEPT' | 'DROP' | undefined;
  /** What came to the policy. */
  packets = 0;
  bytes = 0;
  readonly #rules: Rule[] = [];
  #index: Index | undefined;

  constructor(name: string, policy?: 'ACCEPT' | 'DROP') {
    this.name = name;
    this.policy = policy;
  }

  get rules(): readonly Rule[] {
    return this.#rules;
  }

  append(spec: RuleSpec, packets = 0, bytes = 0): void {
    this.insert(this.#rules.length, spec, packets, bytes);
  }

  insert(at: number, spec: RuleSpec, packets = 0, bytes = 0): void {
    this.#rules.splice(at, 0, { spec, packets, bytes });
    this.#index = undefined;
  }

  remove(at: number): void {
    this.#rules.splice(at, 1);
    this.#index = undefined;
  }

  flush(): void {
    this.#rules.length = 0;
    this.#index = undefined;
  }

  targets(): readonly Target[] {
    return this.#rules.flatMap(({ spec }) => (spec.target === undefined ? [] : [spec.target]));
  }

  /** Numbers of the rules that a packet to this destination may fit, in order; undefined: all of them. */
  candidates(destination: number, port: number): readonly number[] | undefined {
    if (this.#rules.length < INDEXED_FROM) return undefined;
    const { byDestination, byPort, rest } = (this.#index ??= this.#build());
    return mergeSorted(mergeSorted(byDestination.get(destination) ?? NONE, byPort.get(port) ?? NONE), rest);
  }

  #build(): Index {
    const byDestination = new Map<number, number[]>();
    const byPort = new Map<number, number[]>();
    const rest: number[] = [];
    const put = (map: Map<number, number[]>, key: number, at: number): void => {
      const list = map.get(key);
      if (list === undefined) map.set(key, [at]);
      else list.push(at);
    };
    for (const [at, { spec }] of this.#rules.entries()) {
      const destination = soleDestination(spec);
      const port = destination === undefined ? solePort(spec) : undefined;
      if (destination !== undefined) put(byDestination, destination, at);
      else if (port !== undefined) put(byPort, port, at);
      else rest.push(at);
    }
    return { byDestination, byPort, rest };
  }
}
