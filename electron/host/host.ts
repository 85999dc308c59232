import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterPki } from '../cluster/kubeadm/pki/cluster-pki.ts';
import type { TopologySpec } from '../cluster/topology/interface.ts';
import { buildTopology } from '../cluster/topology/topologies.ts';
import { NodePtyHost } from '../pty/pty-host.ts';
import { contract } from '../shared/contract/contract.ts';
import type { SessionState } from '../shared/contract/session.ts';
import { contractHash } from '../shared/rpc/contract-hash.ts';
import type { Channel } from '../shared/rpc/channel.ts';
import { RpcError } from '../shared/rpc/rpc-error.ts';
import { RpcServer } from '../shared/rpc/rpc-server.ts';
import type { Workspace } from '../storage/interface.ts';
import type { ClusterSpec } from './cluster-session.ts';
import { ClusterSession, KUBERNETES_VERSION } from './cluster-session.ts';
import { Current } from './current.ts';
import { writeConsoleKubeconfig } from './console-kubeconfig.ts';
import { openClusterPki } from './cluster-pki.ts';
import { followServing } from './follow-serving.ts';
import { createHandlers } from './handlers.ts';
import { InjectedEtcdGateway } from './injected-etcd-gateway.ts';
import { InjectedGateway } from './injected-gateway.ts';
import { CertificateAuthority } from './listeners/certificates.ts';
import { EtcdEndpoints } from './listeners/etcd/etcd-endpoints.ts';
import { installEtcdPki, openEtcdPki } from './listeners/etcd/etcd-pki.ts';
import { FileCertificateStore } from './listeners/file-certificate-store.ts';
import type { HttpsListener } from './listeners/https-listener.ts';
import { openHttpsListener } from './listeners/https-listener.ts';
import { adminToken } from './listeners/admin-token.ts';
import { ADMINISTRATOR, writeAdminKubeconfig } from './listeners/kubeconfig.ts';
import type { MachinesServer } from './listeners/machines-server.ts';
import { openMachinesServer } from './listeners/machines-server.ts';
import { tunnels } from './machine-connect.ts';
import { execOnMachine } from './machine-exec.ts';
import { filesOfMachine } from './machine-files.ts';
import {
  completePkiOnMachines,
  installClusterPkiOnMachines,
  installEtcdPkiOnMachines,
} from './machine-pki.ts';
import { openStore } from './open-store.ts';
import { membersServing } from './members-serving.ts';
import { announceRunning, withdrawRunning } from './running.ts';
import { LabCatalogue } from './services/lab-catalogue.ts';
import { LabService } from './services/lab-service.ts';
import { labRoute } from './services/lab-routes.ts';
import { controllersRoute } from './services/controllers/controllers-routes.ts';
import { Notices } from './services/notices.ts';
import { schedulingRoute } from './services/scheduling/scheduling-routes.ts';
import { SettingsService } from './services/settings-service.ts';
import { TerminalService } from './services/terminal-service.ts';
import { switchPower } from './machine-power.ts';
import { timeState } from './services/time-service.ts';
import { Watched } from './services/watched.ts';

/** Lab that a new workspace opens with. */
const FIRST_LAB = 'reconcile-loop';
const DEFAULT_TOPOLOGY = 'kubeadm-1-2';
/** Virtual start of a cluster that no lab asked for: a Monday morning. */
const DEFAULT_START = Date.UTC(2026, 2, 2, 9);
/** Streams to the app are brought up to date so often, in real milliseconds. */
const FLUSH_INTERVAL = 50;

export interface HostConfig {
  readonly dataDir: string;
  readonly labsRoot: string;
  readonly shell: { readonly command: string; readonly args: readonly string[] };
  readonly appVersion: string;
  readonly topology: string | undefined;
  readonly seed: string | undefined;
  readonly speed: number;
  readonly apiPort: number;
  readonly etcdPort: number;
  readonly etcdPlain: boolean;
  readonly locale: string;
  readonly log: (line: string) => void;
}

/** The composition root of the process that owns the cluster, the labs, the consoles and the workspace file. */
export class Host {
  readonly notices = new Notices();
  readonly session: Watched<SessionState>;
  readonly config: HostConfig;
  readonly workspace: Workspace;
  readonly labs: LabService;
  readonly terminals: TerminalService;
  readonly settings: SettingsService;
  readonly time: Watched<ReturnType<typeof timeState>>;
  readonly #catalogue: LabCatalogue;
  readonly #pki: FileCertificateStore;
  readonly #rpc: RpcServer<typeof contract>;
  /** The cluster once it runs and is served. */
  readonly running = new Current<ClusterSession>();
  #cluster: ClusterSession | undefined;
  #listener: HttpsListener | undefined;
  #machines: MachinesServer | undefined;
  #etcd: EtcdEndpoints | undefined;
  /** Made by other threads while the host begins. */
  readonly #clusterPki: Promise<ClusterPki>;
  /** Ends the signing of machines' certificates. */
  #signing = (): void => undefined;
  #following = (): void => undefined;
  #machinesToken = randomBytes(24).toString('base64url');
  #phase: SessionState['phase'] = 'starting';
  #failure: SessionState['failure'] = null;
  #flush: NodeJS.Timeout | undefined;
  #reading: NodeJS.Immediate | undefined;

