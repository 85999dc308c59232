import type { Task } from '../container/interface.ts';
import type { Node } from './ast.ts';

/** Variables, options and folder of one shell. */
export class ShellState {
  cwd: string;
  status = 0;
  /** Of the last `$(…)`. */
  substitutionStatus = 0;
  positional: readonly string[] = [];
  errexit = false;
  nounset = false;
  xtrace = false;
  pipefail = false;
  readonly functions = new Map<string, Node>();
  /** What runs on a signal (`TERM`) or at the end (`EXIT`); an empty text ignores it. Not those of a subshell. */
  readonly traps = new Map<string, string>();
  /** Signals that came and whose trap has not run yet. */
  readonly pending: string[] = [];
  #signalled: (() => void) | undefined;
  readonly #variables: Map<string, string>;
  readonly #exported: Set<string>;
  readonly #jobs: Promise<number>[] = [];

  private constructor(cwd: string, variables: Map<string, string>, exported: Set<string>) {
    this.cwd = cwd;
    this.#variables = variables;
    this.#exported = exported;
  }

  static of(task: Task): ShellState {
    return new ShellState(task.cwd, new Map(task.env), new Set(task.env.keys()));
  }

  copy(): ShellState {
    const copy = new ShellState(this.cwd, new Map(this.#variables), new Set(this.#exported));
    copy.status = this.status;
    copy.positional = this.positional;
    copy.errexit = this.errexit;
    copy.nounset = this.nounset;
    copy.xtrace = this.xtrace;
    copy.pipefail = this.pipefail;
    for (const [name, body] of this.functions) copy.functions.set(name, body);
    return copy;
  }

  get(name: string): string | undefined {
    if (name === '?') return String(this.status);
    if (name === '#') return String(this.positional.length);
    if (name === '!') return this.#jobs.length === 0 ? undefined : String(this.#jobs.length);
    if (name === '-') return `${this.errexit ? 'e' : ''}${this.nounset ? 'u' : ''}${this.xtrace ? 'x' : ''}`;
    if (name === 'PWD') return this.cwd;
    if (/^[1-9]\d*$/.test(name)) return this.positional[Number(name) - 1];
    return this.#variables.get(name);
  }

  set(name: string, value: string): void {
    this.#variables.set(name, value);
  }

  unset(name: string): void {
    this.#variables.delete(name);
    this.#exported.delete(name);
  }

  export(name: string): void {
    this.#exported.add(name);
  }

  exported(): Map<string, string> {
    const result = new Map<string, string>();
    for (const name of this.#exported) {
      const value = this.#variables.get(name);
      if (value !== undefined) result.set(name, value);
    }
    result.set('PWD', this.cwd);
    return result;
  }

  background(job: Promise<number>): void {
    this.#jobs.push(job);
  }

  /** A signal came that has a trap: it runs when the command in the foreground has ended. */
  signal(name: string): void {
    if (!this.traps.has(name) || this.traps.get(name) === '') return;
    this.pending.push(name);
    this.#signalled?.();
  }

  /** Resolves to true when all jobs in the background have ended, to false when a signal came before. */
  async waitForJobs(): Promise<boolean> {
    const signalled = new Promise<boolean>((resolve) => (this.#signalled = () => resolve(false)));
    try {
      return await Promise.race([Promise.all(this.#jobs).then(() => true), signalled]);
    } finally {
      this.#signalled = undefined;
    }
  }
}
