import { filePathOf, isHiddenFolder, windowsPathOf } from '../../base/windows-path.ts';
import type { SessionAccess } from './cmdlet.ts';
import { commandClass } from './cmdlet.ts';
import type { WindowsFiles } from './interface.ts';
import { PsError } from './interface.ts';
import { hasWildcard, wildcard } from './values.ts';

/** Names directly below a folder, as Windows sorts them; what is no file of drive C is left out. */
export function namesBelow(files: WindowsFiles, folder: string): readonly string[] {
  const names = folder === '/' ? files.list('/').filter((name) => !isHiddenFolder(name)) : files.list(folder);
  return [...names].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
}

/** The path with the case in which its files were made. */
function inItsCase(files: WindowsFiles, path: string): string {
  if (path === '/' || files.stat(path) !== undefined) return path;
  let found = '';
  for (const part of path.slice(1).split('/')) {
    const same = files.list(found === '' ? '/' : found).find((name) => name.toLowerCase() === part.toLowerCase());
    found += `/${same ?? part}`;
  }
  return found;
} // prettier-ignore

export function join(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}

/** What somebody wrote as a path, in full. @throws PsError for another drive */
export function resolvePath(
  session: Pick<SessionAccess, 'cwd' | 'host'>,
  text: string,
  cmdlet: string,
): string {
  const { host, cwd } = session;
  const home = text.replace(/^~(?=[\\/]|$)/, () => windowsPathOf(host.home));
  const isWhole = /^([a-z]:|[\\/])/i.test(home);
  const path = filePathOf(isWhole ? home : `${cwd}/${home}`);
  if (path === undefined)
    throw new PsError(
      `Cannot find drive. A drive with the name '${home.slice(0, home.indexOf(':'))}' does not exist.`,
      'ObjectNotFound',
      `${home.slice(0, home.indexOf(':'))}:String`,
      'DriveNotFoundException',
      `DriveNotFound,${commandClass(cmdlet)}`,
    );
  return inItsCase(host.files, path);
}

export function noSuchPath(path: string, cmdlet: string): PsError {
  const name = windowsPathOf(path);
  return new PsError(
    `Cannot find path '${name}' because it does not exist.`,
    'ObjectNotFound',
    `${name}:String`,
    'ItemNotFoundException',
    `PathNotFound,${commandClass(cmdlet)}`,
  );
}

/** The files that a text with wildcards stands for; one without stands for itself. @throws PsError when it is not there */
export function matchingPaths(
  session: Pick<SessionAccess, 'cwd' | 'host'>,
  text: string,
  cmdlet: string,
): readonly string[] {
  const path = resolvePath(session, text, cmdlet);
  const { files } = session.host;
  if (!hasWildcard(path)) {
    if (path !== '/' && files.stat(path) === undefined) throw noSuchPath(path, cmdlet);
    return [path];
  }
  let found = ['/'];
  for (const part of path.slice(1).split('/')) {
    const pattern = wildcard(part);
    found = found.flatMap((folder) =>
      files.stat(folder)?.kind !== 'folder' && folder !== '/'
        ? []
        : namesBelow(files, folder)
            .filter((name) => pattern.test(name))
            .map((name) => join(folder, name)),
    );
  }
  return found;
}
