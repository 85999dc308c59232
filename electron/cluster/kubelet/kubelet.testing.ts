import type { ImageSpec } from '../../shared/images/image-schema.ts';
import type { KubeObject, Pod } from '../api/types.ts';
import type { ApiClient, GroupVersionResource, ResourceClient } from '../client/interface.ts';
import { FakeApiClient } from '../client/testing/fake-api-client.testing.ts';
import { withKlog } from '../client/klog.ts';
import { TestSimulation } from '../client/testing/test-simulation.testing.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { containerdProgram } from '../cri/containerd.ts';
import { CNI_CONFIG } from '../cri/ipam.ts';
import { NodeRuntime } from '../cri/node-runtime.ts';
import { devicePluginPrograms } from '../device-plugins/device-plugin-programs.ts';
import { windowsContainerdVariant } from '../cri/variants/containerd-windows.ts';
import { OfflineCatalogue } from '../images/catalogue.ts';
import type { Process } from '../machine/interface.ts';
import type { MachineStore } from '../machine/local-state.ts';
import { volatileStore } from '../machine/local-state.ts';
import { SimulatedMachine } from '../machine/machine.ts';
import { SimulatedNetwork } from '../network/network.ts';
import { Kubelet } from './kubelet.ts';
import { readSettings } from './settings.ts';

const GIB = 1024 ** 3;
const SPEC = {
  name: 'worker-1',
  ip: '10.0.0.21',
  role: 'worker',
  os: 'linux',
  cpus: 4,
  memory: 8 * GIB,
  disk: 60 * GIB,
  isNode: true,
} as const;

/** The fake API does not notice that a process died; a real connection would have been closed. */
function mortal(api: ApiClient, signal: AbortSignal): ApiClient {
  const alive = async <T>(work: () => Promise<T>): Promise<T> => {
    const never = new Promise<T>(() => undefined);
    if (signal.aborted) return never;
    const result = await work();
    return signal.aborted ? never : result;
  };
  return {
    userAgent: api.userAgent,
    request: (method, target, body) => alive(() => api.request(method, target, body)),
    resource: <T extends KubeObject>(gvr: GroupVersionResource, namespace?: string): ResourceClient<T> => {
      const inner = api.resource<T>(gvr, namespace);
      return {
        get: (name) => alive(() => inner.get(name)),
        list: (options) => alive(() => inner.list(options)),
        create: (object) => alive(() => inner.create(object)),
        update: (object) => alive(() => inner.update(object)),
        updateStatus: (object) => alive(() => inner.updateStatus(object)),
        patch: (...args) => alive(() => inner.patch(...args)),
        delete: (...args) => alive(() => inner.delete(...args)),
        deleteCollection: (...args) => alive(() => inner.deleteCollection(...args)),
        createSubresource: (...args) => alive(() => inner.createSubresource(...args)),
        watch: (options, handlers) => {
          const watch = inner.watch(options, {
            onEvent: (event) => (signal.aborted ? undefined : handlers.onEvent(event)),
            onEnd: (error) => (signal.aborted ? undefined : handlers.onEnd(error)),
          });
          signal.addEventListener('abort', () => watch.stop(), { once: true });
          return watch;
        },
      };
    },
  };
}

/** One node with a real runtime and a kubelet that talks to a fake API. */
export class KubeletHarness {
  readonly test = new TestSimulation();
  readonly api: FakeApiClient;
  readonly machine: SimulatedMachine;
  readonly runtime: NodeRuntime;
  kubelet: Process | undefined;

