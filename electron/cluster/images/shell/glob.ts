import type { ContainerFiles } from '../container/interface.ts';
import { hasPattern, patternToRegExp } from './pattern.ts';

/** Paths that match, sorted, written as the pattern was (relative or absolute). Hidden names need a pattern with a dot. */
export function globPaths(files: ContainerFiles, cwd: string, pattern: string): string[] {
  const absolute = pattern.startsWith('/');
  let found: string[] = [absolute ? '/' : ''];
  for (const part of pattern.split('/').filter((piece) => piece !== '')) {
    const next: string[] = [];
    for (const base of found) {
      const folder = base === '' ? cwd : base.startsWith('/') ? base : `${cwd}/${base}`;
      const join = (name: string): string =>
        base === '' || base.endsWith('/') ? base + name : `${base}/${name}`;
      if (!hasPattern(part)) {
        const name = part.replace(/\\(.)/g, '$1');
        if (files.stat(`${folder}/${name}`) !== undefined) next.push(join(name));
        continue;
      }
      if (files.stat(folder)?.kind !== 'directory') continue;
      const matches = patternToRegExp(part, { path: true });
      for (const name of files.list(folder))
        if (matches.test(name) && (part.startsWith('.') || !name.startsWith('.'))) next.push(join(name));
    }
    found = next;
  }
  return found;
}
