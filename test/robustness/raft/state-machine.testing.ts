import { type RegisterInput, registerModel } from '../linearizability/register-model.testing.ts';

/** What clients propose. */
export interface Command {
  /** Unique: a proposal that the network doubled counts once. */
  readonly id: number;
  readonly input: RegisterInput;
}

/** Of a snapshot; never changed. */
export interface MachineState {
  readonly values: ReadonlyMap<string, string>;
  readonly seen: ReadonlySet<number>;
  readonly digest: number;
}

export const EMPTY_MACHINE: MachineState = { values: new Map(), seen: new Set(), digest: 0 };

/** Registers, and a digest of all commands in the order they were applied. */
export class StateMachine {
  #values: Map<string, string>;
  #seen: Set<number>;
  digest: number;

  constructor(state: MachineState) {
    this.#values = new Map(state.values);
    this.#seen = new Set(state.seen);
    this.digest = state.digest;
  }

  get(key: string): string {
    return this.#values.get(key) ?? '';
  }

  /** 'ok', or 'failed' of a swap. */
  apply({ id, input }: Command): string {
    this.digest = (Math.imul(this.digest, 31) + id + 1) | 0;
    if (this.#seen.has(id)) return 'ok';
    this.#seen.add(id);
    const before = this.get(input.key);
    const next = registerModel.step(before, input, undefined) as { readonly state: string };
    this.#values.set(input.key, next.state);
    return input.op === 'cas' && before !== input.from ? 'failed' : 'ok';
  }

  state(): MachineState {
    return { values: new Map(this.#values), seen: new Set(this.#seen), digest: this.digest };
  }
}
