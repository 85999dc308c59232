import type { CommandArgs, PluginCommands } from '../plugin-main.ts';
import { pluginMain } from '../plugin-main.ts';
import type { CniResult } from '../interface.ts';
import { CniError } from '../interface.ts';
import { requireNamespace } from './require-namespace.ts';

/** Switches a namespace's loopback interface on. Models plugins/main/loopback. */
const COMMANDS: PluginCommands = {
  name: 'loopback',
  add({ host, netns, conf }: CommandArgs): CniResult {
    const namespace = requireNamespace(host, netns);
    namespace.setUp('lo', true);
    if (conf.prevResult !== undefined) return conf.prevResult;
    const [address] = namespace.link('lo').addresses;
    return {
      interfaces: [{ name: 'lo', mac: '00:00:00:00:00:00', sandbox: netns }],
      ips: address === undefined ? [] : [{ interface: 0, address: '127.0.0.1/8' }],
    };
  },
  check({ host, netns }) {
    if (!requireNamespace(host, netns).link('lo').up) throw new CniError('loopback interface is down');
  },
  del({ host, netns }) {
    host.findNamespace(netns)?.setUp('lo', false);
  },
  status() {},
};

export const loopbackPlugin = pluginMain(COMMANDS);
