import type { Rand } from '../../base/rand.ts';
import type { FileSystem } from '../machine/interface.ts';
import type { NetworkNamespace } from '../network/namespace/network-namespace.ts';

/** What a plugin is called with: environment and standard input. */
export interface PluginCall {
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
}

/** How a plugin ended. An error is JSON on standard output, with code 1. */
export interface PluginOutput {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The machine as a plugin sees it. */
export interface PluginHost {
  readonly files: FileSystem;
  readonly rand: Rand;
  readonly namespace: NetworkNamespace;
  /** A namespace by the path of its file, e.g. `/var/run/netns/cni-…`. */
  findNamespace(path: string): NetworkNamespace | undefined;
  /** Runs a program of `CNI_PATH`; undefined when there is none of that name. */
  exec(plugin: string, call: PluginCall): PluginOutput | undefined;
}

/** A program in `/opt/cni/bin`. */
export type CniProgram = (call: PluginCall, host: PluginHost) => PluginOutput;

export interface CniInterface {
  readonly name: string;
  readonly mac?: string;
  readonly sandbox?: string;
}

export interface CniIp {
  /** Number of its interface in the result. */
  readonly interface?: number;
  /** With its prefix length. */
  readonly address: string;
  readonly gateway?: string;
}

export interface CniRoute {
  readonly dst: string;
  readonly gw?: string;
}

/** A result of ADD, in the form of version 1.0.0. */
export interface CniResult {
  readonly interfaces?: readonly CniInterface[];
  readonly ips?: readonly CniIp[];
  readonly routes?: readonly CniRoute[];
}

/** A plugin's configuration; what is particular to one is read by it. */
export interface NetConf {
  readonly cniVersion?: string;
  readonly name?: string;
  readonly type?: string;
  readonly prevResult?: CniResult;
  readonly runtimeConfig?: { readonly portMappings?: readonly PortMapping[] };
  readonly [key: string]: unknown;
}

export interface PortMapping {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: string;
  readonly hostIP?: string;
}

/** What the spec's error object holds. Codes below 100 are the spec's; 999: anything of a plugin. */
export class CniError extends Error {
  readonly code: number;
  readonly details: string;

  constructor(message: string, code = 999, details = '') {
    super(message);
    this.name = 'CniError';
    this.code = code;
    this.details = details;
  }
}
