import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { MachineFileError } from './file-error.ts';
import type { FileSystem, LocalState, MountedDisk } from './interface.ts';
import { normalize, withSlash } from './path-text.ts';

const MOUNT = 'disk-mount:';

/** Where the files of a disk are: below `root` of `files`. */
export interface DiskFiles {
  readonly files: FileSystem;
  readonly root: string;
}

/** The disks that are attached to a machine beside its own, by device; undefined when there is none. */
export type Devices = (device: string) => DiskFiles | undefined;

/** A path below a mount. */
interface OnDisk {
  /** Undefined when the disk was taken away under its mount. */
  readonly disk: DiskFiles | undefined;
  /** On the disk, with its root. */
  readonly path: string;
  readonly folder: string;
}

interface Viewed {
  view(clock: Clock, onWatch: (watch: Disposable) => void): Omit<FileSystem, 'mount' | 'unmount' | 'mounts'>;
}

/**
 * A machine's files together with those of the disks that are mounted in its folders. The mount table is under
 * `disk-mount:<folder>` in the machine's state, and goes with the power. Links are not followed from one disk to another.
 */
export class DiskMounts {
  readonly #own: Viewed;
  readonly #state: LocalState;
  readonly #devices: Devices;
  /** Device by folder. */
  readonly #mounts = new Map<string, string>();

  constructor(own: Viewed, state: LocalState, devices: Devices) {
    this.#own = own;
    this.#state = state;
    this.#devices = devices;
    for (const key of state.keys(MOUNT)) this.#mounts.set(key.slice(MOUNT.length), String(state.get(key)));
  }

