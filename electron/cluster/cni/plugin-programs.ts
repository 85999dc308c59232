import type { CniProgram } from './interface.ts';
import { bridgePlugin } from './plugins/bridge.ts';
import { flannelPlugin } from './plugins/flannel.ts';
import { hostLocalPlugin } from './plugins/host-local.ts';
import { loopbackPlugin } from './plugins/loopback.ts';
import { portmapPlugin } from './plugins/portmap.ts';

/** What each file of `/opt/cni/bin` runs, by its name. */
export const PLUGIN_PROGRAMS: ReadonlyMap<string, CniProgram> = new Map([
  ['bridge', bridgePlugin],
  ['flannel', flannelPlugin],
  ['host-local', hostLocalPlugin],
  ['loopback', loopbackPlugin],
  ['portmap', portmapPlugin],
]);
