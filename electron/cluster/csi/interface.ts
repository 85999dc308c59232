/** Calls of a CSI driver's identity and node services, and of its registration, as far as they are used. Models csi.proto v1.11. */
export interface CsiCalls {
  /** Of the registration socket. Models pluginregistration.GetInfo. */
  GetInfo: { request: object; response: { readonly name: string; readonly endpoint: string } };
  NodeGetInfo: {
    request: object;
    response: {
      readonly nodeId: string;
      /** 0: no limit. */
      readonly maxVolumesPerNode: number;
      /** Labels of the place where the node's volumes can be used. */
      readonly topology: Readonly<Record<string, string>>;
    };
  };
  /** Mounts the volume once for the node. */
  NodeStageVolume: {
    request: {
      readonly volumeId: string;
      readonly publishContext: Readonly<Record<string, string>>;
      readonly stagingTargetPath: string;
    };
    response: object;
  };
  NodeUnstageVolume: {
    request: { readonly volumeId: string; readonly stagingTargetPath: string };
    response: object;
  };
  /** Shows the volume in a Pod's folder. */
  NodePublishVolume: {
    request: {
      readonly volumeId: string;
      readonly stagingTargetPath: string;
      readonly targetPath: string;
      readonly readonly: boolean;
    };
    response: object;
  };
  NodeUnpublishVolume: {
    request: { readonly volumeId: string; readonly targetPath: string };
    response: object;
  };
  NodeExpandVolume: {
    request: { readonly volumeId: string; readonly volumePath: string; readonly requiredBytes: number };
    response: { readonly capacityBytes: number };
  };
}

export type CsiMethod = keyof CsiCalls;
export type CsiRequest<M extends CsiMethod> = CsiCalls[M]['request'];
export type CsiResponse<M extends CsiMethod> = CsiCalls[M]['response'];

export type CsiCode =
  | 'InvalidArgument'
  | 'NotFound'
  | 'AlreadyExists'
  | 'OutOfRange'
  | 'FailedPrecondition'
  | 'Internal'
  | 'DeadlineExceeded'
  | 'Unavailable'
  | 'Unimplemented';

/** A gRPC status that is not OK; its message is as Go prints one. */
export class CsiError extends Error {
  readonly code: CsiCode;
  readonly desc: string;

  constructor(code: CsiCode, desc: string) {
    super(`rpc error: code = ${code} desc = ${desc}`);
    this.code = code;
    this.desc = desc;
  }
}

/** What goes over a driver's socket. */
export type CsiFrame =
  | { readonly type: 'request'; readonly call: number; readonly method: CsiMethod; readonly request: object }
  | { readonly type: 'response'; readonly call: number; readonly response: object }
  | { readonly type: 'error'; readonly call: number; readonly code: CsiCode; readonly desc: string };

export type CsiHandlers = {
  readonly [M in CsiMethod]?: (request: CsiRequest<M>) => Promise<CsiResponse<M>>;
};

/** Where drivers tell the kubelet of themselves, and where they live. */
export const PLUGINS_REGISTRY = '/var/lib/kubelet/plugins_registry';
export const CSI_PLUGINS = '/var/lib/kubelet/plugins';
