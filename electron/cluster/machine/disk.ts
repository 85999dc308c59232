import type { MachineDisk } from './interface.ts';

/** The operating system and its programs. */
const SYSTEM = 2_254_857_830;
const SYSTEM_INODES = 96_000;
/** mke2fs makes an inode for so many bytes. */
const BYTES_PER_INODE = 16_384;
/** What is left of a block nobody gets. */
const BLOCK = 4096;

/** Counts what is on a machine's disk: the system, files by their length, and what others hold. */
export class CountedDisk implements MachineDisk {
  readonly capacity: number;
  readonly #held = new Map<string, { readonly bytes: number; readonly inodes: number }>();
  #others = SYSTEM;
  #files = 0;
  #inodes = SYSTEM_INODES;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get used(): number {
    return Math.min(this.capacity, this.#others + this.#files);
  }

  get available(): number {
    return Math.floor((this.capacity - this.used) / BLOCK) * BLOCK;
  }

  get inodes(): { readonly capacity: number; readonly used: number } {
    return { capacity: Math.floor(this.capacity / BYTES_PER_INODE), used: this.#inodes };
  }

  held(what: string): number {
    return this.#held.get(what)?.bytes ?? 0;
  }

  hold(what: string, bytes: number, inodes = 0): void {
    const before = this.#held.get(what);
    this.#others += bytes - (before?.bytes ?? 0);
    this.#inodes += inodes - (before?.inodes ?? 0);
    if (bytes === 0 && inodes === 0) this.#held.delete(what);
    else this.#held.set(what, { bytes, inodes });
  }

  /** Files became larger, or smaller, by so many bytes; so many have come (or, below zero, gone). */
  count(bytes: number, inodes = 0): void {
    this.#files += bytes;
    this.#inodes += inodes;
  }
}
