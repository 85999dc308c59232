import { existsSync, renameSync } from 'node:fs';

/** Files that SQLite keeps beside a database and that belong to it. */
const COMPANIONS = ['-wal', '-shm', '-journal'];

/** Renames a database that cannot be used, with its companions. Overwrites nothing. Returns its new path. */
export function setAside(path: string, timestamp: string): string {
  const target = freeName(path, timestamp);
  renameSync(path, target);
  for (const suffix of COMPANIONS) if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
  return target;
}

/** A write-ahead log whose database is gone: SQLite would delete it when a new file takes the name. */
export function setAsideOrphans(path: string, timestamp: string): void {
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${freeName(path, timestamp)}-wal`);
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
