/** Where the kubelet takes registrations, and where plugins put their sockets. */
export const DEVICE_PLUGINS = '/var/lib/kubelet/device-plugins';
export const KUBELET_SOCKET = `${DEVICE_PLUGINS}/kubelet.sock`;
/** The one version of the interface that there is. */
export const DEVICE_PLUGIN_VERSION = 'v1beta1';

export interface Device {
  readonly id: string;
  readonly health: 'Healthy' | 'Unhealthy';
}

export interface DevicePluginOptions {
  readonly preStartRequired: boolean;
  readonly getPreferredAllocationAvailable: boolean;
}

/** What a container gets with its devices. */
export interface ContainerAllocateResponse {
  readonly envs: Readonly<Record<string, string>>;
  readonly mounts: readonly {
    readonly containerPath: string;
    readonly hostPath: string;
    readonly readOnly: boolean;
  }[];
  /** `permissions`: of `r`, `w` and `m`. */
  readonly devices: readonly {
    readonly containerPath: string;
    readonly hostPath: string;
    readonly permissions: string;
  }[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** Calls of the kubelet's registration service and of a plugin. Models deviceplugin/v1beta1/api.proto (v1.34); NUMA nodes and CDI devices are left out. */
export interface DevicePluginCalls {
  /** Of the kubelet. `endpoint`: the plugin's socket, below the folder of the kubelet's own. */
  Register: {
    request: {
      readonly version: string;
      readonly endpoint: string;
      readonly resourceName: string;
      readonly options: DevicePluginOptions;
    };
    response: object;
  };
  GetDevicePluginOptions: { request: object; response: DevicePluginOptions };
  /** Answered again whenever the devices change, until the connection ends. */
  ListAndWatch: { request: object; response: { readonly devices: readonly Device[] } };
  GetPreferredAllocation: {
    request: {
      readonly availableDeviceIds: readonly string[];
      readonly mustIncludeDeviceIds: readonly string[];
      readonly allocationSize: number;
    };
    response: { readonly deviceIds: readonly string[] };
  };
  Allocate: {
    request: { readonly containerRequests: readonly { readonly devicesIds: readonly string[] }[] };
    response: { readonly containerResponses: readonly ContainerAllocateResponse[] };
  };
  PreStartContainer: { request: { readonly devicesIds: readonly string[] }; response: object };
}

export type DevicePluginMethod = keyof DevicePluginCalls;
export type DevicePluginRequest<M extends DevicePluginMethod> = DevicePluginCalls[M]['request'];
export type DevicePluginResponse<M extends DevicePluginMethod> = DevicePluginCalls[M]['response'];

/** A gRPC status that is not OK; its message is as Go prints one. */
export class DevicePluginError extends Error {
  readonly code: 'Unknown' | 'Unavailable' | 'Unimplemented';
  readonly desc: string;

  constructor(code: DevicePluginError['code'], desc: string) {
    super(`rpc error: code = ${code} desc = ${desc}`);
    this.code = code;
    this.desc = desc;
  }
}

/** What goes over a socket of the interface. */
export type DevicePluginFrame =
  | {
      readonly type: 'request';
      readonly call: number;
      readonly method: DevicePluginMethod;
      readonly request: object;
    }
  | { readonly type: 'response'; readonly call: number; readonly response: object }
  | {
      readonly type: 'error';
      readonly call: number;
      readonly code: DevicePluginError['code'];
      readonly desc: string;
    };

/** Answers a call; `ListAndWatch` says what there is by `tell`, as often as it changes. */
export type DevicePluginHandlers = {
  readonly [M in Exclude<DevicePluginMethod, 'ListAndWatch'>]?: (
    request: DevicePluginRequest<M>,
  ) => Promise<DevicePluginResponse<M>>;
} & {
  readonly ListAndWatch?: (tell: (response: DevicePluginResponse<'ListAndWatch'>) => void) => void;
};
