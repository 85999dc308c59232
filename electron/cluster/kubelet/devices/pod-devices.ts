import type { ContainerAllocateResponse } from '../../device-plugins/interface.ts';

/** Devices of one resource that a container has, and what the plugin said of them. */
export interface DevicesEntry {
  readonly podUid: string;
  readonly container: string;
  readonly resource: string;
  readonly ids: readonly string[];
  readonly response: ContainerAllocateResponse;
}

/** Which container has which devices. Models pkg/kubelet/cm/devicemanager/pod_devices.go (v1.34). */
export class PodDevices {
  #entries: DevicesEntry[];

  constructor(entries: readonly DevicesEntry[] = []) {
    this.#entries = [...entries];
  }

  get entries(): readonly DevicesEntry[] {
    return this.#entries;
  }

  insert(entry: DevicesEntry): void {
    this.#entries.push(entry);
  }

  /** Of one container. */
  of(podUid: string, container: string): readonly DevicesEntry[] {
    return this.#entries.filter((entry) => entry.podUid === podUid && entry.container === container);
  }

  /** Pods that have ended give back what they had. */
  keepOnly(podUids: ReadonlySet<string>): void {
    this.#entries = this.#entries.filter(({ podUid }) => podUids.has(podUid));
  }

  /** Ids in use. */
  used(resource: string): Set<string> {
    return new Set(this.#entries.flatMap((entry) => (entry.resource === resource ? entry.ids : [])));
  }

  get resources(): ReadonlySet<string> {
    return new Set(this.#entries.map(({ resource }) => resource));
  }
}
