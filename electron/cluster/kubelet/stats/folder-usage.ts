import type { FileSystem } from '../../machine/interface.ts';
import type { FsUsage } from './interface.ts';

/** The block that a file system gives out. */
const BLOCK = 4096;

/** What a folder with all below it takes. Models du as the kubelet's volume metrics use it. */
export function folderUsage(files: FileSystem, folder: string): FsUsage {
  let bytes = BLOCK;
  let inodes = 1;
  for (const name of files.list(folder)) {
    const path = `${folder}/${name.replace(/\/$/, '')}`;
    if (name.endsWith('/')) {
      const below = folderUsage(files, path);
      bytes += below.bytes;
      inodes += below.inodes;
    } else {
      bytes += Math.ceil((files.stat(path)?.size ?? 0) / BLOCK) * BLOCK;
      inodes += 1;
    }
  }
  return { bytes, inodes };
}
