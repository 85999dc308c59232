import { CONTAINERD_SOCKET } from '../../cri/interface.ts';
import type { FileSystem } from '../../machine/interface.ts';

const CONFIG = '/etc/crictl.yaml';
const FLAG = /^(?:--runtime-endpoint|-r)(?:=(.*))?$/;

/** `unix:///var/run/x.sock` or a path; `/var/run` is `/run`. */
function path(endpoint: string): string {
  return endpoint.replace(/^unix:\/\//, '').replace(/^\/var\/run\//, '/run/');
}

/**
 * Which socket crictl is to use, and its arguments without the flag that says so: the flag, then `/etc/crictl.yaml`, then
 * containerd's.
 */
export function crictlEndpoint(
  args: readonly string[],
  files: FileSystem,
): { readonly socket: string; readonly args: readonly string[] } {
  const at = args.findIndex((argument) => FLAG.test(argument));
  if (at >= 0) {
    const value = FLAG.exec(args[at] ?? '')?.[1];
    const rest = [...args.slice(0, at), ...args.slice(at + (value === undefined ? 2 : 1))];
    return { socket: path(value ?? args[at + 1] ?? ''), args: rest };
  }
  const text = files.exists(CONFIG) ? files.read(CONFIG) : '';
  const endpoint = /^runtime-endpoint:\s*["']?([^"'\s]+)/m.exec(text)?.[1];
  return { socket: endpoint === undefined ? CONTAINERD_SOCKET : path(endpoint), args };
}
