import type { LocalState } from '../machine/interface.ts';
import type { CorruptibleMember, MemberFaults } from '../etcd/server/program.ts';
import type { EtcdMemberFaults } from '../etcd/view/interface.ts';

const KEY = 'etcd:faults';
const NONE: EtcdMemberFaults = { fsync: 1, diskFull: false };

/** What is wrong with the disks of etcd's members. Survives power-off and restarts of the app, like a bad disk does. */
export class EtcdFaults implements MemberFaults {
  readonly #state: (machine: string) => LocalState;
  readonly #running = new Map<string, CorruptibleMember>();

  constructor(state: (machine: string) => LocalState) {
    this.#state = state;
  }

  of(machine: string): EtcdMemberFaults {
    return (this.#state(machine).get(KEY) as EtcdMemberFaults | undefined) ?? NONE;
  }

  set(machine: string, faults: Partial<EtcdMemberFaults>): void {
    this.#state(machine).set(KEY, { ...this.of(machine), ...faults });
  }

  started(machine: string, member: CorruptibleMember): void {
    this.#running.set(machine, member);
  }

  ended(machine: string, member: CorruptibleMember): void {
    if (this.#running.get(machine) === member) this.#running.delete(machine);
  }

  corrupt(machine: string, key: string | undefined): string | undefined {
    return this.#running.get(machine)?.corrupt(key);
  }
}
