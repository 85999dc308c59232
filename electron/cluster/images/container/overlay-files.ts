import type { ContainerFiles, FileInfo } from './interface.ts';
import { FileError } from './interface.ts';

/** What a container changed, by path: a file's bytes (and how many zeros follow them, which are not kept), a folder, or that something of the image is gone. */
export type LayerEntry =
  | { readonly type: 'file'; readonly bytes: string; readonly zeros?: number }
  | { readonly type: 'folder' }
  | { readonly type: 'gone' };

/** Where the changes are kept. */
export interface WritableLayer {
  entries(): Iterable<readonly [string, LayerEntry]>;
  set(path: string, entry: LayerEntry): void;
  delete(path: string): void;
}

/** A folder of the machine that is seen in the container. */
export interface Mount {
  readonly containerPath: string;
  readonly readOnly: boolean;
  readonly folder: ContainerFiles;
}

/** How much is read of zeros that are not kept. */
const MAX_ZEROS = 65_536;

interface Mounted {
  readonly mount: Mount;
  /** Within the mount. */
  readonly path: string;
}

/** What lies below a container's own changes. */
export interface LowerLayer {
  /** Bytes by path. */
  readonly files: ReadonlyMap<string, string>;
  /** Paths of programs; their content is not modelled. */
  readonly executables: ReadonlySet<string>;
  /** Folders that exist even when they are empty. */
  readonly folders: readonly string[];
}

/** Absolute, without `.`, `..` and doubled slashes. */
export function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

export function parentOf(path: string): string {
  return cleanPath(path.slice(0, path.lastIndexOf('/')));
}

/** The image's files below, the container's own changes above. Models overlayfs as far as `cat` and `ls` can tell. */
export class OverlayFiles implements ContainerFiles {
  readonly #lower: LowerLayer;
  readonly #layer: WritableLayer;
  readonly #mounts: readonly Mount[];
  /** Both are gathered when somebody looks: nobody ever does in most containers. */
  #loaded: Map<string, LayerEntry> | undefined;
  #known: ReadonlySet<string> | undefined;
  readonly #watches = new Set<{ readonly path: string; readonly changed: () => void }>();

  constructor(lower: LowerLayer, layer: WritableLayer, mounts: readonly Mount[] = []) {
    this.#lower = lower;
    this.#layer = layer;
    this.#mounts = [...mounts].sort((a, b) => b.containerPath.length - a.containerPath.length);
  }

  get #changes(): Map<string, LayerEntry> {
    return (this.#loaded ??= new Map(this.#layer.entries()));
  }

