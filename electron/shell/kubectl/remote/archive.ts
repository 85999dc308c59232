import { posix } from 'node:path';
import { packTar, unpackTar } from 'modern-tar';
import type { ShellFs } from '../../interface.ts';

type Entry = Parameters<typeof packTar>[0][number];

/** A tar archive of a file or folder whose top is called `name`. */
export async function packFiles(fs: ShellFs, path: string, name: string): Promise<Uint8Array> {
  const entries: Entry[] = [];
  const add = async (here: string, as: string): Promise<void> => {
    const stat = await fs.lstat(here);
    const header = { name: as, size: 0, mode: stat.mode & 0o7777, mtime: new Date(stat.mtimeMs) };
    if (stat.kind === 'directory') {
      entries.push({ header: { ...header, name: `${as}/`, type: 'directory' } });
      for (const child of (await fs.readdir(here)).sort())
        await add(posix.join(here, child), `${as}/${child}`);
    } else if (stat.kind === 'symlink') {
      entries.push({ header: { ...header, type: 'symlink', linkname: await fs.readlink(here) } });
    } else if (stat.kind === 'file') {
      const body = await fs.readFile(here);
      entries.push({ header: { ...header, type: 'file', size: body.length }, body });
    }
  };
  await add(path, name);
  return packTar(entries);
}

/**
 * Writes what an archive holds below `prefix` to `target`. Answers what was refused: links and names that would leave the
 * target. Models `untarAll` of kubectl's cmd/cp/cp.go (v1.33), which takes links for an attack.
 */
export async function unpackFiles(
  fs: ShellFs,
  archive: Uint8Array,
  prefix: string,
  target: string,
): Promise<string[]> {
  const refused: string[] = [];
  if (archive.length === 0) return refused;
  for (const { header, data } of await unpackTar(archive)) {
    const name = header.name.replace(/^\/+/, '').replace(/\/$/, '');
    if (name !== prefix && !name.startsWith(`${prefix}/`)) {
      refused.push(`tar contents corrupted: ${header.name} is not below ${prefix}`);
      continue;
    }
    const path = posix.join(target, name.slice(prefix.length));
    if (path !== target && !path.startsWith(`${target}/`)) {
      refused.push(`file ${JSON.stringify(path)} is outside target destination, skipping`);
    } else if (header.type === 'directory') {
      await fs.mkdir(path, { recursive: true });
    } else if (header.type === 'symlink' || header.type === 'link') {
      refused.push(
        `skipping symlink: ${JSON.stringify(path)} -> ${JSON.stringify(header.linkname ?? '')} (consider using "kubectl exec -n "NAMESPACE" "POD" -- tar cf - "FILE" | tar xf -")`,
      );
    } else {
      await fs.mkdir(posix.dirname(path), { recursive: true });
      await fs.writeFile(path, data ?? new Uint8Array(0), header.mode);
    }
  }
  return refused;
}
