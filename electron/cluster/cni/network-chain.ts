import type { NetworkConfigList } from './conflist.ts';
import { resultOf } from './delegate.ts';
import type { CniResult, NetConf, PluginHost, PortMapping } from './interface.ts';
import { CniError } from './interface.ts';

export const CNI_BIN_FOLDER = '/opt/cni/bin';

/** Whom the plugins are called for. */
export interface RuntimeConf {
  readonly containerId: string;
  /** Empty once the namespace is gone. */
  readonly netns: string;
  readonly ifName: string;
  /** `CNI_ARGS`, e.g. `K8S_POD_NAME`. */
  readonly args: Readonly<Record<string, string>>;
  readonly portMappings?: readonly PortMapping[];
}

/**
 * Calls the plugins of a list as a runtime does: ADD in order, each with the result of the one before, DEL backwards.
 * Models libcni of containernetworking/cni v1.2.
 */
export class NetworkChain {
  readonly #host: PluginHost;
  readonly #path: string;

  constructor(host: PluginHost, path = CNI_BIN_FOLDER) {
    this.#host = host;
    this.#path = path;
  }

  /** @throws CniError `plugin type="bridge" failed (add): …` */
  add(list: NetworkConfigList, runtime: RuntimeConf): CniResult {
    let result: CniResult | undefined;
    for (const plugin of list.plugins) {
      const output = this.#exec('ADD', list, plugin, runtime, result);
      result = resultOf(output);
    }
    this.#host.files.write(
      this.#cachePath(list, runtime),
      JSON.stringify({ kind: 'cniCacheV1', result }),
      0o600,
    );
    return result ?? {};
  }

  /** @throws CniError `plugin type="bridge" failed (check): …` */
  check(list: NetworkConfigList, runtime: RuntimeConf): void {
    if (list.disableCheck) return;
    const result = this.#cached(list, runtime);
    for (const plugin of list.plugins) this.#exec('CHECK', list, plugin, runtime, result);
  }

  /** @throws CniError `plugin type="bridge" failed (delete): …` */
  del(list: NetworkConfigList, runtime: RuntimeConf): void {
    const result = this.#cached(list, runtime);
    for (const plugin of [...list.plugins].reverse()) this.#exec('DEL', list, plugin, runtime, result);
    const path = this.#cachePath(list, runtime);
    if (this.#host.files.exists(path)) this.#host.files.remove(path);
  }

  /** Whether the network can take containers; before version 1.1.0 of the spec nobody is asked. @throws CniError */
  status(list: NetworkConfigList): void {
    if (list.cniVersion !== '1.1.0') return;
    const nobody = { containerId: '', netns: '', ifName: '', args: {} };
    for (const plugin of list.plugins) this.#exec('STATUS', list, plugin, nobody, undefined);
  }

  #exec(
    command: 'ADD' | 'CHECK' | 'DEL' | 'STATUS',
    list: NetworkConfigList,
    plugin: NetConf,
    runtime: RuntimeConf,
    prevResult: CniResult | undefined,
  ): { code: number; stdout: string; stderr: string } {
    const type = plugin.type ?? '';
    const words = { ADD: 'add', CHECK: 'check', DEL: 'delete', STATUS: 'status' } as const;
    const named = (plugin.name ?? '') === '' ? '' : ` name="${plugin.name ?? ''}"`;
    const failed = (why: string): CniError =>
      new CniError(`plugin type="${type}"${named} failed (${words[command]}): ${why}`);
    const capabilities = (plugin['capabilities'] ?? {}) as { portMappings?: boolean };
    const wantsPorts = capabilities.portMappings === true && (runtime.portMappings ?? []).length > 0;
    const stdin = JSON.stringify({
      ...plugin,
      name: list.name,
      cniVersion: list.cniVersion,
      ...(prevResult === undefined ? {} : { prevResult: { cniVersion: list.cniVersion, ...prevResult } }),
      ...(wantsPorts ? { runtimeConfig: { portMappings: runtime.portMappings } } : {}),
    });
    const env = {
      CNI_COMMAND: command,
      CNI_CONTAINERID: runtime.containerId,
      CNI_NETNS: runtime.netns,
      CNI_IFNAME: runtime.ifName,
      CNI_ARGS: Object.entries(runtime.args)
        .map(([key, value]) => `${key}=${value}`)
        .join(';'),
      CNI_PATH: this.#path,
    };
    const output = this.#host.exec(type, { env, stdin });
    if (output === undefined) throw failed(`failed to find plugin "${type}" in path [${this.#path}]`);
    if (output.code === 0) return output;
    const { msg, details = '' } = JSON.parse(output.stdout) as { msg: string; details?: string };
    throw failed(details === '' ? msg : `${msg}; ${details}`);
  }

  #cachePath(list: NetworkConfigList, { containerId, ifName }: RuntimeConf): string {
    return `/var/lib/cni/results/${list.name}-${containerId}-${ifName}`;
  }

  #cached(list: NetworkConfigList, runtime: RuntimeConf): CniResult | undefined {
    const path = this.#cachePath(list, runtime);
    if (!this.#host.files.exists(path)) return undefined;
    return (JSON.parse(this.#host.files.read(path)) as { result?: CniResult }).result;
  }
}
