import { CausalLog } from '../base/causal-log.ts';
import { Emitter } from '../base/event.ts';
import type { RandState } from '../base/rand.ts';
import { SeededRand } from '../base/rand.ts';
import { Simulation } from '../base/simulation.ts';
import type { GatewayCall, GatewayHandlers } from '../cluster/gateway/interface.ts';
import { createCluster } from '../cluster/cluster.ts';
import type { Backend } from '../cluster/etcd/backend/interface.ts';
import { SqliteBackend } from '../cluster/etcd/backend/sqlite.ts';
import { machineOfDisk } from '../cluster/etcd/server/data-dir.ts';
import type { Cluster, ClusterOptions } from '../cluster/interface.ts';
import type { MachineStore } from '../cluster/machine/local-state.ts';
import type { ClusterPki } from '../cluster/kubeadm/pki/cluster-pki.ts';
import { rawBytes } from '../cluster/network/frame-bytes.ts';
import type { HttpRequest, HttpResponse } from '../cluster/network/http.ts';
import { buildTopology } from '../cluster/topology/topologies.ts';
import type { Workspace } from '../storage/interface.ts';
import { CommitBarrier } from './barrier.ts';
import { CausalPersistence, readRecords } from './causal-persistence.ts';
import type { LabSetup } from './lab-setup.ts';
import { applySetup, setupIdentity, SetupFailed, WarmUp } from './lab-setup.ts';
import { ObjectView } from './object-view.ts';
import { Pacer, realTime } from './pacer.ts';
import { ApiService } from './services/api-service.ts';
import { ControllersService } from './services/controllers/controllers-service.ts';
import { DiagramService } from './services/diagram-service.ts';
import type { Writing } from './services/etcd-disk.ts';
import { EtcdDisk } from './services/etcd-disk.ts';
import { EtcdService } from './services/etcd-service.ts';
import { NodeRsaSignatures } from './rsa-signatures.ts';
import { RecordsService } from './services/records-service.ts';
import { SchedulingService } from './services/scheduling/scheduling-service.ts';
import { settleTurn } from './settle.ts';
import { SimulatedClusterView } from './simulated-cluster-view.ts';

/** Records kept in memory; older ones are on disk. */
const LOG_CAPACITY = 100_000;
/** Bytes that clients outside sent and the log keeps: a thousand of the largest requests would fill the memory. */
const LOG_BODY_BYTES = 32 * 1024 * 1024;
/** Real milliseconds for which time and records alone may wait for a commit that is needed anyway. */
export const COMMIT_DELAY = 200;
const BOOT_LIMIT = 5 * 60_000;
/** Virtual milliseconds that applying a lab's manifests, and then its warm-up, may take. */
const SETUP_LIMIT = 10 * 60_000;
export const KUBERNETES_VERSION = 'v1.34.9';

/** What a cluster is started from; kept in the workspace. */
export interface ClusterSpec {
  readonly topology: string;
  readonly seed: string;
  /** Virtual milliseconds since the Unix epoch. */
  readonly startTime: number;
  /** The lab it was built for; null for a cluster of the learner's own. */
  readonly lab: string | null;
}

interface StoredClock {
  readonly now: number;
  readonly rand: RandState;
  readonly nextRecord: number;
  readonly paused: boolean;
  readonly speed: number;
}

export interface ClusterSessionOptions {
  readonly workspace: Workspace;
  readonly spec: ClusterSpec;
  readonly speed: number;
  /** What the lab begins with; undefined where no lab asked for the cluster. */
  readonly setup: LabSetup | undefined;
  readonly onFailure: (error: unknown) => void;
  readonly onLogLine: (line: { level: string; actor: string; message: string }) => void;
  /** Writes what belongs to the same moment as the cluster. */
  readonly beforeCommit: () => void;
  readonly pki: ClusterPki;
  /** Bearer tokens the API servers know. */
  readonly tokens?: ClusterOptions['tokens'];
}

