import type { CausalRecord } from '../base/causal-record.ts';
import { Emitter } from '../base/event.ts';
import type { KubeObject } from '../cluster/api/types.ts';
import type {
  ClusterView,
  EtcdKey,
  EtcdState,
  EtcdView,
  LogLine,
  MachineView,
  ObjectChange,
  PlacementView,
  SeenContainer,
} from './interface.ts';

/** A cluster for tests: objects and records that the test puts in. */
export class FakeClusterView implements ClusterView {
  readonly #objects = new Map<string, KubeObject>();
  readonly #records: CausalRecord[] = [];
  readonly #changed = new Emitter<ObjectChange>();

  readonly onDidChange = this.#changed.event;
  etcd: FakeEtcdView | undefined;
  readonly machines = new Map<string, FakeMachineView>();
  readonly #machinesChanged = new Emitter<void>();
  readonly onDidChangeMachines = this.#machinesChanged.event;

  /** By name of the Pod. */
  readonly placements = new Map<string, PlacementView>();

  placement(pod: KubeObject): PlacementView | undefined {
    return this.placements.get(pod.metadata?.name ?? '');
  }

  /** Virtual time; the test moves it. Records are numbered in it too. */
  time = 0;
  /** By name of the Pod and of the container. */
  readonly logs = new Map<string, LogLine[]>();

  now(): number {
    return this.time;
  }

  containerLog(pod: KubeObject, container?: string): readonly LogLine[] {
    const of = `${pod.metadata?.name ?? ''}/`;
    return [...this.logs].flatMap(([key, lines]) =>
      key === `${of}${container ?? ''}` || (container === undefined && key.startsWith(of)) ? lines : [],
    );
  }

  machine(name: string): MachineView | undefined {
    return this.machines.get(name);
  }

  touchMachines(): void {
    this.#machinesChanged.fire();
  }

  put(object: KubeObject): void {
    const key = keyOf(object);
    const previous = this.#objects.get(key);
    this.#objects.set(key, object);
    this.#changed.fire({ apiVersion: object.apiVersion ?? '', kind: object.kind ?? '', object, previous });
  }

  remove(object: KubeObject): void {
    this.#objects.delete(keyOf(object));
    this.#changed.fire({
      apiVersion: object.apiVersion ?? '',
      kind: object.kind ?? '',
      object: undefined,
      previous: object,
    });
  }

  /** Appends a decision; returns its id. */
  decide(actor: string, action: string, subject: string, cause = 0): number {
    const id = this.#records.length + 1;
    const time = this.time === 0 ? id : this.time;
    this.#records.push({ kind: 'decision', id, time, cause, actor, action, subject });
    return id;
  }

  /** Appends an API server's answer to the console, as the network records it. */
  answer(actor: string, summary: string, detail: Readonly<Record<string, unknown>>): void {
    const id = this.#records.length + 1;
    this.#records.push({
      kind: 'message',
      id,
      time: id,
      cause: 0,
      actor,
      to: 'console/gateway',
      protocol: 'https',
      phase: 'response',
      summary,
      connection: 1,
      call: 1,
      detail,
      latency: 0,
    });
  }

  list(apiVersion: string, kind: string, namespace?: string): readonly KubeObject[] {
    return [...this.#objects.values()].filter(
      (object) =>
        object.apiVersion === apiVersion &&
        object.kind === kind &&
        (namespace === undefined || object.metadata?.namespace === namespace),
    );
  }

  nextRecord(): number {
    return this.#records.length + 1;
  }

  records(from: number): Iterable<CausalRecord> {
    return this.#records.slice(Math.max(0, from - 1));
  }

  record(id: number): CausalRecord | undefined {
    return this.#records[id - 1];
  }
}

/** etcd for tests: the test sets what is seen. */
export class FakeEtcdView implements EtcdView {
  readonly keys = new Map<string, EtcdKey>();
  readonly #changed = new Emitter<void>();
  #state: EtcdState;

  readonly onDidChange = this.#changed.event;

  constructor(state: EtcdState) {
    this.#state = state;
  }

  set(change: Partial<EtcdState>): void {
    this.#state = { ...this.#state, ...change };
    this.#changed.fire();
  }

  put(kv: EtcdKey): void {
    this.keys.set(kv.key, kv);
    this.#changed.fire();
  }

  state(): EtcdState {
    return this.#state;
  }

  get(key: string): EtcdKey | undefined {
    return this.keys.get(key);
  }

  list(prefix: string): readonly EtcdKey[] {
    return [...this.keys.values()].filter(({ key }) => key.startsWith(prefix));
  }
}

/** A machine for tests. */
export class FakeMachineView implements MachineView {
  powered = true;
  readonly running = new Set<string>();
  readonly files = new Map<string, string>();
  readonly units = new Map<string, string>();
  readonly sockets = new Set<string>();
  readonly images = new Set<string>();
  readonly journals = new Map<string, LogLine[]>();
  readonly held: SeenContainer[] = [];

  unit(name: string): string | undefined {
    return this.units.get(name);
  }

  listens(socket: string): boolean {
    return this.sockets.has(socket);
  }

  containers(): readonly SeenContainer[] {
    return this.held;
  }

  hasImage(name: string): boolean {
    return this.images.has(name);
  }

  journal(unit: string): readonly LogLine[] {
    return this.journals.get(unit) ?? [];
  }

  isRunning(process: string): boolean {
    return this.running.has(process);
  }

  read(path: string): string | undefined {
    return this.files.get(path);
  }
}

function keyOf(object: KubeObject): string {
  return `${object.kind}/${object.metadata?.namespace}/${object.metadata?.name}`;
}

/** A Pod with just what checks look at. */
export function testPod(
  name: string,
  options: { app?: string; ready?: boolean; uid?: string } = {},
): KubeObject {
  const { app = 'web', ready = true, uid = name } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid, labels: { app } },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  } as KubeObject;
}
