import { cloneVariable, type Variable } from './variable.ts';

/** Raised when a variable may not be changed; `message` is bash's text. */
export class ReadonlyError extends Error {
  override readonly name = 'ReadonlyError';
}

/** The variables of one shell environment, with a stack of function scopes for `local`. */
export class Variables {
  readonly #global: Map<string, Variable>;
  #scopes: Array<Map<string, Variable>> = [];

  constructor(initial: ReadonlyMap<string, Variable> = new Map()) {
    this.#global = new Map([...initial].map(([name, variable]) => [name, cloneVariable(variable)]));
  }

  clone(): Variables {
    const copy = new Variables(this.#global);
    copy.#scopes = this.#scopes.map(
      (scope) => new Map([...scope].map(([name, variable]) => [name, cloneVariable(variable)])),
    );
    return copy;
  }

  get depth(): number {
    return this.#scopes.length;
  }

  pushScope(): void {
    this.#scopes.push(new Map());
  }

  popScope(): void {
    this.#scopes.pop();
  }

  lookup(name: string): Variable | undefined {
    for (let at = this.#scopes.length - 1; at >= 0; at--) {
      const found = this.#scopes[at]?.get(name);
      if (found !== undefined) return found;
    }
    return this.#global.get(name);
  }

  /** Text of a variable (of an array: element 0), `undefined` when unset. */
  get(name: string): string | undefined {
    const variable = this.lookup(name);
    if (variable === undefined) return undefined;
    if (variable.value instanceof Map)
      return (variable.value as Map<number | string, string>).get(variable.kind === 'indexed' ? 0 : '0');
    return variable.value;
  }

  /** The variable, made when missing (in the scope that has it, else globally). */
  ensure(name: string): Variable {
    const found = this.lookup(name);
    if (found !== undefined) return found;
    const made: Variable = {
      value: undefined,
      kind: 'scalar',
      exported: false,
      readonly: false,
      integer: false,
    };
    this.#global.set(name, made);
    return made;
  }

  set(name: string, value: string): void {
    const variable = this.ensure(name);
    if (variable.readonly) throw new ReadonlyError(`${name}: readonly variable`);
    const text =
      variable.fold === 'lower'
        ? value.toLowerCase()
        : variable.fold === 'upper'
          ? value.toUpperCase()
          : value;
    if (variable.value instanceof Map)
      (variable.value as Map<number | string, string>).set(variable.kind === 'indexed' ? 0 : '0', text);
    else variable.value = text;
  }

  setElement(name: string, key: string | number, value: string): void {
    const variable = this.ensure(name);
    if (variable.readonly) throw new ReadonlyError(`${name}: readonly variable`);
    if (!(variable.value instanceof Map)) {
      const first = variable.value;
      const map = new Map<string | number, string>();
      if (first !== undefined) map.set(variable.kind === 'associative' ? '0' : 0, first);
      variable.value = map as Map<string, string>;
      if (variable.kind === 'scalar') variable.kind = 'indexed';
    }
    (variable.value as Map<string | number, string>).set(key, value);
  }

  /** Makes the variable an empty array of the given kind. */
  setArray(
    name: string,
    kind: 'indexed' | 'associative',
    entries: Map<number, string> | Map<string, string>,
  ): void {
    const variable = this.ensure(name);
    if (variable.readonly) throw new ReadonlyError(`${name}: readonly variable`);
    variable.kind = kind;
    variable.value = entries;
  }

  /** A fresh variable of the innermost function; outside functions the global one. */
  declareLocal(name: string): Variable {
    const scope = this.#scopes.at(-1);
    if (scope === undefined) return this.ensure(name);
    const found = scope.get(name);
    if (found !== undefined) return found;
    const made: Variable = {
      value: undefined,
      kind: 'scalar',
      exported: this.lookup(name)?.exported ?? false,
      readonly: false,
      integer: false,
    };
    scope.set(name, made);
    return made;
  }

  unset(name: string): void {
    const variable = this.lookup(name);
    if (variable?.readonly === true) throw new ReadonlyError(`${name}: cannot unset: readonly variable`);
    for (let at = this.#scopes.length - 1; at >= 0; at--) {
      const scope = this.#scopes[at];
      const found = scope?.get(name);
      if (found === undefined) continue;
      found.value = undefined;
      found.kind = 'scalar';
      return;
    }
    this.#global.delete(name);
  }

  /** Temporarily set for one command (`VAR=x command`): answers the function that puts the old one back. */
  overlay(name: string, value: string): () => void {
    const scope = new Map<string, Variable>([
      [name, { value, kind: 'scalar', exported: true, readonly: false, integer: false }],
    ]);
    if (this.lookup(name)?.readonly === true) throw new ReadonlyError(`${name}: readonly variable`);
    this.#scopes.push(scope);
    return () => {
      this.#scopes = this.#scopes.filter((item) => item !== scope);
    };
  }

  names(): string[] {
    const all = new Set(this.#global.keys());
    for (const scope of this.#scopes) for (const name of scope.keys()) all.add(name);
    return [...all].sort();
  }

  /** What a command's environment holds. */
  exported(): Record<string, string> {
    const out: Record<string, string> = {};
    for (const name of this.names()) {
      const variable = this.lookup(name);
      if (variable?.exported === true && typeof variable.value === 'string') out[name] = variable.value;
    }
    return out;
  }
}
