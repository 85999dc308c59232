import type { CausalRecord } from '../../../base/causal-record.ts';
import type { Simulation } from '../../../base/simulation.ts';
import { newTestSimulation } from '../../../base/simulation.testing.ts';
import type { MachineSpec, Process } from '../../machine/interface.ts';
import { volatileStore } from '../../machine/local-state.ts';
import { SimulatedMachine } from '../../machine/machine.ts';
import { SimulatedNetwork } from '../../network/network.ts';
import type { Backend } from '../backend/interface.ts';
import { MemoryBackend } from '../backend/memory.ts';
import { EtcdError } from '../client/interface.ts';
import type { EtcdMethod, EtcdMethods } from '../client/methods.ts';
import { NetworkEtcdClient } from '../v3/client/network-client.ts';
import type { EtcdMemberFaults, EtcdMemberSource } from '../view/interface.ts';
import { EtcdMemberViews } from '../view/member-views.ts';
import type { CorruptibleMember } from './program.ts';
import { etcdProgram } from './program.ts';

const spec = (name: string, ip: string): MachineSpec => ({
  name,
  ip,
  role: 'control-plane',
  os: 'linux',
  cpus: 2,
  memory: 2 ** 32,
  disk: 2 ** 36,
  isNode: true,
});

export interface TestMembersOptions {
  /** Machines `m1`, `m2` …; the first `members` of them form the cluster. */
  readonly machines: number;
  readonly members?: number;
  readonly flags?: readonly string[];
  readonly simulation?: Simulation;
  readonly backend?: (name: string) => Backend;
}

/** How the work of a client stands. */
export interface ClientRun<T> {
  ended: boolean;
  result: T | undefined;
  error: unknown;
}

/** Members of etcd on machines of their own, and a client on another one. */
export class TestMembers {
  readonly simulation: Simulation;
  readonly network: SimulatedNetwork;
  readonly machines = new Map<string, SimulatedMachine>();
  readonly backends = new Map<string, Backend>();
  readonly faults = new Map<string, EtcdMemberFaults>();
  readonly corruptible = new Map<string, CorruptibleMember>();
  readonly stderr: string[] = [];
  readonly names: readonly string[];
  readonly views: EtcdMemberViews;
  readonly #client: SimulatedMachine;
  readonly #options: TestMembersOptions;
  readonly #processes = new Map<string, Process>();

