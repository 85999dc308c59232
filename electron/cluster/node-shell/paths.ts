/** An absolute path, from one that may be relative to `cwd` or begin with `~`. */
export function resolvePath(cwd: string, path: string): string {
  const full = path.startsWith('/')
    ? path
    : path === '~' || path.startsWith('~/')
      ? `/root${path.slice(1)}`
      : `${cwd}/${path}`;
  const parts: string[] = [];
  for (const part of full.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
