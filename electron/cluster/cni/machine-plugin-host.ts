import type { Rand } from '../../base/rand.ts';
import type { FileSystem } from '../machine/interface.ts';
import type { NetworkNamespace } from '../network/namespace/network-namespace.ts';
import type { PluginCall, PluginHost, PluginOutput } from './interface.ts';
import { PLUGIN_PROGRAMS } from './plugin-programs.ts';

/** A machine for CNI plugins: its own namespace and those under `/var/run/netns`. */
export class MachinePluginHost implements PluginHost {
  readonly files: FileSystem;
  readonly rand: Rand;
  readonly namespace: NetworkNamespace;
  readonly #namespaces = new Map<string, NetworkNamespace>();

  constructor(files: FileSystem, rand: Rand, namespace: NetworkNamespace) {
    this.files = files;
    this.rand = rand;
    this.namespace = namespace;
  }

  addNamespace(path: string, namespace: NetworkNamespace): void {
    this.#namespaces.set(path, namespace);
  }

  /** With its interfaces. */
  removeNamespace(path: string): void {
    this.#namespaces.get(path)?.destroy();
    this.#namespaces.delete(path);
  }

  findNamespace(path: string): NetworkNamespace | undefined {
    return this.#namespaces.get(path);
  }

  exec(plugin: string, call: PluginCall): PluginOutput | undefined {
    const folders = (call.env['CNI_PATH'] ?? '').split(':');
    // A program runs only where its file is: people delete it, and installers put it there.
    if (!folders.some((folder) => this.files.exists(`${folder}/${plugin}`))) return undefined;
    return PLUGIN_PROGRAMS.get(plugin)?.(call, this);
  }
}