  /** The files as one process sees them: its watches run as its own events and end with it. */
  view(clock: Clock, onWatch: (watch: Disposable) => void): FileSystem {
    const own = this.#own.view(clock, onWatch);
    /** The call on the disk when the path lies on one, else on the machine's own files. */
    const at = <T>(
      call: string,
      path: string,
      there: (files: FileSystem, path: string) => T,
      here: () => T,
    ): T => {
      const found = this.#onDisk(path);
      if (found === undefined) return here();
      if (found.disk === undefined) throw new MachineFileError('EIO', call, path);
      return there(found.disk.files, found.path);
    };
    /** As above, for what looks only: a disk that was taken away has nothing on it. */
    const look = <T>(
      path: string,
      there: (files: FileSystem, path: string) => T,
      nothing: T,
      here: () => T,
    ): T => {
      const found = this.#onDisk(path);
      if (found === undefined) return here();
      return found.disk === undefined ? nothing : there(found.disk.files, found.path);
    };
    const view: FileSystem = {
      read: (path) =>
        at(
          'open',
          path,
          (f, p) => f.read(p),
          () => own.read(path),
        ),
      exists: (path) =>
        look(
          path,
          (f, p) => f.exists(p),
          false,
          () => own.exists(path),
        ),
      write: (path, text, mode) =>
        at(
          'write',
          path,
          (f, p) => f.write(p, text, mode),
          () => own.write(path, text, mode),
        ),
      append: (path, text, keep) =>
        at(
          'write',
          path,
          (f, p) => f.append(p, text, keep),
          () => own.append(path, text, keep),
        ),
      allocate: (path, bytes) =>
        at(
          'write',
          path,
          (f, p) => f.allocate(p, bytes),
          () => own.allocate(path, bytes),
        ),
      provide: (path, text) =>
        at(
          'write',
          path,
          (f, p) => f.provide(p, text),
          () => own.provide(path, text),
        ),
      stat: (path) =>
        look(
          path,
          (f, p) => f.stat(p),
          undefined,
          () => own.stat(path),
        ),
      lstat: (path) =>
        look(
          path,
          (f, p) => f.lstat(p),
          undefined,
          () => own.lstat(path),
        ),
      link: (path, target) =>
        at(
          'symlink',
          path,
          (f, p) => f.link(p, target),
          () => own.link(path, target),
        ),
      readLink: (path) =>
        look(
          path,
          (f, p) => f.readLink(p),
          undefined,
          () => own.readLink(path),
        ),
      realPath: (path) =>
        look(
          path,
          () => normalize(path),
          path,
          () => own.realPath(path),
        ),
      chmod: (path, mode) =>
        at(
          'chmod',
          path,
          (f, p) => f.chmod(p, mode),
          () => own.chmod(path, mode),
        ),
      chown: (path, owner, group) =>
        at(
          'chown',
          path,
          (f, p) => f.chown(p, owner, group),
          () => own.chown(path, owner, group),
        ),
      touch: (path, time) =>
        at(
          'chtimes',
          path,
          (f, p) => f.touch(p, time),
          () => own.touch(path, time),
        ),
      isFolder: (path) =>
        look(
          path,
          (f, p) => f.isFolder(p),
          false,
          () => own.isFolder(path),
        ),
      makeFolder: (path, medium) =>
        at(
          'mkdir',
          path,
          (f, p) => f.makeFolder(p, medium),
          () => own.makeFolder(path, medium),
        ),
      remove: (path) => {
        this.#refuseBusy(path);
        at(
          'remove',
          path,
          (f, p) => f.remove(p),
          () => own.remove(path),
        );
      },
      rename: (from, to) => {
        const [source, target] = [this.#onDisk(from), this.#onDisk(to)];
        if (source?.folder !== target?.folder) throw new MachineFileError('EXDEV', 'rename', from);
        at(
          'rename',
          from,
          (f, p) => f.rename(p, target?.path ?? ''),
          () => own.rename(from, to),
        );
      },
      list: (folder) =>
        look(
          folder,
          (f, p) => f.list(p),
          [],
          () => own.list(folder),
        ),
      watch: (folder, changed) => {
        const found = this.#onDisk(folder);
        if (found?.disk === undefined) return own.watch(folder, changed);
        const { disk } = found;
        const watch = disk.files.watch(
          found.path,
          (path) => void clock.setTimeout(() => changed(`${found.folder}${path.slice(disk.root.length)}`), 0),
        );
        onWatch(watch);
        return watch;
      },
      mount: (device, folder) => {
        const clean = normalize(folder);
        if (this.#devices(device) === undefined)
          throw new Error(`mount: ${folder}: special device ${device} does not exist.`);
        view.makeFolder(clean);
        this.#mounts.set(clean, device);
        this.#state.set(MOUNT + clean, device);
      },
      unmount: (folder) => {
        const clean = normalize(folder);
        if (!this.#mounts.delete(clean)) throw new Error(`umount: ${folder}: not mounted.`);
        this.#state.delete(MOUNT + clean);
      },
      mounts: () => this.#list(),
    };
    return view;
  }

  /** The power is gone, and with it the mount table. */
  forget(): void {
    for (const folder of this.#mounts.keys()) this.#state.delete(MOUNT + folder);
    this.#mounts.clear();
  }

  #list(): readonly MountedDisk[] {
    return [...this.#mounts]
      .map(([folder, device]) => ({ device, folder }))
      .sort((a, b) => (a.folder < b.folder ? -1 : 1));
  }

  /** Of several mounts the innermost counts. */
  #onDisk(path: string): OnDisk | undefined {
    if (this.#mounts.size === 0) return undefined;
    const clean = normalize(path);
    let found: readonly [string, string] | undefined;
    for (const mount of this.#mounts) {
      const [folder] = mount;
      if (clean !== folder && !clean.startsWith(`${folder}/`)) continue;
      if (found === undefined || folder.length > found[0].length) found = mount;
    }
    if (found === undefined) return undefined;
    const [folder, device] = found;
    const disk = this.#devices(device);
    const below = clean.slice(folder.length);
    return { disk, path: `${disk?.root ?? ''}${below}`, folder };
  }

  #refuseBusy(path: string): void {
    const clean = normalize(path);
    for (const folder of this.#mounts.keys())
      if (folder === clean || folder.startsWith(withSlash(clean)))
        throw new MachineFileError('EBUSY', 'remove', folder);
  }
}
