import { CausalLog } from '../../electron/base/causal-log.ts';
import type { CausalRecord } from '../../electron/base/causal-record.ts';
import { SeededRand } from '../../electron/base/rand.ts';
import { Simulation } from '../../electron/base/simulation.ts';
import type { Pod } from '../../electron/cluster/api/types.ts';
import { readClientConfig } from '../../electron/cluster/client/kubeconfig.ts';
import { createCluster } from '../../electron/cluster/cluster.ts';
import { MemoryBackend } from '../../electron/cluster/etcd/backend/memory.ts';
import { SqliteBackend } from '../../electron/cluster/etcd/backend/sqlite.ts';
import type { Cluster } from '../../electron/cluster/interface.ts';
import { volatileStore } from '../../electron/cluster/machine/local-state.ts';
import type { HttpBody, HttpRequest } from '../../electron/cluster/network/http.ts';
import type { PeerCertificate } from '../../electron/cluster/network/interface.ts';
import { buildTopology } from '../../electron/cluster/topology/topologies.ts';
import { testPki } from '../../electron/cluster/kubeadm/testing/cluster-pki.testing.ts';
import { NodeRsaSignatures } from '../../electron/host/rsa-signatures.ts';
import { CausalPersistence } from '../../electron/host/causal-persistence.ts';
import { COMMIT_DELAY, KUBERNETES_VERSION } from '../../electron/host/cluster-session.ts';
import { settleTurn } from '../../electron/host/settle.ts';
import type { Workspace } from '../../electron/storage/interface.ts';

/** The same ring as the host's. */
const LOG_CAPACITY = 100_000;
const SERVER = 'cp-1';

export interface BenchClusterOptions {
  readonly workers: number;
  /** Default `kubeadm-1-2`. */
  readonly topology?: string;
  readonly seed?: string;
  /** Where etcd, machines and records are written; in memory without one. */
  readonly workspace?: Workspace;
  /** Keeps one record only: what the log costs is the difference. */
  readonly withoutLog?: boolean;
  /** Default true; only with a workspace. */
  readonly persistRecords?: boolean;
}

/** A cluster as the host composes it, with the number of workers free. */
export class BenchCluster {
  readonly simulation: Simulation;
  readonly cluster: Cluster;
  readonly start = Date.UTC(2026, 2, 2, 9);
  messages = 0;
  /** Requests to the API server and answers, watch items included. */
  apiMessages = 0;
  readonly #persistence: CausalPersistence | undefined;
  readonly #workspace: Workspace | undefined;
  readonly #running = new Set<string>();
  readonly #disks = new Map<string, MemoryBackend>();
  #certificate: PeerCertificate | undefined;
  #committedAt = 0;

