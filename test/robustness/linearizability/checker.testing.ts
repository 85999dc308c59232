/** An operation as its client saw it. Times only order; an operation whose outcome is not known has no `returned`. */
export interface Operation<Input, Output> {
  readonly client: string;
  readonly input: Input;
  /** Undefined while, or for ever if, the outcome is not known. */
  readonly output: Output | undefined;
  readonly called: number;
  readonly returned: number | undefined;
}

/** What a single copy, used by one client at a time, would do. */
export interface Model<Input, Output, State> {
  readonly initial: State;
  /** Operations of different partitions do not see one another and are checked apart. */
  partition(input: Input): string;
  /** The next state; undefined: with this output it cannot have happened now. No output: any would do. */
  step(state: State, input: Input, output: Output | undefined): { readonly state: State } | undefined;
  /** Same text, same state. */
  key(state: State): string;
  /**
   * Every operation replaces the whole state or leaves it as it is. Then an operation without an answer can be moved
   * towards the end until it is right before one that could not happen without it, and need not be tried elsewhere.
   */
  readonly replaces: boolean;
}

export interface CheckResult<Input, Output> {
  /** Undecided: the search was given up. */
  readonly linearizable: boolean | 'undecided';
  /** The partition that is not, or undecided, with its operations. */
  readonly partition?: string;
  readonly operations?: readonly Operation<Input, Output>[];
}

/**
 * Is there an order of the operations, each between its call and its return, that the model allows? The search of
 * Wing and Gong with Lowe's memory of (operations placed, state) already tried, as in Porcupine. Operations without an
 * answer may stay out of the order, and are tried last: else each would double the search. The search can still be long
 * (the problem is NP-complete): after `maxSteps` it is given up.
 */
export function checkLinearizable<Input, Output, State>(
  model: Model<Input, Output, State>,
  operations: readonly Operation<Input, Output>[],
  maxSteps = Infinity,
): CheckResult<Input, Output> {
  const partitions = new Map<string, Operation<Input, Output>[]>();
  for (const operation of operations) {
    const name = model.partition(operation.input);
    const own = partitions.get(name);
    if (own === undefined) partitions.set(name, [operation]);
    else own.push(operation);
  }
  for (const [partition, own] of partitions) {
    const linearizable = checkOne(model, own, maxSteps);
    if (linearizable !== true) return { linearizable, partition, operations: own };
  }
  return { linearizable: true };
}

function checkOne<Input, Output, State>(
  model: Model<Input, Output, State>,
  operations: readonly Operation<Input, Output>[],
  maxSteps: number,
): boolean | 'undecided' {
  const byCall = operations.toSorted((left, right) => left.called - right.called);
  // Answered ones first, both in order of their calls.
  const sorted = [
    ...byCall.filter(({ returned }) => returned !== undefined),
    ...byCall.filter(({ returned }) => returned === undefined),
  ];
  const answered = sorted.filter(({ returned }) => returned !== undefined).length;
  const placed = new Uint32Array(Math.ceil(sorted.length / 32));
  const isPlaced = (id: number): boolean => (((placed[id >>> 5] as number) >>> (id & 31)) & 1) === 1;
  const flip = (id: number): void => {
    placed[id >>> 5] = (placed[id >>> 5] as number) ^ (1 << (id & 31));
  };
  const seen = new Set<string>();

  /** Does `after` let something happen that `before` does not? */
  const enables = (before: State, after: State, deadline: number, self: number): boolean =>
    sorted.some(({ called, input, output }, id) => {
      if (called > deadline || id === self || isPlaced(id)) return false;
      const without = model.step(before, input, output);
      const within = model.step(after, input, output);
      if (id < answered) return without === undefined && within !== undefined;
      const changes = (from: State, to: { readonly state: State } | undefined): boolean =>
        to !== undefined && model.key(to.state) !== model.key(from);
      return changes(after, within) && !changes(before, without);
    });

  const search = (state: State, left: number): boolean => {
    if (left === 0) return true;
    // Nothing can be placed now that was called after something unplaced has returned.
    let deadline = Infinity;
    for (let id = 0; id < answered; id += 1) {
      const { called, returned } = sorted[id] as Operation<Input, Output>;
      if (called > deadline) break;
      if (!isPlaced(id)) deadline = Math.min(deadline, returned as number);
    }
    for (const [id, { called, input, output }] of sorted.entries()) {
      if (called > deadline || isPlaced(id)) continue;
      const next = model.step(state, input, output);
      if (next === undefined) continue;
      if (id >= answered && model.replaces && !enables(state, next.state, deadline, id)) continue;
      flip(id);
      const key = `${placed.join(',')} ${model.key(next.state)}`;
      if (!seen.has(key) && seen.size < maxSteps) {
        seen.add(key);
        if (search(next.state, id < answered ? left - 1 : left)) return true;
      }
      flip(id);
    }
    return false;
  };
  if (search(model.initial, answered)) return true;
  return seen.size < maxSteps ? false : 'undecided';
}
