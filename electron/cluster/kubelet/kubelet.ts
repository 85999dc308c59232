import type { Pod, PodStatus } from '../api/types.ts';
import { CoreEventRecorder } from '../client/core-event-recorder.ts';
import type { ApiClient } from '../client/interface.ts';
import { InformerFactory } from '../client/informer-factory.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { SocketCriClient } from '../cri/cri-client.ts';
import type { CriClient } from '../cri/interface.ts';
import { CriError } from '../cri/interface.ts';
import type { ProcessContext } from '../machine/interface.ts';
import { KeyedBackoff } from './backoff.ts';
import type { KnownServices } from './container-environment.ts';
import { ContainerEnvironment } from './container-environment.ts';
import type { ClaimVolumes } from './claim-volumes.ts';
import type { CsiPlugins } from './csi-plugins.ts';
import { KubeletVolumes } from './kubelet-volumes.ts';
import type { PodVolumes } from './pod-volumes.ts';
import type { ReferencedObjects } from './referenced-objects.ts';
import type { Amounts } from './resource-field.ts';
import { RuntimeMonitor } from './runtime-monitor.ts';
import { sameJson } from './same-json.ts';
import { TerminationMessages } from './termination-message.ts';
import { ContainerKiller } from './container-killer.ts';
import { LifecycleHooks } from './lifecycle-hooks.ts';
import { ProbeManager } from './prober/probe-manager.ts';
import { ImageManager } from './image-manager.ts';
import { MirrorPods } from './mirror-pods.ts';
import { DeviceManager } from './devices/device-manager.ts';
import { PodAdmission } from './pod-admission.ts';
import { PodRemains } from './pod-remains.ts';
import { NodeEvents } from './node-events.ts';
import { NodeKeeper } from './node-keeper.ts';
import { NodeLease } from './node-lease.ts';
import type { NodeFacts } from './node-object.ts';
import { hardwareOf, nodeAllocatable, nodeCapacity, resourceTexts } from './node-resources.ts';
import { NodeStatusUpdater } from './node-status-updater.ts';
import { isMirrorPod, isStaticPod, metaOf, uidOf } from './pod-accessors.ts';
import { PodEvents } from './pod-events.ts';
import { PodRecords } from './pod-record.ts';
import { PodSyncer } from './pod-syncer.ts';
import { PodWorker } from './pod-worker.ts';
import { RuntimeCache } from './runtime-cache.ts';
import { joinedReasons } from './joined-reasons.ts';
import { KubeletServer } from './server/kubelet-server.ts';
import type { KubeletSettings } from './settings.ts';
import { StaticPodTurns } from './static-pod-turns.ts';
import { StatusManager } from './status-manager.ts';

/** The events tell of changes; this is only for what they may have missed. */
const RELIST = 300_000;
const WAIT_FOR_READY = 100;
export const BOOT_ID = '/proc/sys/kernel/random/boot_id';

export interface KubeletOptions {
  readonly process: ProcessContext;
  readonly settings: KubeletSettings;
  readonly client: ApiClient;
  readonly version: string;
  /** The machine was frozen, not rebooted: nothing is told or tried again that was told or tried before. */
  readonly thawed: boolean;
}

/** Whether volumes of the downward API show something else. */
function showsOther({ metadata: before }: Pod, { metadata: after }: Pod): boolean {
  return !sameJson([before?.labels, before?.annotations], [after?.labels, after?.annotations]);
}

/** The agent of one node: wires Pod sources, workers, runtime, status and the node's own heartbeat. */
export class Kubelet {
  readonly #process: ProcessContext;
  readonly #settings: KubeletSettings;
  readonly #options: KubeletOptions;
  readonly #cri: CriClient;
  readonly #cache: RuntimeCache;
  readonly #workers = new Map<string, PodWorker>();
  readonly #statics: StaticPodTurns;
  readonly #syncer: PodSyncer;
  readonly #images: ImageManager;
  readonly #records: PodRecords;
  readonly #backoff: KeyedBackoff;
  readonly #pullBackoff: KeyedBackoff;
  readonly #statuses: StatusManager;
  readonly #mirrors: MirrorPods;
  readonly #node: NodeStatusUpdater;
  readonly #informers: InformerFactory;
  readonly #plugins: CsiPlugins;
  readonly #claims: ClaimVolumes;
  readonly #volumes: PodVolumes;
  readonly #objects: ReferencedObjects;
  readonly #runtime: RuntimeMonitor;
  readonly #events: PodEvents;
  readonly #keeper: NodeKeeper;
  readonly #probes: ProbeManager;
  readonly #messages: TerminationMessages;
  readonly #devices: DeviceManager;
  readonly #admission: PodAdmission;
  readonly #remains: PodRemains;
  /** No process outlives a boot. */
  readonly #bootId: string;
  #apiPods = new Map<string, Pod>();
  #synced = false;

