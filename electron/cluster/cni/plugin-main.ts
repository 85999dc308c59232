import { JsonSyntaxError, parseJsonValue } from '../apimachinery/json.ts';
import { MachineFileError } from '../machine/file-error.ts';
import { NetlinkError } from '../network/namespace/interface.ts';
import { IptablesError } from '../network/netfilter/interface.ts';
import type { CniProgram, CniResult, NetConf, PluginCall, PluginHost, PluginOutput } from './interface.ts';
import { CniError } from './interface.ts';
import { resultText } from './result-text.ts';

/** Versions of the spec that plugins speak. */
export const SUPPORTED_VERSIONS = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'] as const;

/** What a command is called with, checked. */
export interface CommandArgs {
  readonly containerId: string;
  readonly netns: string;
  readonly ifName: string;
  readonly conf: NetConf;
  readonly call: PluginCall;
  readonly host: PluginHost;
}

/** The commands of one plugin. ADD returns a result, the others succeed or throw. @throws CniError */
export interface PluginCommands {
  readonly name: string;
  add(args: CommandArgs): CniResult;
  check(args: CommandArgs): void;
  del(args: CommandArgs): void;
  status(args: CommandArgs): void;
}

type Command = 'ADD' | 'CHECK' | 'DEL' | 'STATUS';

/** Which variables each command needs. */
const REQUIRED: Readonly<Record<Command, readonly string[]>> = {
  ADD: ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME', 'CNI_PATH'],
  CHECK: ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME', 'CNI_PATH'],
  DEL: ['CNI_CONTAINERID', 'CNI_IFNAME', 'CNI_PATH'],
  STATUS: ['CNI_PATH'],
};

/** Makes a program of a plugin's commands: environment, versions, errors. Models pkg/skel of containernetworking/cni. */
export function pluginMain(commands: PluginCommands): CniProgram {
  return (call, host) => {
    try {
      return run(commands, call, host);
    } catch (error) {
      const known =
        error instanceof CniError
          ? error
          : error instanceof MachineFileError ||
              error instanceof NetlinkError ||
              error instanceof IptablesError
            ? new CniError(error.message)
            : undefined;
      // Anything else is a bug of ours.
      if (known === undefined) throw error;
      const { code, message: msg, details } = known;
      const body = { code, msg, ...(details === '' ? {} : { details }) };
      return { code: 1, stdout: JSON.stringify(body, null, 4), stderr: '' };
    }
  };
}

function run(commands: PluginCommands, call: PluginCall, host: PluginHost): PluginOutput {
  const done = (stdout: string): PluginOutput => ({ code: 0, stdout, stderr: '' });
  const command = call.env['CNI_COMMAND'] ?? '';
  if (command === '') {
    const versions = SUPPORTED_VERSIONS.join(', ');
    return {
      code: 0,
      stdout: '',
      stderr: `CNI ${commands.name} plugin version unknown\nCNI protocol versions supported: ${versions}\n`,
    };
  }
  if (command === 'VERSION') {
    const { cniVersion = '' } = parseConf(call.stdin);
    return done(`${JSON.stringify({ cniVersion, supportedVersions: SUPPORTED_VERSIONS })}\n`);
  }
  if (!(command in REQUIRED)) throw new CniError(`unknown CNI_COMMAND: ${command}`, 4);
  const missing = REQUIRED[command as Command].filter((name) => (call.env[name] ?? '') === '');
  if (missing.length > 0) throw new CniError(`required env variables [${missing.join(',')}] missing`, 4);
  const args = checked(command as Command, call, host);
  const cniVersion = args.conf.cniVersion ?? '0.1.0';
  switch (command as Command) {
    case 'ADD':
      return done(resultText(commands.add(args), cniVersion));
    case 'CHECK':
      requireVersion('CHECK', cniVersion, ['0.4.0', '1.0.0', '1.1.0']);
      commands.check(args);
      return done('');
    case 'DEL':
      commands.del(args);
      return done('');
    case 'STATUS':
      requireVersion('STATUS', cniVersion, ['1.1.0']);
      commands.status(args);
      return done('');
  }
}

function requireVersion(command: string, version: string, allowed: readonly string[]): void {
  if (!allowed.includes(version)) throw new CniError(`config version does not allow ${command}`, 1);
}

function parseConf(stdin: string): NetConf {
  try {
    return parseJsonValue(stdin) as NetConf;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new CniError(`error unmarshall network config: ${error.message}`, 6);
  }
}

function checked(command: Command, call: PluginCall, host: PluginHost): CommandArgs {
  const { env } = call;
  const containerId = env['CNI_CONTAINERID'] ?? '';
  const ifName = env['CNI_IFNAME'] ?? '';
  if (command !== 'STATUS') {
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(containerId))
      throw new CniError('invalid characters in containerID', 4, containerId);
    checkInterfaceName(ifName);
  }
  const conf = parseConf(call.stdin);
  const { name = '', cniVersion = '' } = conf;
  if (name === '') throw new CniError('missing network name', 7);
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name))
    throw new CniError('invalid characters found in network name', 7, name);
  if (cniVersion !== '' && !(SUPPORTED_VERSIONS as readonly string[]).includes(cniVersion)) {
    const supported = SUPPORTED_VERSIONS.map((version) => `"${version}"`).join(' ');
    throw new CniError(
      'incompatible CNI versions',
      1,
      `config is "${cniVersion}", plugin supports [${supported}]`,
    );
  }
  return { containerId, netns: env['CNI_NETNS'] ?? '', ifName, conf, call, host };
}

function checkInterfaceName(name: string): void {
  if (name.length > 15)
    throw new CniError('interface name is too long', 4, 'interface name should be less than 16 characters');
  if (name === '.' || name === '..') throw new CniError('interface name is . or ..', 4);
  if (/[/:\s]/.test(name)) throw new CniError('interface name contains / or : or whitespace characters', 4);
}