  /** @throws WorkspaceUnavailable */
  constructor(config: HostConfig) {
    this.config = config;
    mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
    this.workspace = openStore(join(config.dataDir, 'workspace.leme'), new Date(), this.notices, config.log);
    this.#pki = new FileCertificateStore(join(config.dataDir, 'pki'));
    this.#clusterPki = openClusterPki(this.#pki);
    // What fails is told by `start`, which waits for it.
    this.#clusterPki.catch(() => undefined);
    this.session = new Watched(() => this.#sessionState());
    this.time = new Watched(() => timeState(this.#cluster));
    this.settings = new SettingsService(this.workspace);
    this.#catalogue = new LabCatalogue(config.labsRoot, ({ folder, file, line, message }) => {
      config.log(`${folder}/${file}${line === null ? '' : `:${line}`}: ${message}`);
      this.notices.add('warning', 'lab.broken', { folder, file, message });
    });
    this.labs = new LabService({
      workspace: this.workspace,
      labs: this.#catalogue,
      replaceCluster: (spec) => this.#replaceCluster(spec),
      commitSoon: () => this.#cluster?.pacer.inject(() => undefined),
      now: () => Date.now(),
    });
    this.terminals = new TerminalService({
      pty: new NodePtyHost(),
      dataDir: config.dataDir,
      shell: config.shell,
      kubeconfig: this.kubeconfigPath,
      variables: () => (this.#machines === undefined ? undefined : this.consoleVariables()),
      hasMachine: (name) =>
        this.#cluster?.cluster.machines.some((machine) => machine.spec.name === name) === true,
    });
    this.#rpc = new RpcServer(contract, createHandlers(this), {
      // Asked for by the first who connects: a host starts sooner without it.
      get hash() {
        return contractHash(contract);
      },
      checkOutput: process.env['LEME_CHECK_OUTPUT'] === '1',
      onBug: (name, error) =>
        config.log(`${name} failed: ${error instanceof Error ? error.stack : String(error)}`),
    });
  }

  get kubeconfigPath(): string {
    return join(this.config.dataDir, 'kubeconfig');
  }

  /** The folder that is `/` for lab shells. */
  get consoleRoot(): string {
    return join(this.config.dataDir, 'console');
  }

  get apiServerUrl(): string | undefined {
    return this.#listener?.url;
  }

  /** One URL for each member of etcd, e.g. `https://127.0.0.1:2379`. */
  get etcdEndpoints(): readonly string[] {
    return this.#etcd?.urls ?? [];
  }

