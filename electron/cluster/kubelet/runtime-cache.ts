import type { Container, ContainerEvent, CriClient, PodSandbox } from '../cri/interface.ts';

/** What the runtime has of one Pod, newest first. */
export interface RuntimePod {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  /** `Version`'s `runtimeName`: the scheme of container ids in the API. */
  readonly runtimeName: string;
  readonly sandboxes: readonly PodSandbox[];
  readonly containers: readonly Container[];
}

interface Entry {
  readonly sandbox: PodSandbox;
  readonly containers: readonly Container[];
}

/**
 * The kubelet's picture of its runtime, kept up to date by the runtime's own events and put right by a relist.
 * Models pkg/kubelet/pleg (evented, v1.34).
 */
export class RuntimeCache {
  readonly #cri: CriClient;
  readonly #changed: (uid: string) => void;
  /** uid → sandbox id → what is in it. */
  readonly #pods = new Map<string, Map<string, Entry>>();

  runtimeName = 'containerd';

  constructor(cri: CriClient, changed: (uid: string) => void) {
    this.#cri = cri;
    this.#changed = changed;
  }

  get uids(): readonly string[] {
    return [...this.#pods.keys()];
  }

  get(uid: string): RuntimePod {
    const entries = [...(this.#pods.get(uid)?.values() ?? [])].sort(
      (a, b) => b.sandbox.createdAt - a.sandbox.createdAt,
    );
    const metadata = entries[0]?.sandbox.config.metadata;
    return {
      uid,
      name: metadata?.name ?? '',
      namespace: metadata?.namespace ?? '',
      runtimeName: this.runtimeName,
      sandboxes: entries.map((entry) => entry.sandbox),
      containers: entries
        .flatMap((entry) => entry.containers)
        .sort((a, b) => b.createdAt - a.createdAt || b.config.metadata.attempt - a.config.metadata.attempt),
    };
  }

  onEvent(event: ContainerEvent): void {
    const { podSandboxStatus: sandbox } = event;
    const { uid } = sandbox.config.metadata;
    const gone = event.type === 'CONTAINER_DELETED_EVENT' && event.containerId === sandbox.id;
    if (gone) this.#remove(uid, sandbox.id);
    else this.#put(uid, { sandbox, containers: event.containersStatuses });
    this.#changed(uid);
  }

  /** Reads everything anew; tells of Pods that differ. @throws CriError */
  async relist(): Promise<void> {
    const { items } = await this.#cri.call('ListPodSandbox', {});
    const { containers } = await this.#cri.call('ListContainers', {});
    const before = new Map(this.uids.map((uid) => [uid, JSON.stringify(this.get(uid))]));
    this.#pods.clear();
    for (const sandbox of items) {
      const own = containers.filter((container) => container.podSandboxId === sandbox.id);
      this.#put(sandbox.config.metadata.uid, { sandbox, containers: own });
    }
    for (const uid of new Set([...before.keys(), ...this.uids])) {
      if (before.get(uid) !== JSON.stringify(this.get(uid))) this.#changed(uid);
    }
  }

  /** Reads one Pod's containers anew: nothing tells of other limits. @throws CriError */
  async refresh(uid: string): Promise<void> {
    for (const { sandbox } of this.#pods.get(uid)?.values() ?? []) {
      const { containers } = await this.#cri.call('ListContainers', { podSandboxId: sandbox.id });
      this.#put(uid, { sandbox, containers });
    }
  }

  #put(uid: string, entry: Entry): void {
    let entries = this.#pods.get(uid);
    if (entries === undefined) this.#pods.set(uid, (entries = new Map()));
    entries.set(entry.sandbox.id, entry);
  }

  #remove(uid: string, sandboxId: string): void {
    const entries = this.#pods.get(uid);
    entries?.delete(sandboxId);
    if (entries?.size === 0) this.#pods.delete(uid);
  }
}
