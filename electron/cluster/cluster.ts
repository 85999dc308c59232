import { Emitter } from '../base/event.ts';
import type { Event } from '../base/event.ts';
import type { Simulation } from '../base/simulation.ts';
import { componentsOf } from './components.ts';
import { ControllerManagerViews } from './controller/controller-manager/manager-views.ts';
import { controlPlanePrograms } from './control-plane-programs.ts';
import { MachineRuntimes } from './cri/machine-runtimes.ts';
import type { Backend } from './etcd/backend/interface.ts';
import { diskOf, machineOfDisk } from './etcd/server/data-dir.ts';
import type { EtcdMemberFaults, EtcdMemberView } from './etcd/view/interface.ts';
import { EtcdMemberViews } from './etcd/view/member-views.ts';
import { defineUnits } from './define-units.ts';
import { EtcdFaults } from './faults/etcd-faults.ts';
import { MachineFaults } from './faults/machine-faults.ts';
import { EtcdOperations } from './faults/etcd-operations.ts';
import { OutsideEtcdGateway } from './gateway/etcd-gateway.ts';
import type { EtcdGateway } from './gateway/etcd-interface.ts';
import type { ConnectHandlers, Gateway, MachineConnection } from './gateway/interface.ts';
import { LetInMachineConnection } from './gateway/machine-connection.ts';
import { OutsideGateway } from './gateway/outside-gateway.ts';
import { OfflineCatalogue } from './images/catalogue.ts';
import type { Cluster, ClusterOptions, CommandHandle, CommandIo, ComponentStatus } from './interface.ts';
import { ETCD_DATA } from './kubeadm/control-plane.ts';
import { objectsAreDue } from './kubeadm/apply-objects.ts';
import { clusterConfigurationOf } from './kubeadm/cluster-configuration.ts';
import { installMachine } from './kubeadm/install.ts';
import type { ClusterPki } from './kubeadm/pki/cluster-pki.ts';
import { flagsAreWritten, upgradeKubeletFlags } from './kubeadm/upgrade-flags.ts';
import { upgradeServiceAccountKeys } from './kubeadm/upgrade-keys.ts';
import { giveManifest, takeManifest } from './kubeadm/stopped-manifests.ts';
import { joinMembers } from './kubeadm/join-members.ts';
import { kubeadmConfigMaps } from './kubeadm/upload-config.ts';
import type { Machine } from './machine/interface.ts';
import { volatileStore } from './machine/local-state.ts';
import { SimulatedMachine } from './machine/machine.ts';
import type { Address, NetworkControl } from './network/interface.ts';
import { SimulatedNetwork } from './network/network.ts';
import { execOnMachine } from './node-shell/exec-on-machine.ts';
import { ProcFolder } from './node-shell/proc-folder.ts';
import { boot, newBoot } from './place.ts';
import type { Place } from './place.ts';
import { Readiness } from './readiness.ts';
import { setUpByKubeadm } from './set-up-by-kubeadm.ts';
import type { TopologySpec } from './topology/interface.ts';
import { devicePluginPrograms } from './device-plugins/device-plugin-programs.ts';
import { VolumeProviders } from './volume-providers.ts';

const ETCD_PORT = 2379;
/** The machine from which learners and their tools reach the cluster. */
export const CONSOLE = { name: 'console', ip: '10.0.0.2' } as const;
const API_PORT = 6443;
const INSTALLED = 'leme:installed';
/** Virtual milliseconds between taking a manifest away and putting it back, once the container has gone. */
const RESTART_PAUSE = 500;

