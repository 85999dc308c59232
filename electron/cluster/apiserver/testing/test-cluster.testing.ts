import { RSA_KEYS } from '../../../base/jose/rsa-keys.testing.ts';
import { newTestSimulation } from '../../../base/simulation.testing.ts';
import type { Simulation } from '../../../base/simulation.ts';
import { NodeRsaSignatures } from '../../../host/rsa-signatures.ts';
import type { KindStrategy } from '../../api/strategy.ts';
import type { Backend } from '../../etcd/backend/interface.ts';
import { MemoryBackend } from '../../etcd/backend/memory.ts';
import { etcdProgram } from '../../etcd/server/program.ts';
import type { Process, ProcessContext } from '../../machine/interface.ts';
import { volatileStore } from '../../machine/local-state.ts';
import { SimulatedMachine } from '../../machine/machine.ts';
import type { HttpBody, HttpHeaders, HttpResponse, HttpStream } from '../../network/http.ts';
import { HttpClientConnection } from '../../network/http-client.ts';
import type { PeerCertificate } from '../../network/interface.ts';
import { SimulatedNetwork } from '../../network/network.ts';
import type { KubeApiserverOptions } from '../server/program.ts';
import { kubeApiserverProgram } from '../server/program.ts';

const FAR = Date.UTC(2100, 0, 1);

/** A client certificate of the cluster's authority. */
export function certificate(commonName: string, organizations: readonly string[] = []): PeerCertificate {
  return { commonName, organizations, notBefore: 0, notAfter: FAR, issuer: 'kubernetes' };
}

export const ADMIN = certificate('kubernetes-admin', ['system:masters']);

function machine(
  name: string,
  ip: string,
  simulation: Simulation,
  network: SimulatedNetwork,
): SimulatedMachine {
  const spec = {
    name, ip, role: 'outside', os: 'linux', cpus: 2, memory: 1, disk: 10_000_000_000, isNode: false,
  } as const; // prettier-ignore
  return new SimulatedMachine(spec, simulation, network, volatileStore());
}

/** What a test made of a watch. */
export interface TestStream {
  readonly items: unknown[];
  readonly stream: HttpStream;
  ended: boolean;
  error: Error | undefined;
}

/** etcd, an API server and a client, each on a machine of its own. */
export class TestCluster {
  readonly simulation: Simulation = newTestSimulation();
  readonly network: SimulatedNetwork;
  readonly etcdMachine: SimulatedMachine;
  readonly apiMachine: SimulatedMachine;
  readonly clientMachine: SimulatedMachine;
  readonly backend: Backend = new MemoryBackend();
  readonly output: string[] = [];
  etcd: Process | undefined;
  api: Process | undefined;
  #client: ProcessContext | undefined;
  readonly #connections = new Map<PeerCertificate | undefined, HttpClientConnection>();
  readonly #strategies: readonly KindStrategy[];
  readonly #more: Partial<KubeApiserverOptions>;
  readonly #flags: readonly string[];

  /** `flags`: more of the API server's command line. */
  constructor(
    strategies: readonly KindStrategy[],
    more: Partial<KubeApiserverOptions> = {},
    flags: readonly string[] = [],
  ) {
    this.#strategies = strategies;
    this.#more = more;
    this.#flags = flags;
    this.network = new SimulatedNetwork(this.simulation);
    this.etcdMachine = machine('etcd-1', '10.0.0.11', this.simulation, this.network);
    this.apiMachine = machine('cp-1', '10.0.0.10', this.simulation, this.network);
    this.clientMachine = machine('outside', '10.0.0.1', this.simulation, this.network);
    this.apiMachine.files.write('/etc/kubernetes/pki/sa.key', RSA_KEYS.first.privateKey);
    this.apiMachine.files.write('/etc/kubernetes/pki/sa.pub', RSA_KEYS.first.publicKey);
    this.startEtcd();
    this.startApi();
    this.clientMachine.spawn({
      name: 'client',
      program: (process) => {
        this.#client = process;
        return new Promise(() => undefined);
      },
    });
  }

  static async start(
    strategies: readonly KindStrategy[],
    more: Partial<KubeApiserverOptions> = {},
    flags: readonly string[] = [],
  ): Promise<TestCluster> {
    const cluster = new TestCluster(strategies, more, flags);
    await cluster.run(3_000);
    return cluster;
  }

