import type { Disposable } from '../../../base/disposable.ts';
import type { EtcdMemberFaults, EtcdMemberSource, EtcdMemberView } from './interface.ts';

/** Which members of etcd there are and which of them run: programs sign in here, the diagram and the inspectors look. */
export class EtcdMemberViews {
  readonly #machines: readonly string[];
  readonly #faults: (machine: string) => EtcdMemberFaults;
  readonly #running = new Map<string, EtcdMemberSource>();

  /** `machines`: where members can run, in the order of the topology. */
  constructor(machines: readonly string[], faults: (machine: string) => EtcdMemberFaults) {
    this.#machines = machines;
    this.#faults = faults;
  }

  /** A member has started on `machine`; dispose when its process ends. */
  started(machine: string, source: EtcdMemberSource): Disposable {
    this.#running.set(machine, source);
    return {
      dispose: () => {
        // A later process of the same machine may have signed in already.
        if (this.#running.get(machine) === source) this.#running.delete(machine);
      },
    };
  }

  get list(): readonly EtcdMemberView[] {
    return this.#machines.map((machine) => ({
      machine,
      actor: `${machine}/etcd`,
      running: this.#running.get(machine),
      faults: this.#faults(machine),
    }));
  }
}