/** Puts machines on a network and programs on machines. */
class SimulatedCluster implements Cluster {
  readonly simulation: Simulation;
  readonly topology: TopologySpec;
  readonly kubernetesVersion: string;
  readonly machines: readonly Machine[];
  readonly gateway: Gateway;
  readonly onDidChangeServing: Event<void>;
  readonly etcdGateway: EtcdGateway;
  readonly #network: SimulatedNetwork;
  /** IP addresses under which clients come to the API servers. */
  readonly #doors: readonly string[];
  readonly #places: readonly Place[];
  readonly #console: SimulatedMachine;
  readonly #readiness: Readiness;
  readonly #etcd: EtcdMemberViews;
  readonly #operations: EtcdOperations;
  readonly #faults: EtcdFaults;
  readonly #managers: ControllerManagerViews;
  readonly #changed = new Emitter<void>();

  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(options: ClusterOptions<Backend>) {
    const { simulation, topology, storage, kubernetesVersion } = options;
    this.simulation = simulation;
    this.topology = topology;
    this.kubernetesVersion = kubernetesVersion;
    this.#network = new SimulatedNetwork(simulation);
    this.#readiness = new Readiness(topology);
    const members = topology.machines.filter(
      ({ controlPlane }) => controlPlane?.programs.includes('etcd') === true,
    );
    const open = (disk: string): Backend =>
      this.#readiness.observe(machineOfDisk(disk), storage.etcdBackend(disk));
    this.#faults = new EtcdFaults((machine) => this.machine(machine).state);
    this.#etcd = new EtcdMemberViews(
      members.map(({ name }) => name),
      (machine) => this.#faults.of(machine),
    );
    this.#operations = new EtcdOperations(
      simulation,
      () => this.#etcd.list,
      (machine) => this.machine(machine).files,
    );
    const early = new Map<string, Backend>();
    const backendOf = (disk: string): Backend => {
      const backend = early.get(disk) ?? open(disk);
      early.delete(disk);
      return backend;
    };
    this.machineFaults = new MachineFaults(
      simulation,
      (name) => this.#find(name),
      () => this.#changed.fire(),
    );
    this.#managers = new ControllerManagerViews(
      topology.machines
        .filter(({ controlPlane }) => controlPlane?.programs.includes('kube-controller-manager') === true)
        .map(({ name }) => name),
    );
    const programs = controlPlanePrograms(
      kubernetesVersion,
      backendOf,
      this.#etcd,
      this.#faults,
      options.tokens ?? new Map(),
      options.rsa,
      this.#managers,
    );
    const servers = topology.machines.filter(({ controlPlane }) => controlPlane !== undefined);
    const balancer = topology.machines.find(({ loadBalancer }) => loadBalancer !== undefined);
    const server = `https://${(balancer ?? servers[0])?.ip ?? ''}:${API_PORT}`;
    const volumes = new VolumeProviders(topology, simulation, (name) => storage.machineStore(name), server);
    const catalogue = new OfflineCatalogue(
      new Map([...programs].map(([name, program]) => [`registry.k8s.io/${name}`, program])),
      new Map([...volumes.images, ...devicePluginPrograms]),
      options.images,
    );
    this.#places = topology.machines.map((spec) => {
      const { name } = spec;
      const devices = volumes.devicesOf(name);
      const machine = new SimulatedMachine(
        spec,
        simulation,
        this.#network,
        storage.machineStore(name),
        devices,
      );
      if (spec.os === 'linux') machine.mount('/proc', new ProcFolder(machine));
      const runtimes = spec.isNode
        ? new MachineRuntimes(machine, catalogue, () => simulation.now, spec.runtime ?? 'containerd')
        : undefined;
      return { spec, machine, runtimes };
    });
    for (const { name } of members) {
      // Opened now, not when etcd starts: whoever looks at what is stored sees it from the beginning.
      const disk = diskOf(this.#find(name).machine.files, ETCD_DATA) ?? name;
      early.set(disk, open(disk));
    }
    const isNew = this.#places.every(({ machine }) => machine.state.get(INSTALLED) === undefined);
    if (isNew) joinMembers(members, early, simulation.now);
    if (isNew && servers[0] !== undefined) objectsAreDue(this.#find(servers[0].name).machine.state);
    for (const place of this.#places) {
      this.#installOnce(place, server, options.pki);
      defineUnits(place, programs, topology, kubernetesVersion, volumes.controller);
      this.#watchPower(place.machine);
    }
    this.#console = new SimulatedMachine(
      {
        ...CONSOLE,
        role: 'outside',
        os: 'linux',
        cpus: 4,
        memory: 8 * 1024 ** 3,
        disk: 100 * 1024 ** 3,
        isNode: false,
      },
      simulation,
      this.#network,
      volatileStore(),
    );
    this.machines = [...this.#places.map(({ machine }) => machine), this.#console];
    for (const machine of this.machines) machine.onDidChange(() => this.#changed.fire());
    this.#doors = (balancer === undefined ? servers : [balancer]).map(({ ip }) => ip);
    this.onDidChangeServing = this.#network.onDidChangeListeners;
    const gateway = new OutsideGateway({
      simulation,
      servers: this.#doors.map((host) => ({ host, port: API_PORT })),
    });
    this.gateway = gateway;
    this.#console.spawn({ name: 'gateway', program: gateway.program });
    const etcdGateway = new OutsideEtcdGateway({
      simulation,
      network: this.#network,
      targets: servers
        .filter(({ controlPlane }) => controlPlane?.programs.includes('etcd') === true)
        .map(({ name, ip }) => ({ machine: name, ip, port: ETCD_PORT })),
    });
    this.etcdGateway = etcdGateway;
    this.#console.spawn({ name: 'etcd-gateway', program: etcdGateway.program });
    for (const place of this.#places) {
      boot(place, options.resume);
      setUpByKubeadm(place, {
        simulation,
        version: kubernetesVersion,
        objects: volumes.objects,
        configMaps:
          place.spec === servers[0] && place.spec.controlPlane?.startedBy === 'static-pod'
            ? kubeadmConfigMaps(
                clusterConfigurationOf(topology, kubernetesVersion),
                server,
                options.pki.ca.certificate,
              )
            : [],
      });
    }
  }

  get network(): NetworkControl {
    return this.#network;
  }

  machine(name: string): Machine {
    return this.#find(name).machine;
  }

  components(): readonly ComponentStatus[] {
    return this.#places.flatMap(({ machine, spec }) => componentsOf(machine, spec));
  }

  etcdMembers(): readonly EtcdMemberView[] {
    return this.#etcd.list;
  }

  readonly machineFaults: MachineFaults;
  readonly controllerManagers: Cluster['controllerManagers'] = () => this.#managers.list;

  isServing(): boolean {
    return this.#doors.some((ip) => this.#network.isListening(ip, API_PORT));
  }

  isReady(): boolean {
    return this.#readiness.isReady;
  }

  exec(name: string, argv: readonly string[], io: CommandIo): CommandHandle {
    const { machine } = this.#find(name);
    let running: ReturnType<typeof execOnMachine> | undefined;
    let interrupted = false;
    const done = new Promise<number>((resolve) => {
      this.#input('ssh', { machine: name, command: argv.join(' ') }, () => {
        if (!this.isReachable(name)) {
          io.stderr(`ssh: connect to host ${name} port 22: Connection timed out\n`);
          resolve(255);
          return;
        }
        running = execOnMachine(
          machine,
          argv,
          io,
          (ms, run) => void this.simulation.schedule(this.simulation.now + ms, run),
        );
        void running.done.then(resolve);
        if (interrupted) running.interrupt();
      });
    });
    return {
      done,
      interrupt: () => {
        interrupted = true;
        this.#input('interrupt', { machine: name, command: argv.join(' ') }, () => running?.interrupt());
      },
      typed: (input) => running?.typed(input),
    };
  }

  isReachable(name: string): boolean {
    const { machine } = this.#find(name);
    return (
      machine.powered && !this.#network.isCut(CONSOLE.name, name) && !this.#network.isCut(name, CONSOLE.name)
    );
  }

  connect(name: string, program: string, to: Address, handlers: ConnectHandlers): MachineConnection {
    const machine = this.machines.find(({ spec }) => spec.name === name);
    if (machine === undefined) throw new Error(`machine "${name}" not found`);
    return new LetInMachineConnection({ simulation: this.simulation, machine, program, to }, handlers);
  }

  stopComponent(machine: string, name: string): void {
    this.#act('stop', machine, name, (place, isStatic) => {
      if (isStatic) takeManifest(place.machine, name);
      else place.machine.units.stop(name);
    });
  }

  startComponent(machine: string, name: string): void {
    this.#act('start', machine, name, (place, isStatic) => {
      if (isStatic) giveManifest(place.machine, name);
      else place.machine.units.start(name);
    });
  }

  restartComponent(machine: string, name: string): void {
    this.#act('restart', machine, name, (place, isStatic) => {
      if (!isStatic) {
        place.machine.units.restart(name);
        return;
      }
      takeManifest(place.machine, name);
      const back = (): void =>
        void this.simulation.schedule(this.simulation.now + RESTART_PAUSE, () =>
          giveManifest(place.machine, name),
        );
      const process = place.machine.processes.find((candidate) => candidate.name === name);
      if (process === undefined) back();
      else process.onDidExit(back);
    });
  }

  killComponent(machine: string, name: string): void {
    this.#act('kill', machine, name, (place) => {
      place.machine.processes.find((candidate) => candidate.name === name)?.kill('SIGKILL');
    });
  }

  powerOff(name: string): void {
    const { machine } = this.#find(name);
    this.#input('power-off', { machine: name }, () => machine.powerOff());
  }

  powerOn(name: string): void {
    const { machine } = this.#find(name);
    this.#input('power-on', { machine: name }, () => machine.powerOn());
  }

  cutLink(from: string, to: string): void {
    this.#input('cut', { from, to }, () => {
      this.#network.cut({ from, to });
      this.#changed.fire();
    });
  }

  healLink(from: string, to: string): void {
    this.#input('heal', { from, to }, () => {
      this.#network.heal({ from, to });
      this.#changed.fire();
    });
  }

  delayLink(from: string, to: string, ms: number): void {
    this.#input('delay', { from, to, ms }, () => {
      this.#network.delay({ from, to }, ms);
      this.#changed.fire();
    });
  }

  setEtcdFaults(machine: string, faults: Partial<EtcdMemberFaults>): void {
    this.#member(machine);
    this.#input('etcd-disk', { machine, ...faults }, () => {
      this.#faults.set(machine, faults);
      this.#changed.fire();
    });
  }

  corruptEtcdMember(machine: string, key?: string): void {
    this.#member(machine);
    this.#input('etcd-corrupt', { machine, ...(key === undefined ? {} : { key }) }, () => {
      this.#faults.corrupt(machine, key);
      this.#changed.fire();
    });
  }

  defragmentEtcdMember(machine: string): void {
    this.#operations.defragment(machine);
  }

  moveEtcdLeader(machine: string): void {
    this.#operations.moveLeader(machine);
  }

  snapshotEtcdMember(machine: string): string {
    return this.#operations.snapshot(machine);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  /** Something from outside: takes effect as an event, recorded as an input of the learner. */
  #input(action: string, detail: Readonly<Record<string, unknown>>, run: () => void): void {
    this.simulation.input('learner', action, detail, run);
  }

  #act(
    action: string,
    machineName: string,
    name: string,
    work: (place: Place, isStatic: boolean) => void,
  ): void {
    const place = this.#find(machineName);
    const component = componentsOf(place.machine, place.spec).find((candidate) => candidate.name === name);
    if (component === undefined) throw new Error(`there is no component "${name}" on ${machineName}`);
    if (!place.machine.powered) throw new Error(`${machineName} is powered off`);
    this.#input(action, { machine: machineName, component: name }, () =>
      work(place, component.startedBy === 'static-pod'),
    );
  }

  #member(machine: string): void {
    if (!this.#etcd.list.some((member) => member.machine === machine))
      throw new Error(`there is no member of etcd on ${machine}`);
  }

  #find(name: string): Place {
    const place = this.#places.find(({ spec }) => spec.name === name || spec.ip === name);
    if (place === undefined) throw new Error(`machine "${name}" not found`);
    return place;
  }

  #installOnce({ machine, spec, runtimes }: Place, server: string, pki: ClusterPki): void {
    const { topology, kubernetesVersion: version, simulation } = this;
    if (machine.state.get(INSTALLED) !== undefined) {
      upgradeServiceAccountKeys(machine.files, spec, topology, version, pki);
      upgradeKubeletFlags(machine, spec, version);
      return;
    }
    machine.state.set(INSTALLED, version);
    flagsAreWritten(machine);
    installMachine({
      machine,
      spec,
      topology,
      runtime: runtimes?.own,
      server,
      version,
      pki,
      now: simulation.now,
    });
    newBoot(machine, simulation);
  }

  #watchPower(machine: SimulatedMachine): void {
    let { powered } = machine;
    machine.onDidChange(() => {
      if (machine.powered && !powered) newBoot(machine, this.simulation);
      powered = machine.powered;
    });
  }
}

/** Builds the cluster of a topology; nothing happens until the simulation is stepped. */
export function createCluster<T extends Backend = Backend>(options: ClusterOptions<T>): Cluster {
  return new SimulatedCluster(options);
}
