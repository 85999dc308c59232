import type { ImageSpec } from '../../shared/images/image-schema.ts';
import { TestSimulation } from '../client/testing/test-simulation.testing.ts';
import { OfflineCatalogue } from '../images/catalogue.ts';
import type { Process, ProcessContext, Program, RuntimeName } from '../machine/interface.ts';
import { volatileStore } from '../machine/local-state.ts';
import { SimulatedMachine } from '../machine/machine.ts';
import { SimulatedNetwork } from '../network/network.ts';
import { containerdProgram } from './containerd.ts';
import { SocketCriClient } from './cri-client.ts';
import type { ContainerConfig, CriClient, PodSandboxConfig } from './interface.ts';
import { CONTAINERD_SOCKET } from './interface.ts';
import { CNI_CONFIG } from './ipam.ts';
import { NodeRuntime } from './node-runtime.ts';
import { runtimeVariants } from './variants/runtime-variants.ts';

const GIB = 1024 ** 3;

/** A machine with a container runtime, and a client of its socket. */
export class RuntimeHarness {
  readonly test = new TestSimulation();
  readonly machine: SimulatedMachine;
  readonly runtime: NodeRuntime;

  /** `images`: beside those that every cluster can pull. `programs`: of the cluster, by repository. */
  constructor(
    name: RuntimeName = 'containerd',
    images: readonly ImageSpec[] = [],
    programs: ReadonlyMap<string, Program> = new Map(),
  ) {
    const { simulation } = this.test;
    const spec = {
      name: 'worker-1',
      ip: '10.0.0.21',
      role: 'worker',
      os: 'linux',
      cpus: 4,
      memory: 8 * GIB,
      disk: 60 * GIB,
      isNode: true,
    } as const;
    this.machine = new SimulatedMachine(spec, simulation, new SimulatedNetwork(simulation), volatileStore());
    this.machine.files.write(
      CNI_CONFIG,
      JSON.stringify({ plugins: [{ ipam: { subnet: '10.244.1.0/24' } }] }),
    );
    this.runtime = new NodeRuntime(
      this.machine,
      new OfflineCatalogue(programs, new Map(), images),
      () => simulation.now,
      runtimeVariants[name],
    );
  }

  /** Starts a program of the machine as a process. */
  start(name: string, program: Program): Process {
    return this.machine.spawn({ name, program, argv: [name] });
  }

  startContainerd(): Process {
    return this.start('containerd', containerdProgram(this.runtime));
  }

  /** Runs `work` as a process of the machine, and answers what it came to after `ms` of virtual time. */
  async as<T>(
    work: (cri: CriClient, process: ProcessContext) => Promise<T>,
    { ms = 10_000, socket = CONTAINERD_SOCKET } = {},
  ): Promise<T> {
    let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
    this.start('client', async (process) => {
      try {
        outcome = {
          value: await work(new SocketCriClient(process.net, 'worker-1', socket, process.files), process),
        };
      } catch (error) {
        outcome = { error };
      }
      return 0;
    });
    await this.test.run(ms);
    if (outcome === undefined) throw new Error(`no answer within ${ms} ms`);
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }
}

export function sandboxConfig(name: string): PodSandboxConfig {
  return {
    metadata: { name, uid: `uid-of-${name}`, namespace: 'default', attempt: 0 },
    hostname: name,
    logDirectory: `/var/log/pods/default_${name}_uid-of-${name}`,
    labels: {},
    annotations: {},
    network: 'POD',
  };
}

export function containerConfig(image: string, more: Partial<ContainerConfig> = {}): ContainerConfig {
  return {
    metadata: { name: 'main', attempt: 0 },
    image,
    imageRef: '',
    command: [],
    args: [],
    workingDir: '',
    envs: [],
    labels: {},
    annotations: {},
    logPath: 'main/0.log',
    ...more,
  };
}

/** Pulls, makes and starts one container in a sandbox of its own. */
export async function runContainer(
  cri: CriClient,
  image: string,
  more: Partial<ContainerConfig> = {},
): Promise<{ readonly containerId: string; readonly podSandboxId: string }> {
  await cri.call('PullImage', { image });
  const { podSandboxId } = await cri.call('RunPodSandbox', { config: sandboxConfig('web') });
  const config = containerConfig(image, more);
  const { containerId } = await cri.call('CreateContainer', { podSandboxId, config });
  await cri.call('StartContainer', { containerId });
  return { containerId, podSandboxId };
}
