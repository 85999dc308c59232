import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { toDisposable } from '../../base/disposable.ts';
import type { FileSystem, LocalState } from './interface.ts';

const PREFIX = 'file:';

/** Files of one machine, kept in its local state under `file:<path>`. Folders exist as long as something is in them. */
export class MachineFiles {
  readonly #state: LocalState;
  readonly #watchers = new Set<{ folder: string; notify: (path: string) => void }>();
  /** How many files are below each folder, at any depth. */
  readonly #folders = new Map<string, number>();

  constructor(state: LocalState) {
    this.#state = state;
    for (const key of state.keys(PREFIX)) this.#count(key.slice(PREFIX.length), 1);
  }

  /** The files as one process sees them: its watches run as its own events and end with it. */
  view(clock: Clock, onWatch: (watch: Disposable) => void): FileSystem {
    return {
      read: (path) => this.read(path),
      exists: (path) => this.exists(path),
      write: (path, text) => this.write(path, text),
      remove: (path) => this.remove(path),
      rename: (from, to) => this.rename(from, to),
      list: (folder) => this.list(folder),
      watch: (folder, changed) => {
        const watcher = {
          folder: withSlash(folder),
          notify: (path: string): void => void clock.setTimeout(() => changed(path), 0),
        };
        this.#watchers.add(watcher);
        const watch = toDisposable(() => this.#watchers.delete(watcher));
        onWatch(watch);
        return watch;
      },
    };
  }

  read(path: string): string {
    const text = this.#state.get(PREFIX + normalize(path));
    if (typeof text !== 'string') throw new Error(`open ${path}: no such file or directory`);
    return text;
  }

  exists(path: string): boolean {
    const clean = normalize(path);
    return this.#state.get(PREFIX + clean) !== undefined || this.#folders.has(clean);
  }

  write(path: string, text: string): void {
    const clean = normalize(path);
    if (this.#state.get(PREFIX + clean) === undefined) this.#count(clean, 1);
    this.#state.set(PREFIX + clean, text);
    this.#notify(clean);
  }

  remove(path: string): void {
    const clean = normalize(path);
    const keys = this.#state.keys(PREFIX + withSlash(clean));
    const all = this.#state.get(PREFIX + clean) === undefined ? keys : [PREFIX + clean, ...keys];
    if (all.length === 0) throw new Error(`remove ${path}: no such file or directory`);
    for (const key of all) {
      this.#state.delete(key);
      this.#count(key.slice(PREFIX.length), -1);
      this.#notify(key.slice(PREFIX.length));
    }
  }

  rename(from: string, to: string): void {
    const text = this.read(from);
    this.#state.delete(PREFIX + normalize(from));
    this.#count(normalize(from), -1);
    this.#notify(normalize(from));
    this.write(to, text);
  }

  list(folder: string): readonly string[] {
    const prefix = PREFIX + withSlash(normalize(folder));
    const names = new Set<string>();
    for (const key of this.#state.keys(prefix)) {
      const rest = key.slice(prefix.length);
      const slash = rest.indexOf('/');
      names.add(slash < 0 ? rest : rest.slice(0, slash + 1));
    }
    return [...names].sort();
  }

  /** A file came (1) or went (-1). */
  #count(path: string, change: 1 | -1): void {
    for (let end = path.lastIndexOf('/'); end >= 0; end = end === 0 ? -1 : path.lastIndexOf('/', end - 1)) {
      const folder = end === 0 ? '/' : path.slice(0, end);
      const files = (this.#folders.get(folder) ?? 0) + change;
      if (files > 0) this.#folders.set(folder, files);
      else this.#folders.delete(folder);
    }
  }

  #notify(path: string): void {
    for (const watcher of this.#watchers) if (path.startsWith(watcher.folder)) watcher.notify(path);
  }
}

function withSlash(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}

/** Absolute, without `.`, `..`, double or trailing slashes. */
function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}
