import { existsSync, renameSync } from 'node:fs';

/** Files that SQLite, and the redo log, keep beside a database and that belong to it. */
const COMPANIONS = ['-wal', '-shm', '-journal', '-redo'];

/** Renames a database that cannot be used, with its companions. Overwrites nothing. Returns its new path. */
export function setAside(path: string, timestamp: string): string {
  const target = freeName(path, timestamp);
  renameSync(path, target);
  for (const suffix of COMPANIONS) if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
  return target;
}

/** Logs whose database is gone: a new file that takes the name would have them deleted. */
export function setAsideOrphans(path: string, timestamp: string): void {
  const orphans = ['-wal', '-redo'].filter((suffix) => existsSync(path + suffix));
  if (orphans.length === 0) return;
  const target = freeName(path, timestamp);
  for (const suffix of orphans) renameSync(path + suffix, target + suffix);
}

function freeName(path: string, timestamp: string): string {
  const base = `${path}.set-aside-${timestamp.replaceAll(/[^0-9A-Za-z-]/g, '-')}`;
  let target = base;
  for (let number = 2; isTaken(target); number += 1) target = `${base}-${number}`;
  return target;
}

function isTaken(path: string): boolean {
  return ['', ...COMPANIONS].some((suffix) => existsSync(path + suffix));
}