  constructor(options: TestMembersOptions) {
    this.#options = options;
    this.simulation = options.simulation ?? newTestSimulation();
    this.network = new SimulatedNetwork(this.simulation);
    this.names = Array.from({ length: options.machines }, (_, index) => `m${index + 1}`);
    for (const name of this.names) this.machines.set(name, this.#newMachine(name, this.ip(name)));
    this.#client = this.#newMachine('client', '10.0.0.2');
    this.views = new EtcdMemberViews(this.names, (machine) => this.#faultsOf(machine));
  }

  /** Those that form the cluster. */
  get members(): readonly string[] {
    return this.names.slice(0, this.#options.members ?? this.names.length);
  }

  ip(name: string): string {
    return `10.0.0.${10 + Number(name.slice(1))}`;
  }

  peer(name: string): string {
    return `http://${this.ip(name)}:2380`;
  }

  initialCluster(names: readonly string[] = this.members): string {
    return names.map((name) => `${name}=${this.peer(name)}`).join(',');
  }

  /** Starts those that form the cluster and waits for a leader. */
  async startAll(): Promise<void> {
    for (const name of this.members) this.start(name);
    await this.untilLeader();
  }

  start(name: string, ...flags: string[]): Process {
    const program = etcdProgram({
      backend: (disk) => this.#backend(disk),
      views: this.views,
      faults: {
        of: (machine) => this.#faultsOf(machine),
        started: (machine, member) => void this.corruptible.set(machine, member),
        ended: (machine) => void this.corruptible.delete(machine),
      },
    });
    const defaults: Record<string, string> = {
      name,
      'initial-advertise-peer-urls': this.peer(name),
      'advertise-client-urls': `http://${this.ip(name)}:2379`,
      'initial-cluster': this.initialCluster(),
    };
    for (const flag of [...(this.#options.flags ?? []), ...flags]) {
      const [key = '', value = 'true'] = flag.replace(/^--/, '').split(/=(.*)/s);
      defaults[key] = value;
    }
    const argv = ['etcd', ...Object.entries(defaults).map(([key, value]) => `--${key}=${value}`)];
    const process = this.machine(name).spawn({ name: 'etcd', program, argv });
    process.onDidWrite(({ line }) => this.stderr.push(`${name}: ${line}`));
    this.#processes.set(name, process);
    return process;
  }

  /** What a member has warned of or ended with, oldest first: message, and error where there is one. */
  complaints(name: string): string[] {
    return this.stderr
      .filter((line) => line.startsWith(`${name}: `))
      .flatMap((line) => {
        const text = line.slice(name.length + 2);
        if (!text.startsWith('{')) return [text];
        const { level, msg, error } = JSON.parse(text) as { level: string; msg: string; error?: string };
        return level === 'info' ? [] : [error === undefined ? msg : `${msg}: ${error}`];
      });
  }

  process(name: string): Process {
    const process = this.#processes.get(name);
    if (process === undefined) throw new Error(`${name} was never started`);
    return process;
  }

  kill(...names: string[]): void {
    for (const name of names) this.process(name).kill('SIGKILL');
  }

  async run(ms: number): Promise<void> {
    await this.simulation.runUntil(this.simulation.now + ms);
  }

  /** @throws Error when it does not come to pass within `limit` virtual milliseconds */
  async until(what: string, enough: () => boolean, limit = 30_000): Promise<void> {
    await this.simulation.runUntil(this.simulation.now + limit, enough);
    if (!enough()) throw new Error(`${what}: not within ${limit} ms`);
  }

  source(name: string): EtcdMemberSource | undefined {
    return this.views.list.find(({ machine }) => machine === name)?.running;
  }

  /** The one that leads in the newest term, among those that run. */
  get leader(): string | undefined {
    const leaders = this.names
      .map((name) => ({ name, raft: this.source(name)?.raft }))
      .filter(({ raft }) => raft?.role === 'leader')
      .sort((a, b) => (b.raft?.term ?? 0) - (a.raft?.term ?? 0));
    return leaders[0]?.name;
  }

  /** Waits until one of `among` leads and the others of them follow it; returns its name. */
  async untilLeader(among: readonly string[] = this.members, limit = 10_000): Promise<string> {
    const agreed = (): string | undefined => {
      const leads = new Set(among.map((name) => this.source(name)?.raft.lead));
      const [lead] = leads;
      if (leads.size !== 1 || lead === undefined || lead === '0') return undefined;
      return among.find((name) => {
        const source = this.source(name);
        return (
          source?.memberId === lead &&
          source.raft.role === 'leader' &&
          source.raft.applied === source.raft.commit
        );
      });
    };
    await this.until('a leader', () => agreed() !== undefined, limit);
    return agreed() as string;
  }

  /** Calls `method` on a member; rejects with the EtcdError. */
  call<M extends EtcdMethod>(
    name: string,
    method: M,
    request: EtcdMethods[M]['request'],
  ): Promise<EtcdMethods[M]['response']> {
    return this.withClient(name, (client) => client.call(method, request));
  }

  /** Runs `work` with a client of a member, as a program on another machine; rejects as it does. */
  async withClient<T>(name: string, work: (client: NetworkEtcdClient) => Promise<T>): Promise<T> {
    const run = this.begin(name, work);
    await this.until(`an answer of ${name}`, () => run.ended, 60_000);
    if (run.error !== undefined) throw run.error;
    return run.result as T;
  }

  /** As `withClient`, without waiting for it. */
  begin<T>(name: string, work: (client: NetworkEtcdClient) => Promise<T>): ClientRun<T> {
    const run: ClientRun<T> = { ended: false, result: undefined, error: undefined };
    this.#client.spawn({
      name: 'client',
      program: async (process) => {
        try {
          const connection = await process.net.dial({ host: name, port: 2379 }, { protocol: 'grpc' });
          run.result = await work(new NetworkEtcdClient(connection));
          connection.close();
        } catch (error) {
          run.error = error;
        }
        run.ended = true;
        return 0;
      },
    });
    return run;
  }

  /** The refusal's text; fails when the call is answered. */
  async refusal<M extends EtcdMethod>(
    name: string,
    method: M,
    request: EtcdMethods[M]['request'],
  ): Promise<string> {
    try {
      await this.call(name, method, request);
    } catch (error) {
      if (error instanceof EtcdError) return `${error.code}: ${error.message}`;
      throw error;
    }
    throw new Error(`${method} was answered`);
  }

  async put(name: string, key: string, value: string): Promise<number> {
    return (await this.call(name, 'Put', { key, value })).header.revision;
  }

  async get(name: string, key: string, serializable = false): Promise<string | undefined> {
    return (await this.call(name, 'Range', { key, serializable })).kvs[0]?.value;
  }

  /** Peer traffic only, as between `groups`. */
  partition(...groups: readonly (readonly string[])[]): void {
    for (const group of groups)
      for (const from of group)
        for (const other of groups)
          if (other !== group) for (const to of other) this.network.cut({ from, to });
  }

  heal(): void {
    for (const link of [...this.network.cuts]) this.network.heal(link);
  }

  get records(): readonly CausalRecord[] {
    return [...this.simulation.log.range(1)];
  }

  #faultsOf(machine: string): EtcdMemberFaults {
    return this.faults.get(machine) ?? { fsync: 1, diskFull: false };
  }

  #backend(name: string): Backend {
    let backend = this.backends.get(name);
    if (backend === undefined) {
      backend = this.#options.backend?.(name) ?? new MemoryBackend();
      this.backends.set(name, backend);
    }
    return backend;
  }

  machine(name: string): SimulatedMachine {
    const machine = this.machines.get(name);
    if (machine === undefined) throw new Error(`there is no machine ${name}`);
    return machine;
  }

  #newMachine(name: string, ip: string): SimulatedMachine {
    return new SimulatedMachine(spec(name, ip), this.simulation, this.network, volatileStore());
  }
}
