import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { toDisposable } from '../../base/disposable.ts';
import type { CountedDisk } from './disk.ts';
import { FileAttributes } from './file-attributes.ts';
import { MachineFileError } from './file-error.ts';
import type { FileStat, FileSystem, LocalState, MountedFolder } from './interface.ts';
import { Links } from './links.ts';
import { normalize, withSlash } from './path-text.ts';

const PREFIX = 'file:';
const FOLDER = 'folder:';
/** Folders that every machine has, even when nothing is in them. */
const LINUX = [
  '/etc',
  '/etc/default',
  '/home',
  '/mnt',
  '/opt',
  '/root',
  '/srv',
  '/tmp',
  '/usr/local/bin',
  '/var/backups',
  '/var/lib',
  '/var/log',
  '/var/tmp',
];
const WINDOWS = [
  '/Program Files',
  '/ProgramData',
  '/Users/Administrator',
  '/Windows/System32',
  '/var/lib/kubelet',
  '/var/log/pods',
];
/** What a folder's entry takes. */
const FOLDER_SIZE = 4096;
/** How much of a file without content is read. */
const MAX_ZEROS = 65_536;

/**
 * Files of one machine, kept in its local state under `file:<path>`; those that are provided in memory only. Folders that
 * were made are under `folder:<path>` and stay; others exist as long as something is in them.
 */
export class MachineFiles {
  readonly #state: LocalState;
  readonly #disk: CountedDisk;
  /** By path; a function until somebody reads. */
  readonly #inMemory = new Map<string, string | (() => string)>();
  readonly #watchers = new Set<{ folder: string; notify: (path: string) => void }>();
  /** How many files and folders are in each folder; one that was made counts itself. */
  readonly #folders = new Map<string, number>();
  readonly #mounts = new Map<string, MountedFolder>();
  readonly #links: Links;
  readonly #attributes: FileAttributes;
  readonly #standard: readonly string[];

