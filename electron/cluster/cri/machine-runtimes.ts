import type { ImageCatalogue } from '../images/interface.ts';
import type { Machine, RuntimeName } from '../machine/interface.ts';
import { NodeRuntime } from './node-runtime.ts';
import { windowsContainerdVariant } from './variants/containerd-windows.ts';
import { runtimeVariants } from './variants/runtime-variants.ts';

/** The container runtimes of one machine: the one it was set up with, and others as soon as somebody uses them. */
export class MachineRuntimes {
  readonly #make: (name: RuntimeName) => NodeRuntime;
  readonly #known = new Map<RuntimeName, NodeRuntime>();
  /** What the topology gave the machine. */
  readonly name: RuntimeName;

  /** `now`: virtual time. */
  constructor(machine: Machine, images: ImageCatalogue, now: () => number, name: RuntimeName) {
    const variants =
      machine.spec.os === 'windows'
        ? { ...runtimeVariants, containerd: windowsContainerdVariant }
        : runtimeVariants;
    this.#make = (wanted) => new NodeRuntime(machine, images, now, variants[wanted]);
    this.name = name;
  }

  get own(): NodeRuntime {
    return this.of(this.name);
  }

  /** Those whose containers may be on the disk, the machine's own first. */
  get all(): readonly NodeRuntime[] {
    const docker = this.name === 'mirantis' ? 'mirantis' : 'docker';
    return [...new Set([this.name, 'containerd', 'cri-o', docker] as const)].map((name) => this.of(name));
  }

  of(name: RuntimeName): NodeRuntime {
    let runtime = this.#known.get(name);
    if (runtime === undefined) this.#known.set(name, (runtime = this.#make(name)));
    return runtime;
  }
}