  startEtcd(): void {
    const program = etcdProgram({ backend: () => this.backend });
    this.etcd = this.#spawn(this.etcdMachine, 'etcd', program, [
      'etcd',
      '--listen-client-urls=http://10.0.0.11:2379',
      '--watch-progress-notify-interval=5s',
    ]);
  }

  startApi(): void {
    const program = kubeApiserverProgram({
      strategies: this.#strategies,
      gitVersion: 'v1.34.9',
      rsa: new NodeRsaSignatures(),
      ...this.#more,
    });
    this.api = this.#spawn(this.apiMachine, 'kube-apiserver', program, [
      'kube-apiserver',
      '--etcd-servers=http://10.0.0.11:2379',
      '--service-account-signing-key-file=/etc/kubernetes/pki/sa.key',
      '--service-account-key-file=/etc/kubernetes/pki/sa.pub',
      ...this.#flags,
    ]);
    this.#connections.clear();
  }

  /** Lets `ms` of virtual time pass. */
  async run(ms: number): Promise<void> {
    await this.simulation.runUntil(this.simulation.now + ms);
  }

  /** Runs `work` within the client process until it is done. */
  async do<T>(work: (process: ProcessContext) => Promise<T>): Promise<T> {
    let outcome: (() => T) | undefined;
    const process = this.#client as ProcessContext;
    this.simulation.schedule(this.simulation.now, () => {
      work(process).then(
        (value) => (outcome = () => value),
        (error: unknown) => (outcome = () => { throw error; }), // prettier-ignore
      );
    });
    const until = this.simulation.now + 120_000;
    while (outcome === undefined) if (!(await this.simulation.step(until))) throw new Error('no answer');
    return (outcome as () => T)();
  }

  async connection(as: PeerCertificate | undefined): Promise<HttpClientConnection> {
    const known = this.#connections.get(as);
    if (known !== undefined && !known.closed) return known;
    const process = this.#client as ProcessContext;
    const options = { protocol: 'https' as const, ...(as === undefined ? {} : { certificate: as }) };
    const dialled = await process.net.dial({ host: '10.0.0.10', port: 6443 }, options);
    const fresh = new HttpClientConnection(dialled, process.clock);
    this.#connections.set(as, fresh);
    return fresh;
  }

  /** One call; `body` crosses as an object unless it is text. */
  call(
    method: string,
    target: string,
    body?: unknown,
    headers: HttpHeaders = {},
    as: PeerCertificate | 'nobody' = ADMIN,
  ): Promise<HttpResponse> {
    const content: HttpBody | undefined =
      body === undefined
        ? undefined
        : typeof body === 'string'
          ? { type: 'text', text: body }
          : { type: 'object', value: body };
    return this.do(async () => {
      const connection = await this.connection(as === 'nobody' ? undefined : as);
      return connection.call({
        method,
        target,
        headers,
        ...(content === undefined ? {} : { body: content }),
      });
    });
  }

  async watch(target: string, headers: HttpHeaders = {}): Promise<TestStream> {
    const items: unknown[] = [];
    return this.do(async () => {
      const connection = await this.connection(ADMIN);
      const result = { items, ended: false, error: undefined } as unknown as TestStream & {
        stream: HttpStream;
      };
      result.stream = await connection.stream(
        { method: 'GET', target, headers },
        {
          onItem: (body) => items.push(body.type === 'object' ? body.value : body),
          onEnd: (error) => {
            result.ended = true;
            result.error = error;
          },
        },
      );
      return result;
    });
  }

  #spawn(
    on: SimulatedMachine,
    name: string,
    program: Parameters<SimulatedMachine['spawn']>[0]['program'],
    argv: readonly string[],
  ): Process {
    const process = on.spawn({ name, program, argv });
    process.onDidWrite(({ line }) => this.output.push(`${name}: ${line}`));
    process.onDidExit((exit) => this.output.push(`${name}: exit ${JSON.stringify(exit)}`));
    return process;
  }
}

/** The decoded body of an answer. */
export function valueOf(response: HttpResponse): Record<string, unknown> & { message?: string } {
  const { body } = response;
  if (body === undefined) return {};
  if (body.type === 'object') return body.value as Record<string, unknown>;
  return { text: body.type === 'text' ? body.text : new TextDecoder().decode(body.bytes) };
}
