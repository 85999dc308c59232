import type { Disposable } from '../../../base/disposable.ts';
import type { ControllerJournal } from '../controller-journal.ts';

/** Why a controller runs, or does not, as `--controllers` and the other flags say. */
export type ControllerChoice =
  /** `*` means it. */
  | 'all'
  /** It is named. */
  | 'named'
  /** `-name`. */
  | 'excluded'
  /** `*` does not mean it. */
  | 'off-by-default'
  /** There is no `*`, and it is not named. */
  | 'not-listed';

/** One controller of a process. */
export interface ControllerView {
  readonly name: string;
  readonly alias: string;
  readonly choice: ControllerChoice;
  /** It was to run, but the flags leave it without what it needs. */
  readonly skipped: boolean;
  /** Undefined while it does not run: disabled, skipped, or the process is on standby. */
  readonly journal: ControllerJournal | undefined;
}

/** A running kube-controller-manager. */
export interface ControllerManagerSource {
  /** As in the lease; empty without leader election. */
  readonly identity: string;
  readonly leaderElect: boolean;
  readonly leaseNamespace: string;
  readonly leaseName: string;
  /** Its controllers run: it holds the lease, or asks for none. */
  readonly isLeading: boolean;
  /** Entries of `--controllers`. */
  readonly selection: readonly string[];
  /** In the order in which they start. */
  controllers(): readonly ControllerView[];
}

export interface ControllerManagerView {
  readonly machine: string;
  readonly actor: string;
  /** Undefined while no process runs there. */
  readonly running: ControllerManagerSource | undefined;
}

/** Which kube-controller-managers there are and which run: processes sign in here, inspectors look. */
export class ControllerManagerViews {
  readonly #machines: readonly string[];
  readonly #running = new Map<string, ControllerManagerSource>();

  /** `machines`: where one can run, in the order of the topology. */
  constructor(machines: readonly string[]) {
    this.#machines = machines;
  }

  /** One has started on `machine`; dispose when its process ends. */
  started(machine: string, source: ControllerManagerSource): Disposable {
    this.#running.set(machine, source);
    return {
      dispose: () => {
        // A later process of the same machine may have signed in already.
        if (this.#running.get(machine) === source) this.#running.delete(machine);
      },
    };
  }

  get list(): readonly ControllerManagerView[] {
    return this.#machines.map((machine) => ({
      machine,
      actor: `${machine}/kube-controller-manager`,
      running: this.#running.get(machine),
    }));
  }
}
