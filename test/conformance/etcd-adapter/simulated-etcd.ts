import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesToByteString } from '../../../electron/base/byte-string.ts';
import { CausalLog } from '../../../electron/base/causal-log.ts';
import { SeededRand } from '../../../electron/base/rand.ts';
import { Simulation } from '../../../electron/base/simulation.ts';
import type { Backend } from '../../../electron/cluster/etcd/backend/interface.ts';
import { MemoryBackend } from '../../../electron/cluster/etcd/backend/memory.ts';
import { etcdProgram } from '../../../electron/cluster/etcd/server/program.ts';
import { OutsideEtcdGateway } from '../../../electron/cluster/gateway/etcd-gateway.ts';
import type { Process } from '../../../electron/cluster/machine/interface.ts';
import { volatileStore } from '../../../electron/cluster/machine/local-state.ts';
import { SimulatedMachine } from '../../../electron/cluster/machine/machine.ts';
import { SimulatedNetwork } from '../../../electron/cluster/network/network.ts';
import { CommitBarrier } from '../../../electron/host/barrier.ts';
import { InjectedEtcdGateway } from '../../../electron/host/injected-etcd-gateway.ts';
import { EtcdEndpoints } from '../../../electron/host/listeners/etcd/etcd-endpoints.ts';
import { Pacer, realTime } from '../../../electron/host/pacer.ts';
import { settleTurn } from '../../../electron/host/settle.ts';
import { ScenarioTime } from './scenario-time.ts';

const CLIENT_PORT = 2379;
const PEER_PORT = 2380;
/** Virtual start; any day does. */
const START = Date.UTC(2026, 2, 2, 9);

interface Place {
  readonly machine: SimulatedMachine;
  peer: string;
  dataDir: string;
  /** How it was first started; starting it again repeats that. */
  initial: { readonly cluster: string; readonly state: 'new' | 'existing'; readonly token: string };
  process: Process | undefined;
}

export interface SimulatedEtcdOptions {
  readonly members: readonly string[];
  /** Machines on which members may be started later. */
  readonly spares: readonly string[];
  readonly flags: readonly string[];
  /** Without `v`. */
  readonly version: string;
  readonly log: (line: string) => void;
}

/**
 * Machines that run etcd and nothing else, each with a port outside, in a scenario's time. The same programs, network,
 * gateway and listener as in the product; disks are in memory.
 */
export class SimulatedEtcd {
  readonly #options: SimulatedEtcdOptions;
  readonly #simulation: Simulation;
  readonly #network: SimulatedNetwork;
  readonly #places = new Map<string, Place>();
  readonly #disks = new Map<string, Backend>();
  readonly #pacer: Pacer;
  readonly #time: ScenarioTime;
  readonly #barrier = new CommitBarrier();
  #endpoints: EtcdEndpoints | undefined;
  #cuts: { readonly from: string; readonly to: string }[] = [];

