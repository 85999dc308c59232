import { join, normalize, sep } from 'node:path';

/** The file that a path names, or undefined when it would lie outside `root`. */
export function fileBelow(root: string, pathname: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  if (decoded.includes('\0')) return undefined;
  const base = normalize(root.endsWith(sep) ? root : root + sep);
  const file = normalize(join(base, decoded));
  return file.startsWith(base) ? file : undefined;
}
