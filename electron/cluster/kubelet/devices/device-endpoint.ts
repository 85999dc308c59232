import { DevicePluginClient } from '../../device-plugins/device-plugin-client.ts';
import type { Device, DevicePluginOptions } from '../../device-plugins/interface.ts';
import { DevicePluginError } from '../../device-plugins/interface.ts';
import type { ProcessContext } from '../../machine/interface.ts';

export interface DeviceListener {
  /** All devices of the plugin. */
  told(devices: readonly Device[]): void;
  /** The plugin has gone. */
  ended(): void;
}

/** The kubelet's side of one plugin. Models devicemanager/plugin/v1beta1/client.go (v1.34). */
export class DeviceEndpoint {
  readonly client: DevicePluginClient;
  readonly options: DevicePluginOptions;
  readonly #listener: DeviceListener;

  private constructor(client: DevicePluginClient, options: DevicePluginOptions, listener: DeviceListener) {
    this.client = client;
    this.options = options;
    this.#listener = listener;
  }

  /** @throws DevicePluginError, DialError */
  static async connect(
    { net, machine, files }: ProcessContext,
    socket: string,
    listener: DeviceListener,
  ): Promise<DeviceEndpoint> {
    if (!files.exists(socket))
      throw new DevicePluginError(
        'Unavailable',
        `failed to dial device plugin: dial unix ${socket}: connect: no such file or directory`,
      );
    const client = await DevicePluginClient.dial(net, machine.name, socket);
    const options = await client.call('GetDevicePluginOptions', {});
    return new DeviceEndpoint(client, options, listener);
  }

  /** From now on the listener hears. */
  run(): void {
    this.client.listAndWatch(
      ({ devices }) => this.#listener.told(devices),
      () => this.#listener.ended(),
    );
  }
}