  /** `images`: beside those that every cluster can pull. */
  constructor(
    store: MachineStore = volatileStore(),
    images: readonly ImageSpec[] = [],
    os: 'linux' | 'windows' = 'linux',
  ) {
    const { simulation } = this.test;
    this.api = new FakeApiClient(this.test.component('api'));
    const spec = { ...SPEC, os, ...(os === 'windows' ? { osVersion: '10.0.20348' } : {}) };
    this.machine = new SimulatedMachine(spec, simulation, new SimulatedNetwork(simulation), store);
    this.machine.files.write(
      CNI_CONFIG,
      JSON.stringify({ plugins: [{ ipam: { subnet: '10.244.1.0/24' } }] }),
    );
    this.configure('staticPodPath: /etc/kubernetes/manifests\n');
    this.runtime = new NodeRuntime(
      this.machine,
      new OfflineCatalogue(new Map(), devicePluginPrograms, images),
      () => simulation.now,
      os === 'windows' ? windowsContainerdVariant : undefined,
    );
    this.runtime.preload('registry.k8s.io/pause:3.10.1');
    this.runtime.preload('registry.k8s.io/pause:3.10.1');
    this.machine.units.define({
      name: 'containerd',
      description: 'container runtime',
      program: containerdProgram(this.runtime),
      argv: ['containerd'],
      restart: 'always',
      restartSeconds: 1,
    });
  }

  /** Writes the kubelet's configuration file; read when it starts. */
  configure(fields: string): void {
    const header = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n';
    this.machine.files.write('/var/lib/kubelet/config.yaml', `${header}${fields}`);
  }

  /** Starts containerd and the kubelet, and lets the node get ready. */
  async start(thawed = false, ms = 2_000): Promise<void> {
    if (this.machine.units.get('containerd')?.process === undefined) this.machine.units.start('containerd');
    this.kubelet = this.machine.spawn({
      name: 'kubelet',
      program: withKlog(async (process) => {
        const settings = readSettings(process.argv, process.machine, process.files);
        const kubelet = new Kubelet({
          process,
          settings,
          client: mortal(this.api, process.signal),
          version: 'v1.34.9',
          thawed,
        });
        process.go(() => kubelet.run());
        return new Promise<number>((resolve) => process.onTerminate(() => resolve(0)));
      }, false),
      argv: ['kubelet'],
    });
    this.kubelet.onDidExit((status) => {
      if (status.message !== undefined) this.test.failures.push(new Error(`kubelet: ${status.message}`));
    });
    await this.test.run(ms);
  }

  createPod(
    name: string,
    spec: Omit<NonNullable<Pod['spec']>, 'nodeName'>,
    labels: Readonly<Record<string, string>> = {},
  ): void {
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace: 'default',
        uid: `uid-of-${name}`,
        ...(Object.keys(labels).length === 0 ? {} : { labels }),
        generation: 1,
        creationTimestamp: this.api.now(),
      },
      spec: { terminationGracePeriodSeconds: 30, ...spec, nodeName: 'worker-1' },
      status: { phase: 'Pending', qosClass: 'BestEffort' },
    };
    this.api.seed(resourceTypes.pods, pod);
  }

  pod(name: string, namespace = 'default'): Pod | undefined {
    return this.api.find<Pod>(resourceTypes.pods, `${namespace}/${name}`);
  }

  /** What `kubectl delete pod` does to the object. */
  markDeleted(name: string, grace = 30): void {
    const deletionTimestamp =
      new Date(this.test.simulation.now + grace * 1000).toISOString().slice(0, 19) + 'Z';
    this.api.change<Pod>(resourceTypes.pods, `default/${name}`, (pod) => ({
      ...pod,
      // The finalizer stands for a grace period that is not over: the fake API knows only finalizers.
      metadata: {
        ...pod.metadata,
        deletionTimestamp,
        deletionGracePeriodSeconds: grace,
        finalizers: ['grace'],
      },
    }));
    this.api.reactors.push((action) => {
      const ends = action.verb === 'delete' && action.resource === 'pods' && action.name === name;
      if (ends) this.api.remove(resourceTypes.pods, `default/${name}`);
      return undefined;
    });
  }

  /** State of the first container in one line: `Running`, `CrashLoopBackOff`, `Completed 0`. */
  state(name: string): string {
    const state = this.pod(name)?.status?.containerStatuses?.[0]?.state;
    if (state?.running !== undefined) return 'Running';
    if (state?.terminated !== undefined) return `${state.terminated.reason} ${state.terminated.exitCode}`;
    return state?.waiting?.reason ?? '';
  }
}
