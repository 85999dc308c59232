import { withKlog } from '../client/klog.ts';
import type { ContainerFiles } from '../images/container/interface.ts';
import type { ProcessContext, Program } from '../machine/interface.ts';
import { DevicePluginClient } from './device-plugin-client.ts';
import { DevicePluginServer } from './device-plugin-server.ts';
import type {
  ContainerAllocateResponse,
  Device,
  DevicePluginRequest,
  DevicePluginResponse,
} from './interface.ts';
import { DEVICE_PLUGIN_VERSION, DEVICE_PLUGINS, DevicePluginError, KUBELET_SOCKET } from './interface.ts';

const RESOURCE = 'example.com/resource';
const OPTIONS = { preStartRequired: false, getPreferredAllocationAvailable: false };
/** How long it waits for the kubelet's socket, in milliseconds. */
const PATIENCE = 10_000;
const RETRY = 1_000;
/** Below the folder of sockets: a file here makes the device of its name sick. */
const SICK = 'unhealthy';

/**
 * What runs in `registry.k8s.io/e2e-test-images/sample-device-plugin`: two devices of `example.com/resource`. Models
 * test/images/sample-device-plugin (v1.34), without its CDI file. A device whose name is a file in the folder `unhealthy` beside its
 * socket is reported as sick, which upstream's has no way to.
 */
export function sampleDevicePlugin(files: ContainerFiles): Program {
  return withKlog((process) => new SamplePlugin(process, files).run(), true);
}

class SamplePlugin {
  readonly #process: ProcessContext;
  readonly #files: ContainerFiles;
  readonly #folder: string;
  readonly #socket: string;
  #told = '';
  readonly #listeners = new Set<(response: DevicePluginResponse<'ListAndWatch'>) => void>();
  #server: { dispose(): void } | undefined;

  constructor(process: ProcessContext, files: ContainerFiles) {
    this.#process = process;
    this.#files = files;
    const folder = process.env['PLUGIN_SOCK_DIR'] ?? '';
    this.#folder = folder === '' ? DEVICE_PLUGINS : folder.replace(/\/+$/, '');
    this.#socket = `${this.#folder}/dp.${Math.floor(process.clock.now() / 1000)}`;
  }

  async run(): Promise<number> {
    const { log } = this.#process;
    log.info('Determined configuration', { CDI_ENABLED: '', pluginSocksDir: this.#folder });
    const problem = (await this.#serve()) ?? (await this.#register());
    if (problem !== undefined) {
      this.#process.stderr(`panic: ${problem}`);
      return 2;
    }
    if (this.#files.stat('/tmp') === undefined) this.#files.makeFolder('/tmp');
    const watch = this.#files.watch(this.#folder, () => {
      this.#lookForKubelet();
      this.#tell();
    });
    return new Promise<number>((resolve) => {
      this.#process.onTerminate(() => {
        log.info('Shutting down, received signal', { signal: 'terminated' });
        watch.dispose();
        this.#close();
        resolve(0);
      });
    });
  }

  /** Answers what went wrong. */
  async #serve(): Promise<string | undefined> {
    if (this.#files.stat(this.#folder) === undefined)
      return `listen unix ${this.#socket}: bind: no such file or directory`;
    this.#server = new DevicePluginServer(this.#process, {
      GetDevicePluginOptions: () => Promise.resolve(OPTIONS),
      ListAndWatch: (tell) => {
        this.#process.log.info('ListAndWatch');
        this.#listeners.add(tell);
        const devices = this.#devices();
        this.#told = JSON.stringify(devices);
        tell({ devices });
      },
      Allocate: async (request) => this.#allocate(request),
      PreStartContainer: () => Promise.resolve({}),
    }).listen(this.#socket);
    this.#files.write(this.#socket, '');
    this.#process.log.info('Starting to serve on socket', { socket: this.#socket });
    return undefined;
  }

  async #register(): Promise<string | undefined> {
    const { clock, log, net, machine } = this.#process;
    log.info('Deprecation file not found. Invoke registration');
    const deadline = clock.now() + PATIENCE;
    while (this.#files.stat(KUBELET_SOCKET) === undefined || !(await this.#isAnswered())) {
      if (clock.now() >= deadline) return 'context deadline exceeded';
      await clock.sleep(RETRY);
    }
    try {
      const kubelet = await DevicePluginClient.dial(net, machine.name, KUBELET_SOCKET);
      await kubelet.call('Register', {
        version: DEVICE_PLUGIN_VERSION,
        endpoint: this.#socket.slice(this.#folder.length + 1),
        resourceName: RESOURCE,
        options: OPTIONS,
      });
      kubelet.close();
      return undefined;
    } catch (error) {
      if (error instanceof TypeError) throw error;
      return error instanceof Error ? error.message : String(error);
    }
  }

  async #isAnswered(): Promise<boolean> {
    const { net, machine } = this.#process;
    try {
      (await DevicePluginClient.dial(net, machine.name, KUBELET_SOCKET)).close();
      return true;
    } catch (error) {
      if (error instanceof TypeError) throw error;
      return false;
    }
  }

  /** A kubelet that starts clears the folder: who finds its socket gone registers again. */
  #lookForKubelet(): void {
    if (this.#server === undefined || this.#files.stat(this.#socket) !== undefined) return;
    this.#close();
    this.#process.go(async () => {
      const problem = (await this.#serve()) ?? (await this.#register());
      if (problem !== undefined) this.#process.log.error('Failed to register again', { err: problem });
    });
  }

  #close(): void {
    this.#listeners.clear();
    this.#server?.dispose();
    this.#server = undefined;
    if (this.#files.stat(this.#socket) !== undefined) this.#files.remove(this.#socket);
  }

  #devices(): Device[] {
    return ['Dev-1', 'Dev-2'].map((id) => ({
      id,
      health: this.#files.stat(`${this.#folder}/${SICK}/${id}`) === undefined ? 'Healthy' : 'Unhealthy',
    }));
  }

  #tell(): void {
    const devices = this.#devices();
    const text = JSON.stringify(devices);
    if (text === this.#told) return;
    this.#told = text;
    for (const listener of [...this.#listeners]) listener({ devices });
  }

  #allocate({ containerRequests }: DevicePluginRequest<'Allocate'>): DevicePluginResponse<'Allocate'> {
    this.#process.log.info('Allocate', { request: JSON.stringify(containerRequests) });
    return { containerResponses: containerRequests.map(({ devicesIds }) => this.#grant(devicesIds)) };
  }

  /** @throws DevicePluginError */
  #grant(ids: readonly string[]): ContainerAllocateResponse {
    const known = this.#devices();
    for (const id of ids) {
      const device = known.find((one) => one.id === id);
      if (device === undefined)
        throw new DevicePluginError('Unknown', `invalid allocation request with non-existing device ${id}`);
      if (device.health !== 'Healthy')
        throw new DevicePluginError('Unknown', `invalid allocation request with unhealthy device: ${id}`);
      this.#files.write(`/tmp/${id}`, '');
    }
    return {
      envs: {},
      mounts: ids.map((id) => ({ containerPath: `/tmp/${id}`, hostPath: `/tmp/${id}`, readOnly: false })),
      devices: [],
      annotations: {},
    };
  }
}
