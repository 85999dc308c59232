import { SeededRand } from '../../base/rand.ts';
import { newTestSimulation } from '../../base/simulation.testing.ts';
import { volatileStore } from '../machine/local-state.ts';
import { SimulatedMachine } from '../machine/machine.ts';
import { NetworkNamespace } from '../network/namespace/network-namespace.ts';
import { SimulatedNetwork } from '../network/network.ts';
import { MachinePluginHost } from './machine-plugin-host.ts';
import { CNI_BIN_FOLDER } from './network-chain.ts';
import { PLUGIN_PROGRAMS } from './plugin-programs.ts';

export const BRIDGE = {
  cniVersion: '1.0.0',
  name: 'cbr0',
  type: 'bridge',
  bridge: 'cni0',
  isGateway: true,
  ipMasq: true,
  hairpinMode: true,
  mtu: 1450,
  isDefaultGateway: true,
  ipam: { type: 'host-local', ranges: [[{ subnet: '10.244.0.0/29' }]], routes: [{ dst: '10.244.0.0/16' }] },
};
/** A machine with all plugins, and namespaces `/run/netns/p1` to `p7`. */
export function newPluginHost(): MachinePluginHost {
  const simulation = newTestSimulation();
  const spec = {
    name: 'n1',
    ip: '10.0.10.11',
    role: 'worker',
    os: 'linux',
    cpus: 2,
    memory: 1,
    disk: 10_000_000_000,
    isNode: true,
  } as const;
  const machine = new SimulatedMachine(spec, simulation, new SimulatedNetwork(simulation), volatileStore());
  const host = new MachinePluginHost(machine.files, new SeededRand('cni'), new NetworkNamespace('n1', ''));
  for (const name of PLUGIN_PROGRAMS.keys()) machine.files.write(`${CNI_BIN_FOLDER}/${name}`, 'ELF', 0o755);
  for (const name of ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7'])
    host.addNamespace(`/run/netns/${name}`, new NetworkNamespace('n1', name));
  return host;
}

/** Runs a plugin, as a runtime would for container abc1: what it printed, and its code. */
export function runPlugin(
  host: MachinePluginHost,
  command: string,
  plugin: string,
  conf: unknown,
  env: Record<string, string> = {},
): string {
  const output = host.exec(plugin, {
    env: {
      CNI_COMMAND: command,
      CNI_CONTAINERID: 'abc1',
      CNI_NETNS: '/run/netns/p1',
      CNI_IFNAME: 'eth0',
      CNI_PATH: CNI_BIN_FOLDER,
      ...env,
    },
    stdin: typeof conf === 'string' ? conf : JSON.stringify(conf),
  });
  return output === undefined ? 'no such program' : `${output.stdout}rc=${output.code}`;
}