/** One running cluster with its time, its records and what is seen of it. Replaced as a whole when a lab starts over. */
export class ClusterSession {
  readonly spec: ClusterSpec;
  readonly simulation: Simulation;
  readonly cluster: Cluster;
  readonly objects: ObjectView;
  readonly pacer: Pacer;
  readonly barrier = new CommitBarrier();
  /** The app as a client of the API server. */
  readonly api: ApiService;
  readonly records: RecordsService;
  readonly diagram: DiagramService;
  readonly etcd: EtcdService;
  /** Decisions of the schedulers, and what would change them. */
  readonly scheduling: SchedulingService;
  /** What the controllers work on and did last. */
  readonly controllers: ControllersService;
  /** What is on the disks of etcd's members, by machine. */
  readonly disks: ReadonlyMap<string, EtcdDisk>;
  readonly resumed: boolean;
  readonly #workspace: Workspace;
  readonly #persistence: CausalPersistence;
  readonly #beforeCommit: () => void;
  readonly #committed = new Emitter<{ readonly machines: boolean }>();
  readonly #setup: LabSetup | undefined;
  /** The clock as it was last written. */
  #stored: StoredClock | undefined;
  /** Set while time and records wait to be written. */
  #lateCommit: NodeJS.Timeout | undefined;
  #isLate = false;
  #machinesChanged = false;
  /** Until a new cluster is ready. */
  #isStarting: boolean;

  /** After every commit; `machines`: a machine, a process or a file has changed since the last one. */
  readonly onDidCommit = this.#committed.event;

  constructor(options: ClusterSessionOptions) {
    const { workspace, spec } = options;
    this.spec = spec;
    this.#workspace = workspace;
    this.#beforeCommit = options.beforeCommit;
    this.#setup = options.setup;
    const stored = workspace.meta.get('clock') as StoredClock | undefined;
    this.resumed = stored !== undefined;
    this.#isStarting = !this.resumed;
    workspace.meta.set('cluster', { ...spec });
    const log = new CausalLog(LOG_CAPACITY, stored?.nextRecord ?? 1, {
      bytes: LOG_BODY_BYTES,
      weigh: rawBytes,
    });
    if (stored !== undefined) log.restore(readRecords(workspace.causalLog, LOG_CAPACITY));
    this.simulation = new Simulation({
      startTime: stored?.now ?? spec.startTime,
      rand: new SeededRand(stored?.rand ?? spec.seed),
      log,
      settle: settleTurn,
      onLogLine: options.onLogLine,
    });
    this.objects = new ObjectView();
    const disks = new Map<string, EtcdDisk>();
    const moment = (): Writing => ({ time: this.simulation.now, record: this.simulation.cause });
    const etcdBackend = (name: string): Backend => {
      const machine = machineOfDisk(name);
      // A machine may have had several data directories: the one a member started from last counts.
      const disk: EtcdDisk = new EtcdDisk(machine, moment, () => void disks.set(machine, disk));
      if (!disks.has(machine)) disks.set(machine, disk);
      return this.objects.observe(machine, disk.observe(new SqliteBackend(workspace.database, name)));
    };
    this.cluster = createCluster<Backend>({
      simulation: this.simulation,
      topology: buildTopology(spec.topology),
      storage: {
        etcdBackend,
        machineStore: (machine) =>
          noticing(workspace.machineState(machine), () => (this.#machinesChanged = true)),
      },
      resume: this.resumed,
      kubernetesVersion: KUBERNETES_VERSION,
      pki: options.pki,
      rsa: new NodeRsaSignatures(),
      images: options.setup?.images ?? [],
      ...(options.tokens === undefined ? {} : { tokens: options.tokens }),
    });
    this.disks = disks;
    this.cluster.onDidChange(() => (this.#machinesChanged = true));
    this.#persistence = new CausalPersistence(log, workspace.causalLog);
    this.api = new ApiService((request, handlers) => this.#send(request, handlers));
    this.records = new RecordsService(log, () => this.simulation.now);
    this.diagram = new DiagramService(this.cluster, this.objects);
    this.etcd = new EtcdService(() => this.cluster.etcdMembers(), disks);
    this.scheduling = new SchedulingService(log, this.objects, disks);
    this.controllers = new ControllersService(this.cluster, this.objects, () => this.simulation.now);
    this.pacer = new Pacer({
      simulation: this.simulation,
      time: realTime,
      commit: () => this.#commit(),
      onFailure: options.onFailure,
      paused: stored?.paused ?? false,
      speed: stored?.speed ?? options.speed,
    });
  }

  /** Runs at full speed until the cluster is ready (a new one), then paces. */
  async start(): Promise<void> {
    const { paused } = this.pacer;
    if (!this.resumed) {
      await this.pacer.stepUntil(() => this.cluster.isReady(), BOOT_LIMIT);
      if (!this.cluster.isReady()) throw new Error('the cluster did not become ready');
      this.pacer.set({ paused });
      this.#isStarting = false;
      this.#commit();
    }
    await this.#reachStart(paused);
    this.pacer.start();
  }

  /**
   * Applies the lab's manifests and waits until its conditions hold. What was cut short by the end of the process is done
   * again: applying twice changes nothing. @throws SetupFailed
   */
  async #reachStart(paused: boolean): Promise<void> {
    const { files, until } = this.#setup ?? { files: [], until: [] };
    if ((files.length === 0 && until.length === 0) || this.#workspace.meta.get('setup') === 'done') return;
    let outcome: { readonly error?: unknown } | undefined;
    void applySetup((request) => this.#call(request), files).then(
      () => (outcome = {}),
      (error: unknown) => (outcome = { error }),
    );
    await this.pacer.stepUntil(() => outcome !== undefined, SETUP_LIMIT);
    if (outcome === undefined)
      throw new SetupFailed('the start state of the lab could not be applied in time');
    const { error } = outcome as { readonly error?: unknown };
    if (error !== undefined) throw error;
    const warmUp = new WarmUp(new SimulatedClusterView(this), until);
    await this.pacer.stepUntil(() => warmUp.isMet, SETUP_LIMIT);
    const { isMet, missing } = warmUp;
    warmUp.dispose();
    if (!isMet) throw new SetupFailed(`the start state of the lab was not reached: ${missing}`);
    this.#workspace.meta.set('setup', 'done');
    this.pacer.set({ paused });
  }

  /** A request of the administrator's; what comes back is told once it is on disk. */
  #send(request: HttpRequest, handlers: GatewayHandlers): GatewayCall {
    const told: GatewayHandlers = {
      onResponse: (response) => this.barrier.afterCommit(() => handlers.onResponse(response)),
      onItem: (body) => this.barrier.afterCommit(() => handlers.onItem(body)),
      onEnd: (error) => this.barrier.afterCommit(() => handlers.onEnd(error)),
    };
    const call = this.pacer.inject(() => this.cluster.gateway.call(request, setupIdentity, told));
    return { cancel: () => this.pacer.inject(() => call.cancel()) };
  }

  /** One call to the API server as the administrator. */
  #call(request: HttpRequest): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      this.pacer.inject(() =>
        this.cluster.gateway.call(request, setupIdentity, {
          onResponse: resolve,
          onItem: () => undefined,
          onEnd: (error) => {
            if (error !== undefined) reject(error);
          },
        }),
      );
    });
  }

