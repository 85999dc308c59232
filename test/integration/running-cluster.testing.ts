import { CausalLog } from '../../electron/base/causal-log.ts';
import type { CausalRecord } from '../../electron/base/causal-record.ts';
import { SeededRand } from '../../electron/base/rand.ts';
import { Simulation } from '../../electron/base/simulation.ts';
import type { Deployment, Event, KubeObject, Pod } from '../../electron/cluster/api/types.ts';
import type { ApiClient } from '../../electron/cluster/client/interface.ts';
import { readClientConfig } from '../../electron/cluster/client/kubeconfig.ts';
import { NetworkApiClient } from '../../electron/cluster/client/network-api-client.ts';
import type { ResourceType } from '../../electron/cluster/client/resource-type.ts';
import { resourceTypes } from '../../electron/cluster/client/resource-types.ts';
import { createCluster } from '../../electron/cluster/cluster.ts';
import { MemoryBackend } from '../../electron/cluster/etcd/backend/memory.ts';
import type { Cluster } from '../../electron/cluster/interface.ts';
import { testPki } from '../../electron/cluster/kubeadm/testing/cluster-pki.testing.ts';
import type { MachineStore } from '../../electron/cluster/machine/local-state.ts';
import { buildTopology } from '../../electron/cluster/topology/topologies.ts';
import { NodeRsaSignatures } from '../../electron/host/rsa-signatures.ts';

/** Disks of a cluster: what is left when the app has been closed. */
export class Disks {
  readonly #etcd = new Map<string, MemoryBackend>();
  readonly #machines = new Map<string, Map<string, string>>();

  etcdBackend(machine: string): MemoryBackend {
    let backend = this.#etcd.get(machine);
    if (backend === undefined) this.#etcd.set(machine, (backend = new MemoryBackend()));
    return backend;
  }

  /** Keeps JSON, as a database would. */
  machineStore(machine: string): MachineStore {
    let values = this.#machines.get(machine);
    if (values === undefined) this.#machines.set(machine, (values = new Map<string, string>()));
    const kept = values;
    return {
      load: () => [...kept].map(([key, text]) => [key, JSON.parse(text) as unknown] as const),
      set: (key, value) => void kept.set(key, JSON.stringify(value)),
      delete: (key) => void kept.delete(key),
    };
  }
}

export interface RunningClusterOptions {
  readonly topology?: string;
  readonly workers?: number;
  readonly seed?: number | string;
  readonly disks?: Disks;
  /** An earlier run to go on from. */
  readonly resumeFrom?: RunningCluster;
  /** Where the administrator's client asks; default: where its kubeconfig says, which may be a load balancer. */
  readonly server?: string;
}

/** A cluster on a stepped clock, with an administrator's client on an outside machine. */
export class RunningCluster {
  readonly simulation: Simulation;
  readonly cluster: Cluster;
  readonly disks: Disks;
  readonly lines: string[] = [];
  readonly records: CausalRecord[] = [];
  #client: ApiClient | undefined;

