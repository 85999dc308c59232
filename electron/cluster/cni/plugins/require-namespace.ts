import type { NetworkNamespace } from '../../network/namespace/network-namespace.ts';
import type { PluginHost } from '../interface.ts';
import { CniError } from '../interface.ts';

/** @throws CniError `failed to Statfs "/run/netns/x": no such file or directory` */
export function requireNamespace(host: PluginHost, path: string): NetworkNamespace {
  const namespace = host.findNamespace(path);
  if (namespace === undefined) throw new CniError(`failed to Statfs "${path}": no such file or directory`);
  return namespace;
}