  /** `now`: virtual time. */
  constructor(state: LocalState, disk: CountedDisk, now: () => number, os: 'linux' | 'windows' = 'linux') {
    this.#standard = os === 'windows' ? WINDOWS : LINUX;
    this.#state = state;
    this.#disk = disk;
    this.#links = new Links(state, this.#mounts);
    this.#attributes = new FileAttributes(state, now);
    for (const key of state.keys(PREFIX)) {
      this.#count(key.slice(PREFIX.length), 1);
      disk.count((state.get(key) as string).length, 1);
    }
    disk.count(this.#attributes.totalWithoutContent());
    for (const path of this.#links.paths) this.#count(path, 1);
    for (const folder of this.#standard) this.#count(`${folder}/`, 1);
    for (const key of state.keys(FOLDER)) this.#count(`${key.slice(FOLDER.length)}/`, 1);
  }

  /** The files as one process sees them: its watches run as its own events and end with it. */
  view(clock: Clock, onWatch: (watch: Disposable) => void): Omit<FileSystem, 'mount' | 'unmount' | 'mounts'> {
    return {
      read: (path) => this.read(path),
      exists: (path) => this.exists(path),
      write: (path, text, mode) => this.write(path, text, mode),
      append: (path, text, keep) => this.append(path, text, keep),
      allocate: (path, bytes) => this.allocate(path, bytes),
      provide: (path, text) => this.provide(path, text),
      stat: (path) => this.#stat(this.#resolve(path)),
      lstat: (path) => this.lstat(path),
      link: (path, target) => this.link(path, target),
      readLink: (path) => this.#links.target(this.#own(path)),
      realPath: (path) => this.#resolve(path),
      chmod: (path, mode) => this.#attributes.change(this.#existing('chmod', path), { mode }),
      chown: (path, owner, group) => this.#attributes.change(this.#existing('chown', path), { owner, group }),
      touch: (path, time) => this.#attributes.touch(this.#existing('chtimes', path), time),
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

  mount(path: string, folder: MountedFolder): void {
    this.#mounts.set(path, folder);
    this.#count(`${path}/`, 1);
  }

  read(path: string): string {
    const clean = this.#resolve(path);
    const text = this.#state.get(PREFIX + clean) ?? this.#inMemory.get(clean);
    if (typeof text === 'string') {
      if (text !== '') return text;
      return '\0'.repeat(Math.min(MAX_ZEROS, this.#attributes.allocated(clean)));
    }
    if (typeof text === 'function') {
      const made = (text as () => string)();
      this.#inMemory.set(clean, made);
      return made;
    }
    const mounted = this.#mounted(clean);
    if (mounted?.stat?.kind === 'file') return mounted.folder.read(mounted.path);
    throw new MachineFileError('ENOENT', 'open', path);
  }

  exists(path: string): boolean {
    const clean = this.#resolve(path);
    return this.#isFile(clean) || this.#folders.has(clean) || this.#mounted(clean)?.stat !== undefined;
  }

  write(path: string, text: string, mode?: number): void {
    const clean = this.#resolve(path);
    const isNew = !this.#isFile(clean);
    if (isNew && this.#mounted(clean)?.stat !== undefined) throw new MachineFileError('EACCES', 'open', path);
    if (isNew && this.#folders.has(clean)) throw new MachineFileError('EISDIR', 'open', path);
    this.#grow(path, text.length - this.#sizeOnDisk(clean), this.#isOnDisk(clean) ? 0 : 1);
    if (isNew) {
      this.#count(clean, 1);
      if (mode !== undefined) this.#attributes.change(clean, { mode });
    } else if (this.#withoutContent(clean) > 0) this.#attributes.change(clean, { allocated: 0, elided: 0 });
    this.#inMemory.delete(clean);
    this.#state.set(PREFIX + clean, text);
    this.#changed(clean);
  }

  append(path: string, text: string, keep: number): void {
    const clean = this.#resolve(path);
    const before = this.#state.get(PREFIX + clean);
    if (typeof before !== 'string') {
      this.write(path, text);
      return;
    }
    this.#grow(path, text.length, 0);
    const all = before + text;
    const from = all.length > 2 * keep ? all.indexOf('\n', all.length - keep) + 1 : 0;
    if (from > 0) this.#attributes.change(clean, { elided: this.#attributes.elided(clean) + from });
    this.#state.set(PREFIX + clean, all.slice(from));
    this.#changed(clean);
  }

  allocate(path: string, bytes: number): void {
    const clean = this.#resolve(path);
    this.#grow(path, bytes - this.#sizeOnDisk(clean), this.#isOnDisk(clean) ? 0 : 1);
    if (!this.#isFile(clean)) this.#count(clean, 1);
    this.#inMemory.delete(clean);
    this.#state.set(PREFIX + clean, '');
    this.#attributes.change(clean, { allocated: bytes, elided: 0 });
    this.#changed(clean);
  }

  provide(path: string, text: () => string): void {
    const clean = this.#resolve(path);
    if (!this.#isFile(clean)) this.#count(clean, 1);
    this.#disk.count(-this.#sizeOnDisk(clean), this.#isOnDisk(clean) ? -1 : 0);
    this.#state.delete(PREFIX + clean);
    this.#inMemory.set(clean, text);
    this.#changed(clean);
  }

  lstat(path: string): FileStat | undefined {
    const clean = this.#own(path);
    const target = this.#links.target(clean);
    if (target === undefined) return this.#stat(clean);
    return {
      kind: 'link',
      size: target.length,
      mode: 0o777,
      ...this.#attributes.owner(clean),
      modifiedAt: this.#attributes.time(clean),
    };
  }

  link(path: string, target: string): void {
    const clean = this.#own(path);
    if (this.lstat(clean) !== undefined) throw new MachineFileError('EEXIST', 'symlink', path);
    this.#links.set(clean, target);
    this.#count(clean, 1);
    this.#changed(clean);
  }

  isFolder(path: string): boolean {
    const clean = this.#resolve(path);
    return clean === '/' || this.#folders.has(clean) || this.#mounted(clean)?.stat?.kind === 'folder';
  }

  makeFolder(path: string, medium: 'disk' | 'memory' = 'disk'): void {
    const clean = this.#resolve(path);
    if (this.#isFile(clean)) throw new MachineFileError('EEXIST', 'mkdir', path);
    if (clean === '/' || this.#standard.includes(clean) || this.#state.get(FOLDER + clean) !== undefined)
      return;
    this.#state.set(FOLDER + clean, medium);
    this.#attributes.touch(clean);
    this.#count(`${clean}/`, 1);
  }

  remove(path: string): void {
    const clean = this.#own(path);
    if (this.#links.delete(clean)) {
      this.#attributes.forget(clean);
      this.#count(clean, -1);
      this.#notify(clean);
      return;
    }
    if (!this.exists(clean)) throw new MachineFileError('ENOENT', 'remove', path);
    if (!this.#isFile(clean) && !this.#folders.has(clean))
      throw new MachineFileError('EACCES', 'remove', path);
    for (const folder of [...this.#foldersBelow(withSlash(clean)), clean]) {
      if (this.#state.get(FOLDER + folder) === undefined) continue;
      this.#state.delete(FOLDER + folder);
      this.#attributes.forget(folder);
      this.#count(`${folder}/`, -1);
    }
    for (const link of this.#links.below(withSlash(clean))) this.remove(link);
    for (const file of [...(this.#isFile(clean) ? [clean] : []), ...this.#below(withSlash(clean))]) {
      this.#delete(file);
      this.#notify(file);
    }
  }

  rename(from: string, to: string): void {
    const source = this.#own(from);
    const target = this.#own(to);
    const link = this.#links.target(source);
    if (link !== undefined) {
      this.remove(source);
      if (this.lstat(target) !== undefined) this.remove(target);
      this.link(target, link);
      return;
    }
    if (this.#isFile(source)) {
      this.#move(source, target);
      return;
    }
    if (!this.#folders.has(source)) throw new MachineFileError('ENOENT', 'rename', from);
    const below = withSlash(source);
    const moved = (path: string): string => target + path.slice(source.length);
    this.makeFolder(target);
    this.#attributes.move(source, target);
    for (const folder of this.#foldersBelow(below)) this.makeFolder(moved(folder));
    for (const path of this.#links.below(below)) this.link(moved(path), this.#links.target(path) ?? '');
    for (const path of this.#below(below)) this.#move(path, moved(path));
    if (this.#folders.has(source)) this.remove(source);
  }

  list(folder: string): readonly string[] {
    const clean = this.#resolve(folder);
    const prefix = withSlash(clean);
    const names = new Set<string>();
    const folders = this.#foldersBelow(prefix).map((path) => `${path}/`);
    for (const path of [...this.#below(prefix), ...folders, ...this.#links.below(prefix)]) {
      const rest = path.slice(prefix.length);
      const slash = rest.indexOf('/');
      names.add(slash < 0 ? rest : rest.slice(0, slash + 1));
    }
    const mounted = this.#mounted(clean);
    for (const name of mounted?.folder.list(mounted.path) ?? []) names.add(name);
    return [...names].sort();
  }

  /** The power is gone, and with it what was in memory. */
  forgetMemory(): void {
    for (const path of [...this.#inMemory.keys()]) this.#delete(path);
    for (const key of this.#state.keys(FOLDER))
      if (this.#state.get(key) === 'memory') this.remove(key.slice(FOLDER.length));
  }

  #move(source: string, target: string): void {
    if (source === target) return;
    const text = this.#state.get(PREFIX + source);
    if (typeof text !== 'string') {
      const made = this.read(source);
      this.#delete(source);
      this.#notify(source);
      this.write(target, made);
      return;
    }
    if (this.#isFile(target)) this.#delete(target);
    else if (this.#folders.has(target)) throw new MachineFileError('EISDIR', 'rename', target);
    // What is on the disk stays there: only its name is another.
    this.#state.delete(PREFIX + source);
    this.#state.set(PREFIX + target, text);
    this.#count(source, -1);
    this.#count(target, 1);
    this.#attributes.move(source, target);
    this.#notify(source);
    this.#notify(target);
  }

  /** Clean, with all links followed. */
  #resolve(path: string): string {
    return this.#links.resolve(normalize(path));
  }

  /** Clean, with links followed but for one at the end. */
  #own(path: string): string {
    return this.#links.resolve(normalize(path), false);
  }

  #existing(call: string, path: string): string {
    if (!this.exists(path)) throw new MachineFileError('ENOENT', call, path);
    return this.#resolve(path);
  }

  #stat(clean: string): FileStat | undefined {
    const isFile = this.#isFile(clean);
    if (!isFile && !this.isFolder(clean)) return this.#mounted(clean)?.stat;
    const kind = isFile ? 'file' : 'folder';
    const allocated = isFile ? this.#attributes.allocated(clean) : 0;
    const elided = isFile ? this.#attributes.elided(clean) : 0;
    return {
      kind,
      size: allocated > 0 ? allocated : isFile ? elided + byteLength(this.read(clean)) : FOLDER_SIZE,
      ...(elided === 0 ? {} : { elided }),
      mode: this.#attributes.mode(clean, kind),
      ...this.#attributes.owner(clean),
      modifiedAt: this.#attributes.time(clean),
    };
  }

  #mounted(
    clean: string,
  ):
    | { readonly folder: MountedFolder; readonly path: string; readonly stat: FileStat | undefined }
    | undefined {
    for (const [at, folder] of this.#mounts) {
      if (clean !== at && !clean.startsWith(`${at}/`)) continue;
      const path = clean.slice(at.length + 1);
      return { folder, path, stat: folder.stat(path) };
    }
    return undefined;
  }

  /** @throws MachineFileError ENOSPC */
  #grow(path: string, bytes: number, inodes: number): void {
    if (bytes > 0 && bytes > this.#disk.available) throw new MachineFileError('ENOSPC', 'write', path);
    this.#disk.count(bytes, inodes);
  }

  #sizeOnDisk(clean: string): number {
    const text = this.#state.get(PREFIX + clean);
    return typeof text === 'string' ? text.length + this.#withoutContent(clean) : 0;
  }

  #withoutContent(clean: string): number {
    return this.#attributes.allocated(clean) + this.#attributes.elided(clean);
  }

  #isOnDisk(path: string): boolean {
    return this.#state.get(PREFIX + path) !== undefined;
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
    const always = [...this.#standard, ...this.#mounts.keys()];
    return [...made, ...always.filter((path) => path.startsWith(prefix))];
  }

  #delete(path: string): void {
    this.#disk.count(-this.#sizeOnDisk(path), this.#isOnDisk(path) ? -1 : 0);
    this.#state.delete(PREFIX + path);
    this.#inMemory.delete(path);
    this.#attributes.forget(path);
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

  #changed(path: string): void {
    this.#attributes.touch(path);
    this.#notify(path);
  }

  #notify(path: string): void {
    for (const watcher of this.#watchers) if (path.startsWith(watcher.folder)) watcher.notify(path);
  }
}

/** Of the file's bytes: text is UTF-8, bytes are a character each. */
function byteLength(text: string): number {
  if (!/[^\x00-\x7f]/.test(text)) return text.length;
  return text.includes('\0') ? text.length : new TextEncoder().encode(text).length;
}
