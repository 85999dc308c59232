import type { ClusterSession } from './cluster-session.ts';
import { accessTo } from './machine-file-access.ts';
import type { MachineFileAccess } from './listeners/machine-file-routes.ts';
import { MachineFileRefusal } from './listeners/machine-file-routes.ts';

/** The files of a simulated machine for the lab shell; what is written is the learner's input. Undefined: no such machine. */
export function filesOfMachine(
  session: ClusterSession | undefined,
  name: string,
): MachineFileAccess | undefined {
  const machine = session?.cluster.machines.find(({ spec }) => spec.name === name || spec.ip === name);
  if (session === undefined || machine === undefined) return undefined;
  return accessTo(
    machine.files,
    (work) =>
      new Promise((resolve, reject) => {
        session.pacer.inject(() => {
          try {
            if (!session.cluster.isReachable(machine.spec.name)) throw new MachineFileRefusal('EHOSTDOWN');
            const result = work();
            session.barrier.afterCommit(() => resolve(result));
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        });
      }),
  );
}