  constructor(options: BenchClusterOptions) {
    const { workspace } = options;
    const log = new CausalLog(options.withoutLog === true ? 1 : LOG_CAPACITY);
    this.simulation = new Simulation({
      startTime: this.start,
      rand: new SeededRand(options.seed ?? 'bench'),
      log,
      settle: settleTurn,
    });
    this.cluster = createCluster({
      simulation: this.simulation,
      topology: buildTopology(options.topology ?? 'kubeadm-1-2', { workers: options.workers }),
      storage: {
        etcdBackend: (disk) => {
          if (workspace !== undefined) return new SqliteBackend(workspace.database, disk);
          const backend = this.#disks.get(disk) ?? new MemoryBackend();
          this.#disks.set(disk, backend);
          return backend;
        },
        machineStore: (machine) => workspace?.machineState(machine) ?? volatileStore(),
      },
      resume: false,
      kubernetesVersion: KUBERNETES_VERSION,
      pki: testPki(),
      rsa: new NodeRsaSignatures(),
    });
    this.#workspace = workspace;
    if (workspace !== undefined && options.persistRecords !== false)
      this.#persistence = new CausalPersistence(log, workspace.causalLog);
    log.onDidAppend((record) => this.#count(record));
  }

  /** Pods whose kubelet was answered that they run. */
  get runningPods(): number {
    return this.#running.size;
  }

  /** The causal log keeps no more records than now. */
  get isLogFull(): boolean {
    const { firstId, nextId } = this.simulation.log;
    return nextId - firstId >= LOG_CAPACITY;
  }

  get virtualTime(): number {
    return this.simulation.now - this.start;
  }

  /** What lies on the disks of etcd's members in memory: keys that are there, and revisions of keys that are kept. */
  etcdContents(): { readonly keys: readonly string[]; readonly revisionsCount: number } {
    const keys = new Set<string>();
    let revisionsCount = 0;
    for (const backend of this.#disks.values())
      for (const { kv, tombstone } of backend.records()) {
        revisionsCount += 1;
        if (tombstone) keys.delete(kv.key);
        else keys.add(kv.key);
      }
    return { keys: [...keys], revisionsCount };
  }

  /** As the host does: where nothing but records is new, they wait a while for something else to be written. */
  commit(): void {
    if (this.#workspace === undefined) return;
    const now = performance.now();
    if (this.#workspace.pendingWrites === 0 && now < this.#committedAt + COMMIT_DELAY) return;
    this.#committedAt = now;
    this.#persistence?.write();
    this.#workspace.commit();
  }

  /** At full speed, committing every 10 ms as the pacer does. @throws Error when it does not happen within `limit` virtual milliseconds */
  async until(enough: () => boolean, limit: number, what: string): Promise<void> {
    const end = this.simulation.now + limit;
    while (!enough() && this.simulation.now < end) {
      const batch = performance.now() + 10;
      await this.simulation.runUntil(end, () => enough() || performance.now() >= batch);
      this.commit();
    }
    if (!enough()) throw new Error(`${what}: not within ${limit} ms of virtual time`);
  }

  async ready(): Promise<void> {
    await this.until(() => this.cluster.isReady(), 60_000, 'ready');
  }

  /** A request of an administrator and its answer. `status` 0 when no answer came. */
  async ask(
    method: string,
    target: string,
    content?: unknown,
  ): Promise<{ readonly status: number; readonly value: unknown }> {
    let answer: { readonly status: number; readonly value: unknown } | undefined;
    this.cluster.gateway.call(requestOf(method, target, content), this.#adminCertificate(), {
      onResponse: ({ status, body }) => {
        answer = { status, value: body?.type === 'object' ? body.value : undefined };
      },
      onItem: () => undefined,
      onEnd: () => (answer ??= { status: 0, value: undefined }),
    });
    await this.until(() => answer !== undefined, 120_000, `${method} ${target}`);
    return answer as NonNullable<typeof answer>;
  }

  /** Lets virtual time pass. */
  async pass(ms: number): Promise<void> {
    const end = this.simulation.now + ms;
    await this.until(() => this.simulation.now >= end, ms, 'time');
  }

  /** Creates a Deployment as an administrator outside the cluster does. */
  createDeployment(name: string, replicas: number): void {
    const manifest = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: 'default' },
      spec: {
        replicas,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: { containers: [{ name, image: 'nginx' }] },
        },
      },
    };
    this.#call('POST', '/apis/apps/v1/namespaces/default/deployments', manifest, () => undefined);
  }