  /** Folders of the image, those that files of it lie in, and the mounts with the folders above them. */
  get #folders(): ReadonlySet<string> {
    return (this.#known ??= foldersOf(
      this.#lower,
      this.#mounts.map((mount) => mount.containerPath),
    ));
  }

  stat(typed: string): FileInfo | undefined {
    const path = cleanPath(typed);
    const mounted = this.#mounted(path);
    if (mounted !== undefined) return mounted.mount.folder.stat(mounted.path);
    const change = this.#changes.get(path);
    if (change?.type === 'gone') return undefined;
    if (change?.type === 'file')
      return { kind: 'file', size: change.bytes.length + (change.zeros ?? 0), executable: false };
    if (change?.type === 'folder') return { kind: 'directory', size: 4096, executable: true };
    if (this.#hiddenAbove(path)) return undefined;
    const bytes = this.#lower.files.get(path);
    if (bytes !== undefined) return { kind: 'file', size: bytes.length, executable: false };
    if (this.#lower.executables.has(path)) return { kind: 'file', size: 0, executable: true };
    return path === '/' || this.#folders.has(path)
      ? { kind: 'directory', size: 4096, executable: true }
      : undefined;
  }

  read(typed: string): string {
    const path = cleanPath(typed);
    const info = this.#existing(path);
    if (info.kind === 'directory') throw new FileError('EISDIR');
    const mounted = this.#mounted(path);
    if (mounted !== undefined) return mounted.mount.folder.read(mounted.path);
    const change = this.#changes.get(path);
    if (change?.type !== 'file') return this.#lower.files.get(path) ?? '';
    return change.bytes + '\0'.repeat(Math.min(MAX_ZEROS, change.zeros ?? 0));
  }

  write(typed: string, bytes: string): void {
    const path = cleanPath(typed);
    const mounted = this.#writable(path);
    if (this.stat(path)?.kind === 'directory') throw new FileError('EISDIR');
    if (mounted !== undefined) {
      mounted.mount.folder.write(mounted.path, bytes);
      return;
    }
    this.#checkParent(path);
    this.#put(path, { type: 'file', bytes });
  }

  allocate(typed: string, bytes: number): void {
    const path = cleanPath(typed);
    const mounted = this.#writable(path);
    if (this.stat(path)?.kind === 'directory') throw new FileError('EISDIR');
    if (mounted !== undefined) {
      mounted.mount.folder.allocate(mounted.path, bytes);
      return;
    }
    this.#checkParent(path);
    this.#put(path, { type: 'file', bytes: '', zeros: bytes });
  }

  list(typed: string): readonly string[] {
    const path = cleanPath(typed);
    if (this.#existing(path).kind !== 'directory') throw new FileError('ENOTDIR');
    const mounted = this.#mounted(path);
    if (mounted !== undefined) return mounted.mount.folder.list(mounted.path);
    const prefix = path === '/' ? '/' : `${path}/`;
    const names = new Set<string>();
    for (const source of [
      this.#lower.files.keys(),
      this.#lower.executables,
      this.#folders,
      this.#changes.keys(),
    ])
      for (const candidate of source) {
        if (!candidate.startsWith(prefix) || candidate === '/') continue;
        const name = candidate.slice(prefix.length).split('/')[0] ?? '';
        if (name !== '' && this.stat(prefix + name) !== undefined) names.add(name);
      }
    return [...names].sort();
  }

  makeFolder(typed: string): void {
    const path = cleanPath(typed);
    const mounted = this.#writable(path);
    if (this.stat(path) !== undefined) throw new FileError('EEXIST');
    if (mounted !== undefined) {
      mounted.mount.folder.makeFolder(mounted.path);
      return;
    }
    this.#checkParent(path);
    this.#put(path, { type: 'folder' });
  }

  remove(typed: string): void {
    const path = cleanPath(typed);
    this.#existing(path);
    const mounted = this.#writable(path);
    if (mounted !== undefined) {
      mounted.mount.folder.remove(mounted.path);
      return;
    }
    for (const other of [...this.#changes.keys()])
      if (other.startsWith(`${path}/`)) {
        this.#changes.delete(other);
        this.#layer.delete(other);
      }
    this.#put(path, { type: 'gone' });
  }

  watch(typed: string, changed: () => void): { dispose(): void } {
    const path = cleanPath(typed);
    const mounted = this.#mounted(path);
    if (mounted !== undefined) return mounted.mount.folder.watch(mounted.path, changed);
    const watch = { path, changed };
    this.#watches.add(watch);
    return { dispose: () => void this.#watches.delete(watch) };
  }

  #put(path: string, entry: LayerEntry): void {
    this.#layer.set(path, entry);
    this.#changes.set(path, entry);
    for (const watch of [...this.#watches])
      if (path === watch.path || path.startsWith(`${watch.path}/`)) watch.changed();
  }

  #existing(path: string): FileInfo {
    const info = this.stat(path);
    if (info !== undefined) return info;
    const parent = path === '/' ? undefined : this.stat(parentOf(path));
    throw new FileError(parent?.kind === 'file' ? 'ENOTDIR' : 'ENOENT');
  }

  #checkParent(path: string): void {
    const parent = this.stat(parentOf(path));
    if (parent === undefined) throw new FileError('ENOENT');
    if (parent.kind === 'file') throw new FileError('ENOTDIR');
  }

  /** A folder above was removed or replaced by the container. */
  #hiddenAbove(path: string): boolean {
    for (let parent = parentOf(path); parent !== '/'; parent = parentOf(parent)) {
      const change = this.#changes.get(parent);
      if (change !== undefined && change.type !== 'folder') return true;
    }
    return false;
  }

  #mounted(path: string): Mounted | undefined {
    for (const mount of this.#mounts) {
      if (path !== mount.containerPath && !path.startsWith(`${mount.containerPath}/`)) continue;
      return { mount, path: path.slice(mount.containerPath.length) || '/' };
    }
    return undefined;
  }

  #writable(path: string): Mounted | undefined {
    const mounted = this.#mounted(path);
    if (mounted?.mount.readOnly === true) throw new FileError('EROFS');
    return mounted;
  }
}

function foldersOf({ files, executables, folders }: LowerLayer, mounts: readonly string[]): Set<string> {
  const known = new Set<string>();
  for (const path of [...files.keys(), ...executables, ...folders, ...mounts])
    for (let parent = parentOf(path); ; parent = parentOf(parent)) {
      known.add(parent);
      if (parent === '/') break;
    }
  for (const path of [...folders, ...mounts]) known.add(path);
  return known;
}

/** A layer that is forgotten with its container. */
export class VolatileLayer implements WritableLayer {
  readonly #entries = new Map<string, LayerEntry>();

  entries(): Iterable<readonly [string, LayerEntry]> {
    return this.#entries;
  }

  set(path: string, entry: LayerEntry): void {
    this.#entries.set(path, entry);
  }

  delete(path: string): void {
    this.#entries.delete(path);
  }
}
