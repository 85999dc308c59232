/** Bounds of what can be asked for without a limit: the cores of the machine. */
interface Grant {
  /** Cores that the processes may use together; 0 for no limit of their own. */
  readonly limit: number;
  /** Cores of the machine. */
  readonly machine: number;
}

/**
 * What the processes of one container use of processors, as its cgroup counts it: each says how many cores it would use
 * from now on, the limit cuts the sum. Models cpu.stat (usage_usec, throttled_usec) with CFS quotas; containers do not
 * compete with each other for the machine's cores.
 */
export class ContainerCpu {
  readonly #now: () => number;
  readonly #wanted = new Map<number, number>();
  #grant: Grant;
  #since: number;
  #usedMs = 0;
  #throttledMs = 0;

  /** `now`: virtual milliseconds. */
  constructor(now: () => number, grant: Grant) {
    this.#now = now;
    this.#grant = grant;
    this.#since = now();
  }

  /** Cores in use now. */
  get cores(): number {
    return Math.min(this.#sum(), this.#ceiling());
  }

  /** Milliseconds of one core, since the start. */
  get usedMs(): number {
    this.#settle();
    return this.#usedMs;
  }

  /** Milliseconds in which the processes wanted more than they were given. */
  get throttledMs(): number {
    this.#settle();
    return this.#throttledMs;
  }

  /** Cores it may use; 0 for no limit. */
  get limit(): number {
    return this.#grant.limit;
  }

  setLimit(limit: number): void {
    this.#settle();
    this.#grant = { ...this.#grant, limit };
  }

  /** Cores that a process would use from now on, by its number on the machine. */
  use(pid: number, cores: number): void {
    this.#settle();
    if (cores === 0) this.#wanted.delete(pid);
    else this.#wanted.set(pid, cores);
  }

  /** Work done at once, in milliseconds of one core. */
  spend(milliseconds: number): void {
    this.#usedMs += milliseconds;
  }

  #sum(): number {
    let sum = 0;
    for (const cores of this.#wanted.values()) sum += cores;
    return sum;
  }

  #ceiling(): number {
    const { limit, machine } = this.#grant;
    return limit > 0 ? Math.min(limit, machine) : machine;
  }

  #settle(): void {
    const now = this.#now();
    const span = now - this.#since;
    this.#since = now;
    if (span === 0) return;
    this.#usedMs += span * this.cores;
    if (this.#sum() > this.#ceiling()) this.#throttledMs += span;
  }
}
