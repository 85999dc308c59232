import { bytesToFile, fileToBytes } from '../base/file-bytes.ts';
import type { ClusterSession } from './cluster-session.ts';
import type { MachineFileAccess } from './listeners/machine-file-routes.ts';

/** The files of a simulated machine for the lab shell; what is written is the learner's input. Undefined: no such machine. */
export function filesOfMachine(
  session: ClusterSession | undefined,
  name: string,
): MachineFileAccess | undefined {
  const machine = session?.cluster.machines.find(({ spec }) => spec.name === name || spec.ip === name);
  if (session === undefined || machine === undefined) return undefined;
  /** Runs in a turn of the simulation; answers once what it did is on disk. */
  const inTurn = <T>(work: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      session.pacer.inject(() => {
        try {
          const result = work();
          session.barrier.afterCommit(() => resolve(result));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  const { files } = machine;
  return {
    stat: (path) =>
      inTurn(() => {
        if (path === '/' || files.list(path).length > 0) return { kind: 'directory', size: 0 };
        return files.exists(path) ? { kind: 'file', size: fileToBytes(files.read(path)).length } : undefined;
      }),
    list: (path) => inTurn(() => files.list(path)),
    read: (path) =>
      inTurn(() =>
        files.exists(path) && files.list(path).length === 0 ? fileToBytes(files.read(path)) : undefined,
      ),
    write: (path, bytes) => inTurn(() => files.write(path, bytesToFile(bytes))),
    remove: (path) => inTurn(() => files.remove(path)),
    rename: (from, to) => inTurn(() => files.rename(from, to)),
  };
}
