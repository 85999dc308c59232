import type { Simulation } from '../../base/simulation.ts';
import type { EtcdMemberSource, EtcdMemberView, EtcdTask } from '../etcd/view/interface.ts';
import type { FileSystem } from '../machine/interface.ts';

/** Where snapshots that a learner takes with a click are written. */
const SNAPSHOTS = '/var/lib/etcd-snapshots';

/** What a learner does to members of etcd as their operator: each an input, each at the member itself, as etcdctl would. */
export class EtcdOperations {
  readonly #simulation: Simulation;
  readonly #members: () => readonly EtcdMemberView[];
  readonly #files: (machine: string) => FileSystem;

  /** `files`: those of a machine. */
  constructor(
    simulation: Simulation,
    members: () => readonly EtcdMemberView[],
    files: (machine: string) => FileSystem,
  ) {
    this.#simulation = simulation;
    this.#members = members;
    this.#files = files;
  }

  /** @throws Error when it does not run */
  defragment(machine: string): void {
    this.#operate('etcd-defragment', machine, machine, { type: 'defragment' });
  }

  /** Makes the member on `machine` the leader. @throws Error when it does not run, or nobody leads */
  moveLeader(machine: string): void {
    const to = this.#running(machine).memberId;
    const leader = leaderOf(this.#members());
    if (leader === undefined) throw new Error('etcdserver: no leader');
    this.#operate('etcd-move-leader', leader.machine, machine, { type: 'move-leader', to });
  }

  /** Returns the path of the file on the member's machine. @throws Error when it does not run */
  snapshot(machine: string): string {
    const member = this.#running(machine);
    const path = `${SNAPSHOTS}/snapshot-${member.store.revision}.db`;
    this.#simulation.input('learner', 'etcd-snapshot', { machine, path }, () =>
      this.#files(machine).write(path, member.takeSnapshot()),
    );
    return path;
  }

  /** `asked`: the member that is told; `about`: the machine that it is about. */
  #operate(action: string, asked: string, about: string, task: EtcdTask): void {
    const member = this.#running(asked);
    const simulation = this.#simulation;
    simulation.input('learner', action, { machine: about }, () =>
      member.operate(task, (refusal) => {
        if (refusal === undefined) return;
        const record = {
          kind: 'state',
          subject: action,
          from: 'asked',
          state: `refused: ${refusal}`,
        } as const;
        simulation.log.append(record, simulation.now, simulation.cause, `${asked}/etcd`);
      }),
    );
  }

  #running(machine: string): EtcdMemberSource {
    const member = this.#members().find((one) => one.machine === machine);
    if (member === undefined) throw new Error(`there is no member of etcd on ${machine}`);
    if (member.running === undefined) throw new Error(`etcd on ${machine} is not running`);
    return member.running;
  }
}

/** Of several that hold themselves for the leader, the one of the newest term. */
function leaderOf(members: readonly EtcdMemberView[]): EtcdMemberView | undefined {
  return members
    .filter(({ running }) => running?.raft.role === 'leader')
    .sort((a, b) => (b.running?.raft.term ?? 0) - (a.running?.raft.term ?? 0))[0];
}
