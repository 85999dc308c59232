import { cidrOf, cidrText, parsePrefix } from '../../network/ip/cidr.ts';
import { MachineFileError } from '../../machine/file-error.ts';
import type { FileSystem } from '../../machine/interface.ts';
import { delegate, resultOf } from '../delegate.ts';
import type { CniResult, CniRoute, NetConf } from '../interface.ts';
import { CniError } from '../interface.ts';
import type { CommandArgs, PluginCommands } from '../plugin-main.ts';
import { pluginMain } from '../plugin-main.ts';

const SUBNET_FILE = '/run/flannel/subnet.env';
const DATA_DIR = '/var/lib/cni/flannel';

interface SubnetEnv {
  readonly network: string;
  readonly subnet: string;
  readonly mtu: number;
  readonly ipMasq: boolean;
}

function parsedCidr(text: string): string {
  const prefix = parsePrefix(text);
  if (prefix === undefined || !text.includes('/'))
    throw new CniError(`loadFlannelSubnetEnv failed: invalid CIDR address: ${text}`);
  return cidrText(cidrOf(prefix.ip, prefix.bits));
}

/** What flanneld wrote for this machine. @throws CniError `loadFlannelSubnetEnv failed: open …: no such file or directory` */
function subnetEnv(files: FileSystem, path: string): SubnetEnv {
  let text: string;
  try {
    text = files.read(path);
  } catch (error) {
    if (!(error instanceof MachineFileError)) throw error;
    throw new CniError(`loadFlannelSubnetEnv failed: ${error.message}`);
  }
  const values = new Map(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf('=');
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
    }),
  );
  const network = values.get('FLANNEL_NETWORK');
  const subnet = values.get('FLANNEL_SUBNET');
  const mtu = values.get('FLANNEL_MTU');
  const ipMasq = values.get('FLANNEL_IPMASQ');
  if (mtu !== undefined && !/^\d+$/.test(mtu))
    throw new CniError(`loadFlannelSubnetEnv failed: strconv.ParseUint: parsing "${mtu}": invalid syntax`);
  const missing = [
    ...(network === undefined ? ['FLANNEL_NETWORK', 'FLANNEL_IPV6_NETWORK'] : []),
    ...(subnet === undefined ? ['FLANNEL_SUBNET', 'FLANNEL_IPV6_SUBNET'] : []),
    ...(mtu === undefined ? ['FLANNEL_MTU'] : []),
    ...(ipMasq === undefined ? ['FLANNEL_IPMASQ'] : []),
  ];
  if (missing.length > 0)
    throw new CniError(`loadFlannelSubnetEnv failed: ${path} is missing ${missing.join(', ')}`);
  return {
    network: parsedCidr(network ?? ''),
    subnet: parsedCidr(subnet ?? ''),
    mtu: Number(mtu),
    ipMasq: ipMasq === 'true',
  };
}

/** The configuration of the plugin that does the work: the bridge plugin, unless `delegate` says another. */
function delegateConf({ conf, host }: CommandArgs): Record<string, unknown> & { type: string } {
  const given = (conf['delegate'] ?? {}) as Record<string, unknown>;
  if ('type' in given && typeof given['type'] !== 'string')
    throw new CniError("'delegate' dictionary, if present, must have (string) 'type' field");
  for (const key of ['name', 'ipam'])
    if (key in given)
      throw new CniError(`'delegate' dictionary must not have '${key}' field, it'll be set by flannel`);
  const env = subnetEnv(host.files, String(conf['subnetFile'] ?? SUBNET_FILE));
  const ipam = (conf['ipam'] ?? {}) as { type?: string; routes?: readonly CniRoute[] };
  const type = String(given['type'] ?? 'bridge');
  return {
    ...given,
    ...(conf.runtimeConfig === undefined ? {} : { runtimeConfig: conf.runtimeConfig }),
    name: conf.name,
    type,
    ipMasq: given['ipMasq'] ?? !env.ipMasq,
    mtu: given['mtu'] ?? env.mtu,
    ...(type === 'bridge' ? { isGateway: given['isGateway'] ?? true } : {}),
    ...(conf.cniVersion === undefined ? {} : { cniVersion: conf.cniVersion }),
    ipam: {
      ...ipam,
      type: ipam.type ?? 'host-local',
      ranges: [[{ subnet: env.subnet }]],
      routes: [...(ipam.routes ?? []), { dst: env.network }],
    },
  };
}

/** Reads what flanneld wrote and has another plugin do the work. Models flannel-io/cni-plugin. */
const COMMANDS: PluginCommands = {
  name: 'flannel',
  add(args): CniResult {
    const { host, call, conf, containerId } = args;
    const made = delegateConf(args);
    const text = JSON.stringify(made);
    host.files.write(`${String(conf['dataDir'] ?? DATA_DIR)}/${containerId}`, text, 0o600);
    try {
      return resultOf(delegate(host, made.type, call, 'ADD', text));
    } catch (error) {
      if (!(error instanceof CniError)) throw error;
      throw new CniError(`failed to delegate add: ${error.message}`);
    }
  },
  check() {},
  del({ host, call, conf, containerId }) {
    const path = `${String(conf['dataDir'] ?? DATA_DIR)}/${containerId}`;
    if (!host.files.exists(path)) return;
    const text = host.files.read(path);
    const { type = '' } = JSON.parse(text) as NetConf;
    delegate(host, type, call, 'DEL', text);
    host.files.remove(path);
  },
  status({ conf, host }) {
    subnetEnv(host.files, String(conf['subnetFile'] ?? SUBNET_FILE));
  },
};

export const flannelPlugin = pluginMain(COMMANDS);