  constructor(options: KubeletOptions) {
    const { process, settings, client, thawed } = options;
    this.#options = options;
    this.#process = process;
    this.#settings = settings;
    this.#bootId = process.files.exists(BOOT_ID) ? process.files.read(BOOT_ID).trim() : '';
    this.#records = new PodRecords(process.state);
    if (!thawed) this.#records.clear();
    const recorder = new CoreEventRecorder(process, client, 'kubelet', settings.nodeName);
    const events = new PodEvents(recorder);
    const nodeEvents = new NodeEvents(recorder, settings.nodeName);
    this.#events = events;
    this.#cri = new SocketCriClient(process.net, process.machine.name, settings.socket, process.files);
    this.#cache = new RuntimeCache(this.#cri, (uid) => this.#workers.get(uid)?.notify());
    this.#runtime = new RuntimeMonitor(process, this.#cri, this.#cache, () => this.#runtimeChanged());
    const now = (): number => process.clock.now();
    this.#backoff = new KeyedBackoff(now, settings.maxContainerBackoff);
    this.#pullBackoff = new KeyedBackoff(now, 300_000);
    this.#images = new ImageManager(
      process,
      this.#cri,
      events,
      this.#pullBackoff,
      settings.serializeImagePulls,
      () => this.#runtime.imagesChanged(),
    );
    this.#informers = new InformerFactory(process, client);
    const services = this.#informers.informer(resourceTypes.services);
    const allocatable = (): Amounts =>
      resourceTexts(nodeAllocatable(nodeCapacity(hardwareOf(process), settings), settings));
    const mounted = new KubeletVolumes({
      process,
      client,
      nodeName: settings.nodeName,
      recorder,
      allocatable,
      nodeUid: () => this.#node.uid,
      report: async () => {
        await this.#node.update();
        return this.#node.volumesAttached;
      },
      pod: (uid) => this.#workers.get(uid)?.pod,
    });
    this.#objects = mounted.objects;
    this.#plugins = mounted.plugins;
    this.#claims = mounted.claims;
    this.#volumes = mounted.pods;
    this.#keeper = new NodeKeeper({
      process,
      settings,
      cri: this.#cri,
      cache: this.#cache,
      volumes: this.#volumes,
      events,
      nodeEvents,
      workers: this.#workers,
      imagesChanged: () => this.#runtime.imagesChanged(),
      statusChanged: () => this.#node.update(),
    });
    this.#devices = new DeviceManager({
      process,
      thawed,
      activePods: () => [...this.#workers.values()].flatMap((one) => (one.finished ? [] : [one.pod])),
    });
    this.#admission = new PodAdmission({
      process,
      settings,
      cache: this.#cache,
      keeper: this.#keeper,
      devices: this.#devices,
      workers: this.#workers,
    });
    this.#remains = new PodRemains({
      process,
      cri: this.#cri,
      cache: this.#cache,
      claims: this.#claims,
      volumes: this.#volumes,
      records: this.#records,
    });
    this.#messages = new TerminationMessages(process.files);
    const handlers = { context: process, net: process.net, cri: this.#cri, version: options.version };
    const hooks = new LifecycleHooks(handlers, this.#cache);
    this.#probes = new ProbeManager({
      context: process,
      handlers,
      cache: this.#cache,
      events,
      pod: (uid) => this.#workers.get(uid)?.pod,
      changed: (uid) => this.#workers.get(uid)?.notify(),
    });
    const known: KnownServices = () => (services.hasSynced ? services.lister.list() : undefined);
    this.#syncer = new PodSyncer({
      context: process,
      cri: this.#cri,
      cache: this.#cache,
      events,
      images: this.#images,
      objects: this.#objects,
      backoff: this.#backoff,
      environment: new ContainerEnvironment(this.#objects, known, allocatable),
      volumes: this.#volumes,
      devices: this.#devices,
      probes: this.#probes,
      messages: this.#messages,
      hooks,
      killer: new ContainerKiller(process, this.#cri, events, hooks),
      clusterDns: settings.clusterDns,
      cgroupDriver: settings.cgroupDriver,
      client,
      hostIp: settings.nodeIp,
      memoryCapacity: process.kernel.memory.capacity,
      networkError: () => this.#runtime.networkError,
    });
    this.#mirrors = new MirrorPods(process, client, settings.nodeName);
    this.#statics = new StaticPodTurns({
      process,
      settings,
      mirrors: this.#mirrors,
      workers: this.#workers,
      start: (pod) => this.#startWorker(pod),
    });
    this.#statuses = new StatusManager(process, client, (pod) =>
      isStaticPod(pod) ? this.#mirrors.mirrorOf(pod) : this.#apiPods.get(uidOf(pod)),
    );
    const { lister: nodes } = this.#informers.informer(resourceTypes.nodes, {
      fieldSelector: `metadata.name=${settings.nodeName}`,
    });
    this.#node = new NodeStatusUpdater(
      process,
      client,
      nodeEvents,
      () => this.#facts(),
      thawed,
      (name) => nodes.get(name),
    );
  }

  /** Starts everything; what it starts lives as long as the process. */
  async run(): Promise<void> {
    const { process, client } = this.#options;
    this.#listen();
    this.#devices.start();
    await this.#runtime.start();
    this.#statics.watch();
    process.go(() => this.#node.run());
    const lease = new NodeLease(
      process,
      client,
      this.#settings.nodeName,
      this.#settings.leaseDurationSeconds,
      () => this.#node.uid,
    );
    process.go(async () => {
      while (!this.#node.registered) await process.clock.sleep(WAIT_FOR_READY);
      this.#plugins.start();
      await lease.run();
    });
    process.clock.setInterval(() => process.go(() => this.#relist()), RELIST);
    this.#watchPods();
    this.#keeper.start();
    await this.#informers.waitForCacheSync();
    this.#synced = true;
    this.#mirrors.synced();
    await this.#removeOrphans();
  }

  async #runtimeChanged(): Promise<void> {
    await this.#node.update();
    for (const worker of this.#workers.values()) worker.notify();
  }

  #listen(): void {
    new KubeletServer({
      process: this.#process,
      cri: this.#cri,
      config: this.#settings.config,
      nodeName: this.#settings.nodeName,
      stats: this.#keeper.stats,
      pods: () => [...this.#workers.values()].map((worker) => worker.pod),
      status: (pod) => this.#statuses.get(uidOf(pod)),
      runtime: (pod) => this.#cache.get(uidOf(pod)),
    }).listen();
  }

  #watchPods(): void {
    const informer = this.#informers.informer(resourceTypes.pods, {
      fieldSelector: `spec.nodeName=${this.#settings.nodeName}`,
    });
    informer.addEventHandler({
      onAdd: (pod) => this.#podChanged(pod),
      onUpdate: (_old, pod) => this.#podChanged(pod),
      onDelete: (pod) => this.#podDeleted(pod),
    });
    this.#informers.start();
  }

  #podChanged(pod: Pod): void {
    if (isMirrorPod(pod)) {
      this.#mirrors.observe(pod, true);
      const own = this.#mirrors.staticPodOf(pod);
      if (own !== undefined) this.#statuses.reconcile(uidOf(own));
      return;
    }
    const uid = uidOf(pod);
    const worker = this.#workers.get(uid);
    this.#apiPods.set(uid, pod);
    if (worker !== undefined) {
      const before = worker.pod;
      worker.update(pod);
      this.#objects.register(pod);
      if (showsOther(before, pod)) this.#process.go(() => this.#volumes.refresh(pod));
      this.#statuses.reconcile(uid);
      return;
    }
    const { phase } = pod.status ?? {};
    const over = phase === 'Succeeded' || phase === 'Failed';
    // One that has ended and has nothing here is of no concern, until it is deleted.
    if (over && pod.metadata?.deletionTimestamp === undefined && this.#cache.get(uid).sandboxes.length === 0)
      return;
    this.#startWorker(pod);
  }

  #podDeleted(pod: Pod): void {
    if (isMirrorPod(pod)) {
      this.#mirrors.observe(pod, false);
      return;
    }
    this.#apiPods.delete(uidOf(pod));
    this.#workers.get(uidOf(pod))?.remove();
  }

  #startWorker(pod: Pod): void {
    const { process } = this.#options;
    this.#objects.register(pod);
    const worker = new PodWorker(
      {
        context: process,
        cache: this.#cache,
        syncer: this.#syncer,
        records: this.#records,
        events: this.#events,
        probes: this.#probes,
        messages: this.#messages,
        backoff: this.#backoff,
        pullBackoff: this.#pullBackoff,
        hostIp: this.#settings.nodeIp,
        admit: (candidate) => this.#admission.admit(candidate),
        refuseResize: (desired) => this.#admission.refuseResize(desired),
        setStatus: (subject, status, final) => this.#setStatus(subject, status, final),
        unmount: (uid) => this.#volumes.unmount(uid),
        removed: (uid) => process.go(() => this.#cleanUp(uid)),
      },
      pod,
    );
    this.#workers.set(uidOf(pod), worker);
    // What the machine kept in memory for a Pod that runs is gone when the kubelet is not the one that wrote it.
    if (this.#cache.get(uidOf(pod)).sandboxes.length > 0)
      process.go(async () => void (await this.#volumes.setUp(pod)));
  }

  /** A Pod that is over leaves the API only once its volumes are free for others. */
  #setStatus(pod: Pod, status: PodStatus, final: boolean): void {
    const uid = uidOf(pod);
    if (!final || !this.#volumes.isHeld(uid)) {
      this.#statuses.set(pod, status, final);
      return;
    }
    this.#statuses.set(pod, status, false);
    this.#process.go(async () => {
      await this.#volumes.unmountClaims(uid);
      this.#volumes.unmount(uid);
      this.#statuses.set(pod, status, true);
    });
  }

  /** Removes what is left of a Pod in the runtime; starts the static Pod that has been waiting for that. */
  async #cleanUp(uid: string): Promise<void> {
    const gone = this.#workers.get(uid)?.pod;
    this.#workers.delete(uid);
    this.#statuses.forget(uid);
    this.#backoff.forget(`${uid}_`);
    this.#images.forget(uid);
    this.#objects.unregister(uid);
    this.#syncer.forget(uid);
    for (const worker of this.#workers.values()) worker.retryResize();
    await this.#remains.remove(uid, gone === undefined ? undefined : metaOf(gone));
    if (gone !== undefined) this.#statics.ended(gone);
  }

  async #removeOrphans(): Promise<void> {
    if (!this.#synced) return;
    await this.#remains.removeOrphans((uid) => this.#workers.has(uid) || this.#apiPods.has(uid));
  }

  async #relist(): Promise<void> {
    if (!this.#runtime.isUp) return;
    try {
      await this.#cache.relist();
      this.#runtime.imagesChanged();
      await this.#removeOrphans();
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      this.#process.log.error('GenericPLEG: Unable to retrieve pods', { err: error.message });
    }
  }

  #facts(): NodeFacts {
    const { process, settings, version } = this.#options;
    return {
      machine: process.machine,
      hardware: hardwareOf(process),
      devices: this.#devices.counts,
      settings,
      kubeletVersion: version,
      bootId: this.#bootId,
      runtimeVersion: this.#runtime.runtimeVersion,
      images: this.#runtime.images,
      volumesInUse: this.#claims.inUse,
      notReady: joinedReasons([this.#runtime.notReady, this.#keeper.shutdown.notReady]),
      pressure: this.#keeper.eviction.conditions,
      now: process.clock.now(),
    };
  }
}
