import type { FileSystem } from '../machine/interface.ts';
import { MountError } from './mount-error.ts';

/** Makes what is to be made, and refuses what is not of the kind that was asked for. Models pkg/volume/hostpath (v1.34). @throws MountError */
export function checkHostPath(
  files: FileSystem,
  volume: string,
  { path, type }: { readonly path: string; readonly type?: string | undefined },
): void {
  const failed = (why: string): MountError =>
    new MountError(
      'mount',
      `MountVolume.SetUp failed for volume ${JSON.stringify(volume)} : hostPath type check failed: ${path} is not a ${why}`,
    );
  const isFile = files.exists(path) && !files.isFolder(path);
  switch (type ?? '') {
    case '':
      return;
    case 'DirectoryOrCreate':
      if (isFile) throw failed('directory');
      if (!files.isFolder(path)) files.makeFolder(path);
      return;
    case 'Directory':
      if (!files.isFolder(path)) throw failed('directory');
      return;
    case 'FileOrCreate':
      if (files.isFolder(path)) throw failed('file');
      if (!isFile) files.write(path, '');
      return;
    case 'File':
      if (!isFile) throw failed('file');
      return;
    case 'Socket':
      if (!isFile) throw failed('socket file');
      return;
    case 'CharDevice':
      throw failed('character device');
    case 'BlockDevice':
      throw failed('block device');
    default:
      throw failed(type ?? '');
  }
}