  /** Pods bound to nodes that are not there, `node-0` on, so that nobody runs them; spread evenly. */
  async createIdlePods(count: number, nodes: number): Promise<void> {
    await this.#createAll('/api/v1/namespaces/default/pods', count, (index) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `idle-${index}`, namespace: 'default', labels: { app: 'idle' } },
      spec: { nodeName: `node-${index % nodes}`, containers: [{ name: 'main', image: 'nginx' }] },
    }));
  }

  /** Stops a component of the control plane, and waits until its program has ended. */
  async stopComponent(component: string): Promise<void> {
    this.cluster.stopComponent(SERVER, component);
    const running = () =>
      this.cluster.components().some(({ name, health }) => name === component && health === 'running');
    await this.until(() => !running(), 60_000, `${component} has ended`);
  }

  async deleteNode(name: string): Promise<void> {
    let gone = false;
    this.#call('DELETE', `/api/v1/nodes/${name}`, undefined, () => (gone = true));
    await this.until(() => gone, 60_000, `Node ${name} is deleted`);
  }

  /** Nodes without a machine that stay Ready, as nobody looks after them; for that, kube-controller-manager must not run. */
  async createIdleNodes(
    count: number,
    manifest: (index: number) => { metadata: { name: string } },
  ): Promise<void> {
    await this.#createAll('/api/v1/nodes', count, manifest);
    let patched = 0;
    // New nodes are tainted until their kubelet says that they are ready (admission plugin TaintNodesByCondition).
    const patch = { spec: { taints: null } };
    for (let index = 0; index < count; index += 1) {
      this.#call('PATCH', `/api/v1/nodes/${manifest(index).metadata.name}`, patch, () => (patched += 1));
      if (index % 200 === 199) await this.until(() => patched > index, 60_000, 'nodes');
    }
    await this.until(() => patched >= count, 60_000, 'nodes');
  }

  /** Counts the Pods that were given a node, as a watch tells them. */
  watchBoundPods(): { open(): boolean; bound(): number } {
    let open = false;
    let bound = 0;
    this.#call(
      'GET',
      `/api/v1/namespaces/default/pods?watch=true&resourceVersion=0&fieldSelector=${encodeURIComponent('spec.nodeName!=')}`,
      undefined,
      () => (open = true),
      (body) => {
        if (body.type === 'object' && (body.value as { type: string }).type === 'ADDED') bound += 1;
      },
    );
    return { open: () => open, bound: () => bound };
  }

  async createPods(count: number, manifest: (index: number) => object): Promise<void> {
    await this.#createAll('/api/v1/namespaces/default/pods', count, manifest);
  }

  /** As many at once as the API server lets in. */
  async #createAll(target: string, count: number, manifest: (index: number) => object): Promise<void> {
    let made = 0;
    for (let index = 0; index < count; index += 1) {
      this.#call('POST', target, manifest(index), () => (made += 1));
      if (index % 200 === 199) await this.until(() => made > index, 60_000, target);
    }
    await this.until(() => made >= count, 60_000, target);
  }

  /** Watches as kubelets have them: each of the Pods of one node. */
  watchNodes(count: number): { open(): number; events(): number } {
    let open = 0;
    let events = 0;
    for (let index = 0; index < count; index += 1) {
      const selector = encodeURIComponent(`spec.nodeName=node-${index}`);
      const target = `/api/v1/pods?watch=true&resourceVersion=0&fieldSelector=${selector}`;
      this.#call(
        'GET',
        target,
        undefined,
        () => (open += 1),
        () => (events += 1),
      );
    }
    return { open: () => open, events: () => events };
  }

  /** One patch after the other of so many idle Pods. */
  async touchPods(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      let done = false;
      const patch = { metadata: { labels: { touched: 'yes' } } };
      this.#call('PATCH', `/api/v1/namespaces/default/pods/idle-${index}`, patch, () => (done = true));
      await this.until(() => done, 60_000, 'patch');
    }
  }

  /** A request of an administrator outside the cluster. @throws Error in a turn when it is refused */
  #call(
    method: string,
    target: string,
    content: unknown,
    onAnswer: () => void,
    onItem: (body: HttpBody) => void = () => undefined,
  ): void {
    this.cluster.gateway.call(requestOf(method, target, content), this.#adminCertificate(), {
      onResponse: (response) => {
        if (response.status >= 300) throw new Error(`${method} ${target}: ${JSON.stringify(response)}`);
        onAnswer();
      },
      onItem,
      onEnd: (error) => {
        if (error !== undefined) throw error;
      },
    });
  }

  #adminCertificate(): PeerCertificate {
    if (this.#certificate !== undefined) return this.#certificate;
    const { files } = this.cluster.machine(SERVER);
    const { certificate } = readClientConfig(files, '/etc/kubernetes/super-admin.conf', 'bench');
    if (certificate === undefined) throw new Error('super-admin.conf holds no certificate');
    this.#certificate = certificate;
    return certificate;
  }

  #count(record: CausalRecord): void {
    if (record.kind !== 'message') return;
    this.messages += 1;
    if (record.protocol !== 'https') return;
    this.apiMessages += 1;
    if (record.phase !== 'item' || !record.summary.startsWith('MODIFIED pods default/')) return;
    const frame = record.body as { readonly body: { readonly value?: { readonly object: Pod } } };
    if (frame.body.value?.object.status?.phase === 'Running') this.#running.add(record.summary);
  }
}

function requestOf(method: string, target: string, content: unknown): HttpRequest {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const head = { method, target, headers: { 'content-type': type } };
  if (content === undefined) return head;
  return { ...head, body: { type: 'bytes', bytes: new TextEncoder().encode(JSON.stringify(content)) } };
}
