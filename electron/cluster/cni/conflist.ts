import { JsonSyntaxError, parseJsonValue } from '../apimachinery/json.ts';
import type { FileSystem } from '../machine/interface.ts';
import type { NetConf } from './interface.ts';

export const CNI_CONFIG_FOLDER = '/etc/cni/net.d';

/** A network: plugins that are called one after the other. */
export interface NetworkConfigList {
  readonly name: string;
  readonly cniVersion: string;
  readonly disableCheck: boolean;
  readonly plugins: readonly NetConf[];
}

/** A configuration that cannot be used, in libcni's words. */
export class ConflistError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConflistError';
  }
}

/** Reads a `.conflist`. @throws ConflistError `error parsing configuration list: no name` */
export function parseConflist(text: string): NetworkConfigList {
  const failed = (why: string): ConflistError =>
    new ConflistError(`error parsing configuration list: ${why}`);
  let raw: Record<string, unknown>;
  try {
    raw = parseJsonValue(text) as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw failed(error.message);
  }
  const { name, cniVersion = '', plugins, disableCheck } = raw;
  if (name === undefined) throw failed('no name');
  if (typeof name !== 'string') throw failed(`invalid name type ${goType(name)}`);
  if (typeof cniVersion !== 'string') throw failed(`invalid cniVersion type ${goType(cniVersion)}`);
  if (plugins === undefined) throw new ConflistError('no plugin configs found');
  if (!Array.isArray(plugins)) throw failed(`invalid 'plugins' type ${goType(plugins)}`);
  if (plugins.length === 0) throw failed('no plugins in list');
  for (const [at, plugin] of plugins.entries())
    if (typeof (plugin as NetConf | null)?.type !== 'string')
      throw new ConflistError(
        `failed to parse plugin config ${at}: error parsing configuration: missing 'type'`,
      );
  return { name, cniVersion, disableCheck: disableCheck === true, plugins: plugins as NetConf[] };
}

function goType(value: unknown): string {
  if (typeof value === 'number') return 'float64';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (value === null) return '<nil>';
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
}

/**
 * The network of a machine: the first file of the folder, by name, that is a list (or a single plugin, `.conf` and `.json`).
 * Undefined while there is none. @throws ConflistError of the first file that cannot be read
 */
export function loadConflist(files: FileSystem, folder = CNI_CONFIG_FOLDER): NetworkConfigList | undefined {
  for (const name of files.list(folder)) {
    const text = (): string => files.read(`${folder}/${name}`);
    if (name.endsWith('.conflist')) return parseConflist(text());
    if (!name.endsWith('.conf') && !name.endsWith('.json')) continue;
    const plugin = parseJsonValue(text()) as NetConf;
    return parseConflist(
      JSON.stringify({ name: plugin.name, cniVersion: plugin.cniVersion, plugins: [plugin] }),
    );
  }
  return undefined;
}
