import type { InjectedEtcdGateway } from './injected-etcd-gateway.ts';

/** A resumed cluster is given so long to have its etcd running again, in real milliseconds. */
const RESUME_PATIENCE = 2000;

/** Resolves when every member can be reached, or when that takes too long: somebody may have stopped one. */
export function membersServing(gateway: InjectedEtcdGateway): Promise<void> {
  return new Promise((resolve) => {
    const isServing = (): boolean => gateway.targets.every(({ machine }) => gateway.isServing(machine));
    const look = (): void => {
      if (!isServing()) return;
      clearTimeout(timer);
      changed.dispose();
      resolve();
    };
    const changed = gateway.onDidChangeServing(look);
    const timer = setTimeout(() => {
      changed.dispose();
      resolve();
    }, RESUME_PATIENCE);
    look();
  });
}
