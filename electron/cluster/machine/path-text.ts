/** Absolute, without `.`, `..`, double or trailing slashes. */
export function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

export function withSlash(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}
