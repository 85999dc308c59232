/** What the processes of one container hold of memory, as its cgroup counts it. Models memory.max with memory.oom.group. */
export class ContainerMemory {
  #limit: number;
  readonly #exceeded: () => void;
  readonly #changed: () => void;
  readonly #held = new Map<number, number>();

  /** `limit` in bytes, 0 for none; `exceeded`: the kernel ends everything in it; `changed`: it holds something else. */
  constructor(limit: number, exceeded: () => void, changed: () => void) {
    this.#limit = limit;
    this.#exceeded = exceeded;
    this.#changed = changed;
  }

  get limit(): number {
    return this.#limit;
  }

  /** A limit below what is held ends the container, as the kernel does when it cannot reclaim. */
  setLimit(limit: number): void {
    this.#limit = limit;
    this.#check();
  }

  /** Bytes of all of them. */
  get used(): number {
    let sum = 0;
    for (const bytes of this.#held.values()) sum += bytes;
    return sum;
  }

  /** What a process holds from now on, by its number on the machine. */
  hold(pid: number, bytes: number): void {
    if (bytes === 0) this.#held.delete(pid);
    else this.#held.set(pid, bytes);
    this.#check();
    this.#changed();
  }

  #check(): void {
    if (this.#limit > 0 && this.used > this.#limit) this.#exceeded();
  }
}
