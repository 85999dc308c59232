import { byteStringToBytes } from '../../../base/byte-string.ts';
import type { FileSystem, LocalState } from '../../machine/interface.ts';
import type { Backend } from '../backend/interface.ts';
import { decodeSnapshot } from '../snapshot/decode-snapshot.ts';
import { SnapshotError } from '../snapshot/interface.ts';
import { loadSnapshot } from './load-snapshot.ts';

/** Names of the disks that members of this machine have had, the newest last. */
const DISKS = 'etcd:disks';
const DATABASE = '/member/snap/db';
const LOG = '/member/wal/0000000000000000-0000000000000000.wal';
const MARK = 'The data of this member of etcd is kept on the disk ';

/** Where the log of a data directory is. */
export function logFile(dataDir: string): string {
  return dataDir + LOG;
}

/** What a member's program has of its machine. */
export interface DataDirHost {
  readonly machine: { readonly name: string };
  readonly files: FileSystem;
  readonly state: LocalState;
}

/** The machine of a disk's name, e.g. `cp-1` of `cp-1#2`. */
export function machineOfDisk(disk: string): string {
  return disk.split('#')[0] ?? disk;
}

/** The disk that a data directory stands for; undefined when there is none, or a database as etcd writes it. */
export function diskOf(files: FileSystem, dataDir: string): string | undefined {
  const path = dataDir + DATABASE;
  if (!files.exists(path)) return undefined;
  const text = files.read(path);
  return text.startsWith(MARK) ? text.slice(MARK.length).trimEnd() : undefined;
}

/**
 * Opens what `--data-dir` holds. The folder on the simulated machine stands for a disk of the workspace: without the
 * folder the member is a fresh one, and a database in it that `etcdutl snapshot restore` wrote is taken over.
 * Returns upstream's complaint as text when the database cannot be read.
 */
export function openDataDir(
  host: DataDirHost,
  dataDir: string,
  name: string,
  open: (disk: string) => Backend,
): Backend | string {
  const { files } = host;
  const known = diskOf(files, dataDir);
  if (known !== undefined) return open(known);
  const path = dataDir + DATABASE;
  const isRestored = files.exists(path);
  forgetLost(host, open);
  const adopted = isRestored ? undefined : adopt(host, open);
  const disk = adopted?.disk ?? nextDisk(host);
  const backend = adopted?.backend ?? open(disk);
  if (adopted === undefined) backend.clear();
  if (isRestored) {
    const complaint = restore(backend, files.read(path), name);
    if (complaint !== undefined) return complaint;
  }
  files.write(path, `${MARK}${disk}\n`);
  files.write(logFile(dataDir), `${MARK}${disk}\n`);
  return backend;
}

/** A machine from before data directories were files: what its disk holds is what the folder would. */
function adopt(
  { machine, state }: DataDirHost,
  open: (disk: string) => Backend,
): { readonly disk: string; readonly backend: Backend } | undefined {
  if (state.get(DISKS) !== undefined) return undefined;
  const backend = open(machine.name);
  if (backend.wal.metadata === undefined) return undefined;
  state.set(DISKS, [machine.name]);
  return { disk: machine.name, backend };
}

function nextDisk({ machine, state }: DataDirHost): string {
  const disks = disksOf(state);
  const last = disks.at(-1);
  const number = last === undefined ? 1 : Number(last.split('#')[1] ?? '1') + 1;
  const disk = number === 1 ? machine.name : `${machine.name}#${number}`;
  state.set(DISKS, [...disks, disk]);
  return disk;
}

/** Empties the disks of data directories that have been deleted. */
function forgetLost({ files, state }: DataDirHost, open: (disk: string) => Backend): void {
  const kept = new Set<string>();
  for (const key of state.keys('file:')) {
    if (!key.endsWith(DATABASE)) continue;
    const disk = diskOf(files, key.slice('file:'.length, -DATABASE.length));
    if (disk !== undefined) kept.add(disk);
  }
  const disks = disksOf(state);
  const lost = disks.filter((disk) => !kept.has(disk));
  if (lost.length === 0) return;
  for (const disk of lost) open(disk).clear();
  state.set(
    DISKS,
    disks.filter((disk) => kept.has(disk)),
  );
}

function disksOf(state: LocalState): readonly string[] {
  return (state.get(DISKS) as readonly string[] | undefined) ?? [];
}

function restore(backend: Backend, text: string, name: string): string | undefined {
  try {
    return loadSnapshot(backend, decodeSnapshot(byteStringToBytes(text)), name);
  } catch (error) {
    if (error instanceof SnapshotError) return `failed to open database: ${error.message}`;
    throw error;
  }
}
