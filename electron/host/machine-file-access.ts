import { bytesToFile, fileToBytes } from '../base/file-bytes.ts';
import { MachineFileError } from '../cluster/machine/file-error.ts';
import type { FileStat, FileSystem } from '../cluster/machine/interface.ts';
import type { MachineFileAccess, MachineFileEntry } from './listeners/machine-file-routes.ts';
import { MachineFileRefusal } from './listeners/machine-file-routes.ts';

const KINDS = { file: 'file', folder: 'directory', link: 'symlink' } as const;

/**
 * Files of a simulated machine with the manners of a kernel: nothing is written into a folder that is not there, and folders
 * stay. `turn` runs work inside the simulation and answers once what it did is on disk.
 */
export function accessTo(files: FileSystem, turn: <T>(work: () => T) => Promise<T>): MachineFileAccess {
  const inTurn = <T>(work: () => T): Promise<T> =>
    turn(() => {
      try {
        return work();
      } catch (error) {
        throw error instanceof MachineFileError ? new MachineFileRefusal(error.code) : error;
      }
    });
  return {
    stat: (path, follow) => inTurn(() => entryOf(follow ? files.stat(path) : files.lstat(path))),
    list: (path) =>
      inTurn(() => {
        needFolder(files, path);
        return files.list(path);
      }),
    read: (path) =>
      inTurn(() => {
        refuseFolder(files, path);
        return fileToBytes(files.read(path));
      }),
    write: (path, bytes, { append }) =>
      inTurn(() => {
        refuseFolder(files, path);
        needFolder(files, parentOf(files.realPath(path)));
        const before = append && files.exists(path) ? fileToBytes(files.read(path)) : new Uint8Array();
        files.write(path, bytesToFile(append ? joined(before, bytes) : bytes));
      }),
    allocate: (path, bytes) =>
      inTurn(() => {
        refuseFolder(files, path);
        needFolder(files, parentOf(files.realPath(path)));
        files.allocate(path, bytes);
      }),
    makeFolder: (path) =>
      inTurn(() => {
        if (files.lstat(path) !== undefined) throw new MachineFileRefusal('EEXIST');
        needFolder(files, parentOf(path));
        files.makeFolder(path);
      }),
    remove: (path) =>
      inTurn(() => {
        keepParent(files, path);
        files.remove(path);
      }),
    rename: (from, to) =>
      inTurn(() => {
        needFolder(files, parentOf(to));
        keepParent(files, from);
        files.rename(from, to);
      }),
    link: (path, target) =>
      inTurn(() => {
        needFolder(files, parentOf(path));
        files.link(path, target);
      }),
    readLink: (path) =>
      inTurn(() => {
        const target = files.readLink(path);
        if (target === undefined)
          throw new MachineFileRefusal(files.lstat(path) === undefined ? 'ENOENT' : 'EINVAL');
        return target;
      }),
    realPath: (path) => inTurn(() => files.realPath(path)),
    change: (path, { mode, owner, group, mtimeMs }) =>
      inTurn(() => {
        const before = files.stat(path);
        if (before === undefined) throw new MachineFileRefusal('ENOENT');
        if (mode !== undefined) files.chmod(path, mode);
        if (owner !== undefined || group !== undefined)
          files.chown(path, owner ?? before.owner, group ?? before.group);
        if (mtimeMs !== undefined) files.touch(path, mtimeMs);
      }),
  };
}

function entryOf(stat: FileStat | undefined): MachineFileEntry {
  if (stat === undefined) throw new MachineFileRefusal('ENOENT');
  const { kind, size, mode, owner, group, modifiedAt } = stat;
  return { kind: KINDS[kind], size, mode, owner, group, mtimeMs: modifiedAt };
}

function parentOf(path: string): string {
  return path.replace(/\/+$/, '').replace(/\/[^/]*$/, '') || '/';
}

function needFolder(files: FileSystem, path: string): void {
  if (files.isFolder(path)) return;
  throw new MachineFileRefusal(files.exists(path) ? 'ENOTDIR' : 'ENOENT');
}

function refuseFolder(files: FileSystem, path: string): void {
  if (files.isFolder(path)) throw new MachineFileRefusal('EISDIR');
}

/** A folder that was there only because something is in it stays, as folders do, when that goes. */
function keepParent(files: FileSystem, path: string): void {
  if (files.lstat(path) === undefined) throw new MachineFileRefusal('ENOENT');
  const parent = parentOf(path);
  if (!files.isFolder(parent) || parent === '/') return;
  files.makeFolder(parent);
}

function joined(before: Uint8Array, after: Uint8Array): Uint8Array {
  const all = new Uint8Array(before.length + after.length);
  all.set(before);
  all.set(after, before.length);
  return all;
}
