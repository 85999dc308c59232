import type { Simulation } from '../base/simulation.ts';
import { markThawed } from './client/thaw.ts';
import type { MachineRuntimes } from './cri/machine-runtimes.ts';
import { BOOT_ID } from './kubelet/kubelet.ts';
import type { Machine } from './machine/interface.ts';
import type { SimulatedMachine } from './machine/machine.ts';
import type { TopologyMachine } from './topology/interface.ts';

/** A machine of the topology, with the container runtimes of those that run Pods. */
export interface Place {
  readonly spec: TopologyMachine;
  readonly machine: SimulatedMachine;
  readonly runtimes: MachineRuntimes | undefined;
}

/** A boot id of its own, as the kernel draws one. */
export function newBoot(machine: Machine, simulation: Simulation): void {
  machine.files.write(BOOT_ID, `${simulation.rand.uuid()}\n`);
}

/** Fresh: what is enabled. Resumed: what ran goes on, containers with it, as if the machine had been frozen. */
export function boot({ machine, runtimes }: Place, resume: boolean): void {
  if (resume && machine.powered) {
    // Only of what starts now: a component that was stopped will be started anew some day.
    const units = machine.units.list
      .map(({ name }) => name)
      .filter((name) => {
        const stored = machine.state.get(`unit:${name}`) as { readonly wanted: boolean } | undefined;
        return stored?.wanted === true;
      });
    const containers = (runtimes?.all ?? []).flatMap(({ store }) =>
      [...store.containers.values()].filter(
        ({ state, podSandboxId }) =>
          state === 'CONTAINER_RUNNING' && store.sandboxes.get(podSandboxId)?.config.network === 'NODE',
      ),
    );
    for (const name of [...units, ...containers.map(({ config }) => config.metadata.name)])
      markThawed(machine.state, name);
    for (const runtime of runtimes?.all ?? []) runtime.shims.thaw();
  }
  machine.boot(resume);
}
