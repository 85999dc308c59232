import type { MachineDisk } from './interface.ts';

/** The operating system and its programs. */
const SYSTEM = 2_254_857_830;

/** Counts what is on a machine's disk: the system, files by their length, and what others hold. */
export class CountedDisk implements MachineDisk {
  readonly capacity: number;
  readonly #held = new Map<string, number>();
  #others = SYSTEM;
  #files = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get used(): number {
    return Math.min(this.capacity, this.#others + this.#files);
  }

  get available(): number {
    return this.capacity - this.used;
  }

  hold(what: string, bytes: number): void {
    this.#others += bytes - (this.#held.get(what) ?? 0);
    this.#held.set(what, bytes);
  }

  /** Files became larger, or smaller, by so many bytes. */
  count(bytes: number): void {
    this.#files += bytes;
  }
}