  private constructor(options: SimulatedEtcdOptions) {
    this.#options = options;
    this.#simulation = new Simulation({
      startTime: START,
      rand: new SeededRand(options.members.join()),
      log: new CausalLog(1),
      settle: settleTurn,
    });
    this.#network = new SimulatedNetwork(this.#simulation);
    [...options.members, ...options.spares].forEach((name, index) => this.#add(name, `10.0.1.${index + 1}`));
    this.#pacer = new Pacer({
      simulation: this.#simulation,
      time: realTime,
      commit: () => this.#barrier.release(),
      onFailure: (error) =>
        options.log(error instanceof Error ? (error.stack ?? error.message) : String(error)),
      paused: false,
      speed: 1,
    });
    this.#time = new ScenarioTime(this.#pacer, realTime);
  }

  /** Resolves when every member answers. */
  static async start(options: SimulatedEtcdOptions): Promise<SimulatedEtcd> {
    const etcd = new SimulatedEtcd(options);
    await etcd.#open();
    const cluster = options.members.map((name) => `${name}=${etcd.#place(name).peer}`).join();
    etcd.#pacer.start();
    await etcd.#time.during(async () => {
      for (const name of options.members) {
        etcd.#place(name).initial = { cluster, state: 'new', token: 'oracle' };
        await etcd.start(name);
      }
      for (const name of options.members) await etcd.#healthy(name);
    });
    return etcd;
  }

  describe(name: string): { readonly name: string; readonly client: string; readonly peer: string } {
    return { name, client: this.#endpointsOrThrow().url(name), peer: this.#place(name).peer };
  }

  /** Resolves when its client port accepts connections. */
  async start(name: string): Promise<void> {
    const place = this.#place(name);
    this.#time.inject(() => this.#spawn(name, place));
    await this.#until(() => this.#isListening(place) || place.process?.exit !== undefined);
    await this.#endpointsOrThrow().settled();
  }

  /** Resolves when the member has gone. */
  async stop(name: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const { process } = this.#place(name);
    if (process === undefined) return;
    this.#time.inject(() => process.kill(signal));
    await this.#until(() => process.exit !== undefined);
    await this.#endpointsOrThrow().settled();
  }

  async join(name: string, cluster: string, wait: boolean): Promise<void> {
    const place = this.#place(name);
    for (const path of place.machine.files.list(place.dataDir)) {
      place.machine.files.remove(join(place.dataDir, path));
    }
    place.initial = { cluster, state: 'existing', token: 'oracle' };
    if (wait) await this.start(name);
    else this.#time.inject(() => this.#spawn(name, place));
  }

  /** It listens for its peers there from its next start on. */
  readdress(name: string, peer: string): void {
    this.#place(name).peer = peer;
  }

  /** Virtual time goes on for so long, as fast as real time: clients in the background live in that. */
  sleep(seconds: number): Promise<void> {
    return this.#time.during(() => new Promise((resolve) => void setTimeout(resolve, seconds * 1000)));
  }

  /** Cuts the peers of different groups from one another; clients reach everyone. */
  partition(groups: readonly (readonly string[])[]): void {
    this.#time.inject(() => {
      for (const [index, group] of groups.entries()) {
        for (const other of groups.filter((_, position) => position !== index).flat()) {
          for (const from of group) this.#cut(from, other);
        }
      }
    });
  }

  heal(): void {
    this.#time.inject(() => {
      for (const link of this.#cuts) this.#network.heal(link);
      this.#cuts = [];
    });
  }

  /** Everything stops; a new cluster starts from data directories that a restore has written on the real disk. */
  async restore(folders: Readonly<Record<string, string>>, token: string): Promise<void> {
    for (const name of this.#places.keys()) await this.stop(name, 'SIGKILL');
    const cluster = Object.keys(folders)
      .map((name) => `${name}=${this.#place(name).peer}`)
      .join();
    for (const [name, folder] of Object.entries(folders)) {
      const place = this.#place(name);
      const path = '/member/snap/db';
      place.machine.files.write(folder + path, bytesToByteString(readFileSync(folder + path)));
      place.dataDir = folder;
      place.initial = { cluster, state: 'new', token };
      await this.start(name);
    }
    for (const name of Object.keys(folders)) await this.#healthy(name);
  }

  async dispose(): Promise<void> {
    await this.#endpoints?.close();
    this.#time.dispose();
    await this.#pacer.stop();
  }

  #add(name: string, ip: string): void {
    const machine = new SimulatedMachine(
      {
        name,
        ip,
        role: 'control-plane',
        os: 'linux',
        cpus: 2,
        memory: 2 ** 32,
        disk: 2 ** 36,
        isNode: false,
      },
      this.#simulation,
      this.#network,
      volatileStore(),
    );
    this.#places.set(name, {
      machine,
      peer: `http://${ip}:${PEER_PORT}`,
      dataDir: `/var/lib/etcd/${name}`,
      initial: { cluster: '', state: 'new', token: '' },
      process: undefined,
    });
  }

  async #open(): Promise<void> {
    const client = new SimulatedMachine(
      {
        name: 'console',
        ip: '10.0.0.2',
        role: 'outside',
        os: 'linux',
        cpus: 2,
        memory: 2 ** 32,
        disk: 2 ** 36,
        isNode: false,
      },
      this.#simulation,
      this.#network,
      volatileStore(),
    );
    const gateway = new OutsideEtcdGateway({
      simulation: this.#simulation,
      network: this.#network,
      targets: [...this.#places].map(([name, { machine }]) => ({
        machine: name,
        ip: machine.spec.ip,
        port: CLIENT_PORT,
      })),
    });
    client.spawn({ name: 'gateway', program: gateway.program });
    this.#endpoints = await EtcdEndpoints.open({
      gateway: new InjectedEtcdGateway(gateway, this.#time),
      barrier: this.#barrier,
      tls: undefined,
      port: 0,
      log: this.#options.log,
    });
  }

  #spawn(name: string, place: Place): void {
    const { machine, peer, dataDir, initial } = place;
    const client = `http://${machine.spec.ip}:${CLIENT_PORT}`;
    const program = etcdProgram({ backend: (disk) => this.#disk(disk), version: this.#options.version });
    place.process = machine.spawn({
      name: 'etcd',
      program,
      argv: [
        'etcd',
        ...['--name', name, '--data-dir', dataDir],
        ...['--listen-client-urls', client, '--advertise-client-urls', client],
        ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
        ...['--initial-cluster', initial.cluster, '--initial-cluster-state', initial.state],
        ...['--initial-cluster-token', initial.token],
        ...this.#options.flags,
      ],
    });
    place.process.onDidWrite(({ line }) => this.#options.log(`${name}: ${line}`));
  }

  #disk(disk: string): Backend {
    let backend = this.#disks.get(disk);
    if (backend === undefined) {
      backend = new MemoryBackend();
      this.#disks.set(disk, backend);
    }
    return backend;
  }

  #cut(from: string, to: string): void {
    const link = { from, to };
    this.#network.cut(link);
    this.#cuts.push(link);
  }

  #isListening({ machine }: Place): boolean {
    return this.#network.isListening(machine.spec.ip, CLIENT_PORT);
  }

  /** A linearizable read works. */
  async #healthy(name: string): Promise<void> {
    const url = `${this.#endpointsOrThrow().url(name)}/v3/kv/range`;
    const end = performance.now() + 30_000;
    for (;;) {
      const answer = await fetch(url, { method: 'POST', body: '{"key":"YQ=="}' }).catch(() => undefined);
      if (answer?.ok === true) return;
      if (performance.now() > end) throw new Error(`${name} did not become ready`);
      await new Promise((resolve) => void setTimeout(resolve, 20));
    }
  }

  async #until(holds: () => boolean): Promise<void> {
    const end = performance.now() + 60_000;
    await this.#time.during(async () => {
      while (!holds()) {
        if (performance.now() > end) throw new Error('did not happen within a minute');
        await new Promise((resolve) => void setTimeout(resolve, 5));
      }
    });
  }

  #endpointsOrThrow(): EtcdEndpoints {
    if (this.#endpoints === undefined) throw new Error('not started');
    return this.#endpoints;
  }

  #place(name: string): Place {
    const place = this.#places.get(name);
    if (place === undefined) throw new Error(`there is no member ${name}`);
    return place;
  }
}
