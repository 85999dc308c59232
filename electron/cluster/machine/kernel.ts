import { Emitter } from '../../base/event.ts';
import type { ControlGroup, Kernel, MachineSpec } from './interface.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
/** Linux does not hand out all of it. */
const USABLE = 0.96;
/** What an idle server with systemd, a container runtime and a kubelet holds; a small machine runs less. */
const SYSTEM_MEMORY = 420 * MIB;
const SYSTEM_SHARE = 8;
/** Kernel threads and daemons of such a server. */
const SYSTEM_PROCESSES = 140;
/** `kernel.pid_max` of a machine with up to 32 processors. */
const PID_MAX = 32_768;

/** Bytes of memory that a machine's kernel hands out. Models MemTotal. */
export function usableMemory({ memory }: Pick<MachineSpec, 'memory'>): number {
  return Math.floor((memory * USABLE) / KIB) * KIB;
}

/**
 * The kernel of one machine, as far as it counts: what cgroups hold together, and which one ends when memory runs out. Models
 * /proc/meminfo, /sys/fs/cgroup and mm/oom_kill.c (`memory.oom.group` is set: a container ends whole).
 */
export class SimulatedKernel implements Kernel {
  readonly #capacity: number;
  readonly #system: number;
  readonly #groups = new Map<string, ControlGroup>();
  /** What each group held when it was counted last, and the sum: a machine has a hundred, and is asked with every one that comes. */
  readonly #counted = new Map<string, number>();
  #sum = 0;
  readonly #ranOut = new Emitter<{ readonly group: ControlGroup }>();

  readonly onDidRunOut = this.#ranOut.event;

  constructor(spec: MachineSpec) {
    this.#capacity = usableMemory(spec);
    this.#system = Math.min(SYSTEM_MEMORY, Math.floor(this.#capacity / SYSTEM_SHARE));
  }

  get groups(): ReadonlyMap<string, ControlGroup> {
    return this.#groups;
  }

  get memory(): Kernel['memory'] {
    const groups = this.#sum;
    const used = Math.min(this.#capacity, groups + this.#system);
    return { capacity: this.#capacity, available: this.#capacity - used, groups, system: this.#system };
  }

  get processes(): Kernel['processes'] {
    let running = SYSTEM_PROCESSES;
    for (const group of this.#groups.values()) running += group.processes;
    return { max: PID_MAX, running };
  }

  add(id: string, group: ControlGroup): void {
    this.#groups.set(id, group);
    this.#count(id, group.memory);
  }

  remove(id: string): void {
    this.#groups.delete(id);
    this.#count(id, 0);
  }

  memoryChanged(id: string): void {
    const changed = this.#groups.get(id);
    if (changed !== undefined) this.#count(id, changed.memory);
    const { capacity, groups, system } = this.memory;
    if (groups + system <= capacity) return;
    let worst: ControlGroup | undefined;
    let highest = 0;
    for (const group of this.#groups.values()) {
      if (group.memory === 0 || group.oomScoreAdjust <= -1000) continue;
      const score = (group.memory * 1000) / capacity + group.oomScoreAdjust;
      if (worst !== undefined && score <= highest) continue;
      worst = group;
      highest = score;
    }
    if (worst === undefined) return;
    this.#ranOut.fire({ group: worst });
    worst.endForMemory();
  }

  #count(id: string, bytes: number): void {
    this.#sum += bytes - (this.#counted.get(id) ?? 0);
    if (bytes === 0) this.#counted.delete(id);
    else this.#counted.set(id, bytes);
  }
}
