import type { ControlGroup, Process } from '../machine/interface.ts';
import type { ContainerCpu } from './container-cpu.ts';
import type { ContainerMemory } from './container-memory.ts';
import type { LinuxContainerResources } from './interface.ts';

/** What a control group is made of. */
export interface ControlGroupParts {
  readonly process: Process;
  readonly inside: readonly Process[];
  /** How many processes each of them has started that have no program of their own, by its number on the machine. */
  readonly children: ReadonlyMap<number, number>;
  readonly memory: ContainerMemory;
  readonly cpu: ContainerCpu;
  readonly resources: LinuxContainerResources;
  readonly endForMemory: () => void;
}

/** The cgroup of a container as the machine's kernel sees it. */
export class ContainerControlGroup implements ControlGroup {
  readonly #parts: ControlGroupParts;

  constructor(parts: ControlGroupParts) {
    this.#parts = parts;
  }

  get pid(): number {
    return this.#parts.process.pid;
  }

  get command(): string {
    const [file = ''] = this.#parts.process.argv;
    return file.slice(file.lastIndexOf('/') + 1);
  }

  get memory(): number {
    return this.#parts.memory.used;
  }

  get memoryLimit(): number {
    return this.#parts.memory.limit;
  }

  get processes(): number {
    let sum = this.#parts.inside.length;
    for (const children of this.#parts.children.values()) sum += children;
    return sum;
  }

  get cores(): number {
    return this.#parts.cpu.cores;
  }

  get coreLimit(): number {
    return this.#parts.cpu.limit;
  }

  get usedMs(): number {
    return this.#parts.cpu.usedMs;
  }

  get throttledMs(): number {
    return this.#parts.cpu.throttledMs;
  }

  get oomScoreAdjust(): number {
    return this.#parts.resources.oomScoreAdj ?? 0;
  }

  endForMemory(): void {
    this.#parts.endForMemory();
  }
}
