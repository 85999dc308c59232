import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { toDisposable } from '../../base/disposable.ts';
import type { FileSystem, LocalState } from './interface.ts';

const PREFIX = 'file:';
const FOLDER = 'folder:';
/** Folders that every machine has, even when nothing is in them. */
const STANDARD = ['/home', '/mnt', '/opt', '/root', '/srv', '/tmp', '/var/log', '/var/tmp'];

/**
 * Files of one machine, kept in its local state under `file:<path>`; those that are provided in memory only. Folders that
 * were made are under `folder:<path>` and stay; others exist as long as something is in them.
 */
export class MachineFiles {
  readonly #state: LocalState;
  /** By path; a function until somebody reads. */
  readonly #inMemory = new Map<string, string | (() => string)>();
  readonly #watchers = new Set<{ folder: string; notify: (path: string) => void }>();
  /** How many files and folders are in each folder; one that was made counts itself. */
  readonly #folders = new Map<string, number>();

  constructor(state: LocalState) {
    this.#state = state;
    for (const key of state.keys(PREFIX)) this.#count(key.slice(PREFIX.length), 1);
    for (const folder of STANDARD) this.#count(`${folder}/`, 1);
    for (const key of state.keys(FOLDER)) this.#count(`${key.slice(FOLDER.length)}/`, 1);
  }

  /** The files as one process sees them: its watches run as its own events and end with it. */
  view(clock: Clock, onWatch: (watch: Disposable) => void): FileSystem {
    return {
      read: (path) => this.read(path),
      exists: (path) => this.exists(path),
      write: (path, text) => this.write(path, text),
      provide: (path, text) => this.provide(path, text),
      isFolder: (path) => this.isFolder(path),
      makeFolder: (path, medium) => this.makeFolder(path, medium),
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
    const clean = normalize(path);
    const text = this.#state.get(PREFIX + clean) ?? this.#inMemory.get(clean);
    if (typeof text === 'string') return text;
    if (typeof text !== 'function') throw new Error(`open ${path}: no such file or directory`);
    const made = (text as () => string)();
    this.#inMemory.set(clean, made);
    return made;
  }

  exists(path: string): boolean {
    const clean = normalize(path);
    return this.#isFile(clean) || this.#folders.has(clean);
  }

  write(path: string, text: string): void {
    const clean = normalize(path);
    if (!this.#isFile(clean)) this.#count(clean, 1);
    this.#inMemory.delete(clean);
    this.#state.set(PREFIX + clean, text);
    this.#notify(clean);
  }

  provide(path: string, text: () => string): void {
    const clean = normalize(path);
    if (!this.#isFile(clean)) this.#count(clean, 1);
    this.#state.delete(PREFIX + clean);
    this.#inMemory.set(clean, text);
    this.#notify(clean);
  }

  isFolder(path: string): boolean {
    const clean = normalize(path);
    return clean === '/' || this.#folders.has(clean);
  }

  makeFolder(path: string, medium: 'disk' | 'memory' = 'disk'): void {
    const clean = normalize(path);
    if (this.#isFile(clean)) throw new Error(`mkdir ${path}: file exists`);
    if (clean === '/' || STANDARD.includes(clean) || this.#state.get(FOLDER + clean) !== undefined) return;
    this.#state.set(FOLDER + clean, medium);
    this.#count(`${clean}/`, 1);
  }

  remove(path: string): void {
    const clean = normalize(path);
    if (!this.exists(clean)) throw new Error(`remove ${path}: no such file or directory`);
    for (const folder of [...this.#foldersBelow(withSlash(clean)), clean]) {
      if (this.#state.get(FOLDER + folder) === undefined) continue;
      this.#state.delete(FOLDER + folder);
      this.#count(`${folder}/`, -1);
    }
    for (const file of [...(this.#isFile(clean) ? [clean] : []), ...this.#below(withSlash(clean))]) {
      this.#delete(file);
      this.#notify(file);
    }
  }

  rename(from: string, to: string): void {
    const text = this.read(from);
    this.#delete(normalize(from));
    this.#notify(normalize(from));
    this.write(to, text);
  }

  list(folder: string): readonly string[] {
    const prefix = withSlash(normalize(folder));
    const names = new Set<string>();
    const folders = this.#foldersBelow(prefix).map((path) => `${path}/`);
    for (const path of [...this.#below(prefix), ...folders]) {
      const rest = path.slice(prefix.length);
      const slash = rest.indexOf('/');
      names.add(slash < 0 ? rest : rest.slice(0, slash + 1));
    }
    return [...names].sort();
  }

  /** The power is gone, and with it what was in memory. */
  forgetMemory(): void {
    for (const path of [...this.#inMemory.keys()]) this.#delete(path);
    for (const key of this.#state.keys(FOLDER))
      if (this.#state.get(key) === 'memory') this.remove(key.slice(FOLDER.length));
  }

  #isFile(path: string): boolean {
    return this.#state.get(PREFIX + path) !== undefined || this.#inMemory.has(path);
  }

  #below(prefix: string): string[] {
    const paths = this.#state.keys(PREFIX + prefix).map((key) => key.slice(PREFIX.length));
    for (const path of this.#inMemory.keys()) if (path.startsWith(prefix)) paths.push(path);
    return paths;
  }

  #foldersBelow(prefix: string): string[] {
    const made = this.#state.keys(FOLDER + prefix).map((key) => key.slice(FOLDER.length));
    return [...made, ...STANDARD.filter((path) => path.startsWith(prefix))];
  }

  #delete(path: string): void {
    this.#state.delete(PREFIX + path);
    this.#inMemory.delete(path);
    this.#count(path, -1);
  }

  /** Something came into a folder (1) or went from it (-1); a folder that came with it, or went, is counted in its own. */
  #count(path: string, change: 1 | -1): void {
    for (let end = path.lastIndexOf('/'); end >= 0; end = end === 0 ? -1 : path.lastIndexOf('/', end - 1)) {
      const folder = end === 0 ? '/' : path.slice(0, end);
      const before = this.#folders.get(folder) ?? 0;
      if (before + change > 0) this.#folders.set(folder, before + change);
      else this.#folders.delete(folder);
      if (before > 0 && before + change > 0) return;
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