  /** Environment of a lab shell: how it reaches the cluster, its machines and the lab. */
  consoleVariables(): Record<string, string> {
    if (this.#machines === undefined) throw new Error('the host has not started');
    return {
      LEME_HOME: this.consoleRoot,
      LEME_MACHINES_URL: this.#machines.url,
      LEME_MACHINES_TOKEN: this.#machinesToken,
      LEME_LOCALE: this.#locale(),
    };
  }

  /** The running cluster; undefined while one is being built or after a failure. */
  get cluster(): ClusterSession | undefined {
    return this.running.value;
  }

  /** Builds or resumes the cluster and opens everything that serves it. Failures become the session's state. */
  async start(): Promise<void> {
    this.#flush = setInterval(() => this.flush(), FLUSH_INTERVAL);
    try {
      const authority = CertificateAuthority.open(this.#pki);
      this.#adminToken = adminToken(this.#pki);
      const session = await this.#startCluster(this.#initialSpec());
      this.#listener = await openHttpsListener({
        gateway: this.#gateway,
        barrier: { afterCommit: (release) => this.#afterCommit(release) },
        caPem: authority.pem,
        server: authority.server(apiServers(session)),
        port: this.config.apiPort,
        log: this.config.log,
      });
      if (this.config.apiPort !== 0 && this.#listener.port !== this.config.apiPort) {
        this.notices.add('info', 'port.busy', { wanted: this.config.apiPort, used: this.#listener.port });
      }
      writeAdminKubeconfig(
        this.kubeconfigPath,
        authority,
        this.#listener.url,
        'leme',
        // Clusters of OKE know their users by tokens, not by certificates.
        session.spec.topology.startsWith('oke-') ? this.#adminToken : undefined,
      );
      writeConsoleKubeconfig(this.consoleRoot, this.kubeconfigPath);
      await this.#openEtcd(session);
      this.#machines = await this.#openMachines();
      announceRunning(this.config.dataDir, this.consoleVariables());
      this.#phase = 'running';
      this.running.set(session);
      this.#following = followServing(session, this.#listener);
      this.labs.resume(session);
    } catch (error) {
      this.#fail(error);
    }
    this.flush();
    this.#readLabs();
  }

  serve(channel: Channel): void {
    this.#rpc.serve(channel);
  }

  /** Brings all streams up to date. */
  flush(): void {
    this.session.refresh();
    this.time.refresh();
    if (this.cluster === undefined) return;
    this.cluster.api.flush();
    this.cluster.records.flush();
    this.cluster.diagram.flush();
    this.cluster.etcd.flush();
    this.labs.evaluate();
  }

  /** A cluster of the learner's own in place of the one that is there. @throws RpcError Busy, Refused */
  async createCluster(topology: string, seed: string | null): Promise<void> {
    try {
      buildTopology(topology);
    } catch (error) {
      throw new RpcError('Refused', error instanceof Error ? error.message : String(error));
    }
    await this.labs.leave({ topology, seed: seed ?? randomUUID(), startTime: DEFAULT_START, lab: null });
  }

  async stop(): Promise<void> {
    clearInterval(this.#flush);
    clearImmediate(this.#reading);
    withdrawRunning(this.config.dataDir);
    this.terminals.dispose();
    this.#following();
    this.#listener?.dispose();
    this.#signing();
    await this.#etcd?.close();
    await this.#machines?.close();
    this.labs.save();
    await this.#cluster?.stop();
    this.workspace.dispose();
  }

  #sessionState(): SessionState {
    return {
      phase: this.#phase,
      notices: this.notices.list,
      failure: this.#failure,
      appVersion: this.config.appVersion,
      kubernetesVersion: KUBERNETES_VERSION,
      workspace: this.workspace.path,
      topology: this.#cluster?.spec.topology ?? '',
      endpoints:
        this.#listener === undefined
          ? null
          : {
              apiServer: this.#listener.url,
              kubeconfig: this.kubeconfigPath,
              etcd: [...this.etcdEndpoints],
              etcdPki: this.config.etcdPlain ? null : join(this.config.dataDir, 'pki', 'etcd'),
            },
    };
  }

  /** What the workspace holds; a topology or seed asked for on the command line wins over it. */
  #initialSpec(): ClusterSpec {
    const { topology, seed } = this.config;
    const stored = this.workspace.meta.get('cluster') as ClusterSpec | undefined;
    const asked = topology !== undefined || seed !== undefined;
    if (asked) {
      const name = topology ?? stored?.topology ?? DEFAULT_TOPOLOGY;
      buildTopology(name);
      const wanted: ClusterSpec = {
        topology: name,
        seed: seed ?? stored?.seed ?? randomUUID(),
        startTime: DEFAULT_START,
        lab: null,
      };
      if (stored !== undefined && stored.topology === wanted.topology && stored.seed === wanted.seed)
        return stored;
      this.workspace.resetCluster();
      return wanted;
    }
    if (stored !== undefined) return stored;
    const first = this.labs.lab(FIRST_LAB);
    return first === undefined
      ? { topology: DEFAULT_TOPOLOGY, seed: randomUUID(), startTime: DEFAULT_START, lab: null }
      : LabService.clusterSpec(first);
  }

  #adminToken = '';

  async #startCluster(spec: ClusterSpec): Promise<ClusterSession> {
    const session = new ClusterSession({
      workspace: this.workspace,
      spec,
      speed: this.config.speed,
      setup: this.labs.setup(spec.lab),
      onFailure: (error) => this.#fail(error),
      // What components write is theirs: it is read with journalctl and crictl logs. A terminal gets it for debugging only.
      onLogLine: ({ level, actor, message }) => {
        if (process.env['LEME_DEBUG'] !== undefined && (level === 'error' || level === 'warn'))
          this.config.log(`${level} ${actor}: ${message}`);
      },
      beforeCommit: () => this.labs.save(),
      pki: await this.#clusterPki,
      tokens: new Map([[this.#adminToken, ADMINISTRATOR]]),
    });
    this.#cluster = session;
    await session.start();
    return session;
  }

  async #replaceCluster(spec: ClusterSpec): Promise<ClusterSession> {
    this.#phase = 'starting';
    this.running.set(undefined);
    this.#failure = null;
    this.session.refresh();
    const before = this.#cluster;
    this.#cluster = undefined;
    this.#signing();
    this.#following();
    await this.#etcd?.close();
    this.#etcd = undefined;
    await before?.stop();
    this.workspace.resetCluster();
    let session: ClusterSession;
    try {
      session = await this.#startCluster(spec);
    } catch (error) {
      // Without this the app would wait for a cluster that never comes.
      this.#fail(error);
      throw error;
    }
    await this.#openEtcd(session);
    const authority = CertificateAuthority.open(this.#pki);
    this.#listener?.show(authority.server(apiServers(session)));
    this.#phase = 'running';
    this.running.set(session);
    if (this.#listener !== undefined) this.#following = followServing(session, this.#listener);
    this.session.refresh();
    return session;
  }

  /** The listener outlives a cluster: calls go to the one that runs. */
  readonly #gateway = new InjectedGateway(() => {
    const session = this.#cluster;
    if (session === undefined) return undefined;
    const { pacer, simulation } = session;
    return { gateway: session.cluster.gateway, pacer, now: () => simulation.now };
  });

  #afterCommit(release: () => void): void {
    if (this.#cluster === undefined) release();
    else this.#cluster.barrier.afterCommit(release);
  }

  /** A port for each member of this cluster's etcd. */
  async #openEtcd(session: ClusterSession): Promise<void> {
    const { dataDir, etcdPlain, etcdPort, log } = this.config;
    const gateway = new InjectedEtcdGateway(session.cluster.etcdGateway, session.pacer);
    const pki = join(dataDir, 'pki');
    const { tls } = openEtcdPki(pki, gateway.targets);
    installEtcdPki(pki, this.consoleRoot);
    installClusterPkiOnMachines(session, pki);
    installEtcdPkiOnMachines(
      session,
      pki,
      gateway.targets.map(({ machine }) => machine),
    );
    this.#signing = completePkiOnMachines(session, log);
    this.#etcd = await EtcdEndpoints.open({
      gateway,
      barrier: session.barrier,
      tls: etcdPlain ? undefined : tls,
      port: etcdPort,
      log,
    });
    if (session.resumed && !session.pacer.paused) await membersServing(gateway);
  }

  #openMachines(): Promise<MachinesServer> {
    return openMachinesServer({
      token: this.#machinesToken,
      machines: () =>
        (this.#cluster?.cluster.machines ?? [])
          .filter((machine) => machine.spec.role !== 'outside')
          .map(({ spec, powered }) => ({
            name: spec.name,
            address: spec.ip,
            os: spec.os,
            powered,
            reachable: this.#cluster?.cluster.isReachable(spec.name) === true,
            loopback: this.#etcd?.loopback(spec.name) ?? {},
          })),
      files: (machine) => filesOfMachine(this.#cluster, machine),
      exec: (machine, asked, sink) => execOnMachine(this.#cluster, machine, asked, sink),
      connect: tunnels(() => ({ session: this.cluster, listener: this.#listener, etcd: this.#etcd })),
      power: (machine, action) => switchPower(this.#cluster, machine, action),
      lab: (action, body, signal) => labRoute(this.labs, action, body, signal),
      scheduling: (action, body) => schedulingRoute(this.cluster?.scheduling, action, body),
      controllers: (action, body) => controllersRoute(this.cluster?.controllers, action, body),
      onCommand: (line, exit) => this.labs.command(line, exit),
    });
  }

  /** Once the cluster runs: what is broken is told before somebody opens it. One at a time, between other work. */
  #readLabs(): void {
    this.#reading = setImmediate(() => {
      if (this.#catalogue.readNext()) this.#readLabs();
      else this.session.refresh();
    });
  }

  #locale(): string {
    const { locale } = this.settings.get();
    return locale === 'system' ? this.config.locale : locale;
  }

  #fail(error: unknown): void {
    this.#phase = 'failed';
    this.running.set(undefined);
    const message = error instanceof Error ? error.message : String(error);
    // People get the sentence; who looks for the place sets LEME_DEBUG.
    const stack = process.env['LEME_DEBUG'] !== undefined && error instanceof Error ? `\n${error.stack}` : '';
    this.config.log(`${message}${stack}`);
    this.#failure = { code: 'host.failed', params: { message } };
    this.session.refresh();
  }
}

/** The machines through which API servers are reached. */
function apiServers({ cluster }: ClusterSession): TopologySpec['machines'] {
  return cluster.topology.machines.filter(
    ({ controlPlane, loadBalancer }) => controlPlane !== undefined || loadBalancer !== undefined,
  );
}