  constructor(options: RunningClusterOptions = {}) {
    const before = options.resumeFrom;
    this.disks = options.disks ?? before?.disks ?? new Disks();
    const log = new CausalLog(400_000, before?.simulation.log.nextId ?? 1);
    log.onDidAppend((record) => this.records.push(record));
    this.simulation = new Simulation({
      startTime: before?.simulation.now ?? Date.UTC(2026, 0, 5, 9),
      rand: new SeededRand(before?.simulation.rand.state ?? options.seed ?? 1),
      log,
      settle: (then) => void setImmediate(then),
      onLogLine: (line) => {
        if (line.level === 'error')
          this.lines.push(`${line.actor}: ${line.message} ${JSON.stringify(line.fields ?? {})}`);
      },
    });
    const name = options.topology ?? 'kubeadm-1-2';
    this.cluster = createCluster({
      simulation: this.simulation,
      topology: buildTopology(name, options.workers === undefined ? {} : { workers: options.workers }),
      storage: this.disks,
      resume: before !== undefined,
      kubernetesVersion: 'v1.34.9',
      pki: testPki(),
      rsa: new NodeRsaSignatures(),
    });
    const first = this.cluster.topology.machines.find((machine) => machine.controlPlane !== undefined);
    const controlPlane = first === undefined ? undefined : this.cluster.machine(first.name);
    const outside = this.cluster.machines.find(({ spec }) => spec.role === 'outside');
    outside?.spawn({
      name: 'admin',
      program: (process) => {
        const config = readClientConfig(
          controlPlane?.files ?? process.files,
          '/etc/kubernetes/super-admin.conf',
          'test',
        );
        this.#client = new NetworkApiClient(process, process.net, {
          ...config,
          server: options.server ?? config.server,
        });
        return new Promise<number>(() => undefined);
      },
    });
  }

  get client(): ApiClient {
    if (this.#client === undefined) throw new Error('the client has not started yet');
    return this.#client;
  }

  /** Milliseconds of virtual time. */
  async run(ms: number): Promise<void> {
    await this.simulation.runUntil(this.simulation.now + ms);
  }

  /** Runs until `enough`, at most `limit` milliseconds. @throws Error when the time is up */
  async until(enough: () => boolean, limit = 60_000, what = 'condition'): Promise<void> {
    await this.simulation.runUntil(this.simulation.now + limit, enough);
    if (!enough()) throw new Error(`${what} not reached within ${limit} ms of virtual time`);
  }

  async ready(): Promise<void> {
    await this.until(() => this.cluster.isReady(), 60_000, 'readiness');
  }

  /** Runs `work` within the simulation until it has finished. */
  async do<T>(work: () => Promise<T>, limit = 60_000): Promise<T> {
    let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
    this.simulation.input('learner', 'test', {}, () => {
      work().then(
        (value) => (outcome = { value }),
        (error: unknown) => (outcome = { error }),
      );
    });
    await this.until(() => outcome !== undefined, limit, 'answer');
    const done = outcome as { readonly value: T } | { readonly error: unknown } | undefined;
    if (done === undefined || 'error' in done) throw done?.error;
    return done.value;
  }

  list<T extends KubeObject>(type: ResourceType<T>, namespace = 'default'): Promise<readonly T[]> {
    return this.do(
      async () => (await this.client.resource<T>(type, type.namespaced ? namespace : undefined).list()).items,
    );
  }

  pods(namespace = 'default'): Promise<readonly Pod[]> {
    return this.list(resourceTypes.pods, namespace);
  }

  /** Names of Pods that run. */
  async running(): Promise<string[]> {
    return (await this.pods())
      .filter((pod) => pod.status?.phase === 'Running' && pod.metadata?.deletionTimestamp === undefined)
      .map((pod) => pod.metadata?.name ?? '');
  }

  /** Looks again every second of virtual time until so many Pods run. */
  async untilRunning(count: number, seconds = 60): Promise<string[]> {
    let names: string[] = [];
    for (let second = 0; second < seconds; second += 1) {
      names = await this.running();
      if (names.length === count) return names;
      await this.run(1_000);
    }
    throw new Error(`${names.length} of ${count} Pods run after ${seconds} s`);
  }

  async events(namespace = 'default'): Promise<string[]> {
    return (await this.list<Event>(resourceTypes.events, namespace)).map(
      ({ reason, message }) => `${reason} ${message}`,
    );
  }

  createDeployment(name: string, replicas: number, image = 'nginx:1.25'): Promise<Deployment> {
    const labels = { app: name };
    const deployment: Deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: 'default', labels },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'web', image }] } },
      },
    };
    return this.do(() =>
      this.client.resource<Deployment>(resourceTypes.deployments, 'default').create(deployment),
    );
  }

  deletePod(name: string): Promise<void> {
    return this.do(() => this.client.resource<Pod>(resourceTypes.pods, 'default').delete(name));
  }

  /** Moves a file of a machine, as its administrator would. */
  async move(machine: string, from: string, to: string): Promise<void> {
    const found = this.cluster.machines.find(({ spec }) => spec.name === machine);
    if (found === undefined) throw new Error(`no machine ${machine}`);
    found.files.rename(from, to);
    await this.run(0);
  }

  /** A program on a machine with its arguments, as by ssh; no shell takes them apart. */
  async ssh(
    machine: string,
    command: string,
    stdin?: string,
    limit = 60_000,
  ): Promise<{ out: string; err: string; code: number }> {
    const result = { out: '', err: '', code: -1 };
    let ended = false;
    const handle = this.cluster.exec(machine, command.split(' '), {
      stdout: (text) => (result.out += text),
      stderr: (text) => (result.err += text),
      ...(stdin === undefined ? {} : { stdin }),
    });
    void handle.done.then((code) => {
      result.code = code;
      ended = true;
    });
    await this.until(() => ended, limit, command);
    return result;
  }
}