  async stop(): Promise<void> {
    await this.pacer.stop();
    this.#isStarting = false;
    this.#isLate = true;
    this.#commit();
    this.api.dispose();
    this.diagram.dispose();
    this.etcd.dispose();
    this.#committed.dispose();
    this.cluster.dispose();
  }

  /**
   * Everything since the last commit becomes durable in one transaction; then answers may leave. When nothing but time has
   * gone by and records were added (reads, heartbeats), nothing that an answer tells could be lost: what is on disk
   * already is the state that was read. Time and records then wait for the next write, `COMMIT_DELAY` at most. A cluster
   * that is being built is written once it is complete, or as soon as somebody waits for an answer: one killed
   * before is built again.
   */
  #commit(): void {
    if (!this.#isStarting || this.barrier.isAwaited) this.#keep();
    this.barrier.release();
    const machines = this.#machinesChanged;
    this.#machinesChanged = false;
    this.#committed.fire({ machines });
  }

  #keep(): void {
    this.#beforeCommit();
    const { paused, speed } = this.pacer;
    const isPaceStored = paused === this.#stored?.paused && speed === this.#stored.speed;
    if (this.#workspace.pendingWrites > 0 || this.#isLate || !isPaceStored) this.#write();
    else this.#lateCommit ??= setTimeout(() => this.pacer.inject(() => (this.#isLate = true)), COMMIT_DELAY);
  }

  #write(): void {
    clearTimeout(this.#lateCommit);
    this.#lateCommit = undefined;
    this.#isLate = false;
    const { simulation } = this;
    this.#persistence.write();
    const clock: StoredClock = {
      now: simulation.now,
      rand: simulation.rand.state,
      nextRecord: simulation.log.nextId,
      paused: this.pacer.paused,
      speed: this.pacer.speed,
    };
    if (JSON.stringify(clock) !== JSON.stringify(this.#stored))
      this.#workspace.meta.set('clock', { ...clock });
    this.#stored = clock;
    this.#workspace.commit();
  }
}

/** A store that says when it is written to. */
function noticing(store: MachineStore, changed: () => void): MachineStore {
  return {
    load: () => store.load(),
    set: (key, value) => {
      changed();
      store.set(key, value);
    },
    delete: (key) => {
      changed();
      store.delete(key);
    },
  };
}
