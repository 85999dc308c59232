import type { LocalState } from './interface.ts';

const PREFIX = 'attr:';

interface Stored {
  readonly mode?: number;
  readonly owner?: string;
  readonly group?: string;
  /** Bytes that are set aside without content. */
  readonly allocated?: number;
  /** Bytes at its beginning that count, and are not kept. */
  readonly elided?: number;
}

/** Modes of folders that every machine has, where they are not 0755. */
const FOLDER_MODES: Readonly<Record<string, number>> = { '/tmp': 0o1777, '/var/tmp': 0o1777, '/root': 0o700 };

/**
 * Modes, owners and times by path. What differs from `root root -rw-r--r--` is kept in the machine's state; times are known
 * of what was written since the app started, of the rest it is the start's.
 */
export class FileAttributes {
  readonly #state: LocalState;
  readonly #now: () => number;
  readonly #since: number;
  readonly #times = new Map<string, number>();

  constructor(state: LocalState, now: () => number) {
    this.#state = state;
    this.#now = now;
    this.#since = now();
  }

  mode(path: string, kind: 'file' | 'folder'): number {
    return this.#stored(path)?.mode ?? (kind === 'folder' ? (FOLDER_MODES[path] ?? 0o755) : 0o644);
  }

  owner(path: string): { readonly owner: string; readonly group: string } {
    const { owner = 'root', group = 'root' } = this.#stored(path) ?? {};
    return { owner, group };
  }

  allocated(path: string): number {
    return this.#stored(path)?.allocated ?? 0;
  }

  elided(path: string): number {
    return this.#stored(path)?.elided ?? 0;
  }

  time(path: string): number {
    return this.#times.get(path) ?? this.#since;
  }

  touch(path: string, time = this.#now()): void {
    this.#times.set(path, time);
  }

  change(path: string, change: Stored): void {
    this.#state.set(PREFIX + path, { ...this.#stored(path), ...change });
  }

  forget(path: string): void {
    this.#times.delete(path);
    this.#state.delete(PREFIX + path);
  }

  move(from: string, to: string): void {
    const stored = this.#stored(from);
    const time = this.#times.get(from);
    this.forget(from);
    if (stored !== undefined) this.#state.set(PREFIX + to, stored);
    if (time !== undefined) this.#times.set(to, time);
  }

  /** All bytes of files that have no content here. */
  totalWithoutContent(): number {
    return this.#state.keys(PREFIX).reduce((sum, key) => {
      const { allocated = 0, elided = 0 } = this.#state.get(key) as Stored;
      return sum + allocated + elided;
    }, 0);
  }

  #stored(path: string): Stored | undefined {
    return this.#state.get(PREFIX + path) as Stored | undefined;
  }
}
