import { FsError } from '../errors.ts';
import { ExitError, exitCode } from '../etcdctl/errors.ts';
import type { CommandSpec } from '../etcdctl/interface.ts';
import type { Session } from '../etcdctl/session.ts';
import { snapshotStatus } from './snapshot-status.ts';

/** `snapshot status FILE`, of etcdutl and etcdctl. */
export const runStatus: NonNullable<CommandSpec['run']> = async (session, _flags, args) => {
  if (args.length !== 1)
    throw new ExitError(exitCode.badArgs, 'snapshot status requires exactly one argument');
  session.printer();
  const bytes = await readDatabase(session, args[0] as string);
  await session.show('DBStatus', snapshotStatus(bytes));
};

/** A file's bytes. @throws ExitError as Go's os.Stat says it */
export async function readDatabase(session: Session, path: string): Promise<Uint8Array> {
  try {
    return await session.io.fs.readFile(session.io.path(path));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') throw new ExitError(exitCode.error, `stat ${path}: no such file or directory`);
    if (code === 'EISDIR') throw new ExitError(exitCode.error, `read ${path}: is a directory`);
    if (error instanceof FsError)
      throw new ExitError(exitCode.error, `open ${path}: ${error.text.toLowerCase()}`);
    throw error;
  }
}
