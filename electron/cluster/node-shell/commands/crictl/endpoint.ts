import { parse } from 'yaml';
import { socketOfEndpoint } from '../../../../base/windows-path.ts';
import type { CommandContext } from '../../interface.ts';
import { fatal } from './interface.ts';

const CONFIG = { linux: '/etc/crictl.yaml', windows: '/Users/Administrator/.crictl/crictl.yaml' };
const FLAG = /^(--runtime-endpoint|-r|--image-endpoint|-i|--config|-c|--timeout|-t|--debug|-D)(?:=(.*))?$/;
const ALONE = ['--debug', '-D'];
/** Tried in turn where nobody says which. */
const DEFAULTS = {
  linux: [
    'unix:///run/containerd/containerd.sock',
    'unix:///run/crio/crio.sock',
    'unix:///var/run/cri-dockerd.sock',
  ],
  windows: ['npipe:////./pipe/containerd-containerd', 'npipe:////./pipe/cri-dockerd'],
};

/** Where a call may go, and what is left of the command line. */
export interface Endpoints {
  /** One that was given, or all defaults. */
  readonly endpoints: readonly string[];
  readonly isGiven: boolean;
  readonly args: readonly string[];
}

/** `unix:///var/run/x.sock`, a named pipe or a path; `/var/run` is `/run`. */
export const socketOf = socketOfEndpoint;

/**
 * Which runtime crictl is to speak to: the flag, then the configuration file, then the defaults, with crictl's warnings. @throws
 * CommandError for a configuration that cannot be read
 */
export function crictlEndpoints(given: readonly string[], context: CommandContext): Endpoints {
  const flags = new Map<string, string>();
  let at = 0;
  for (; at < given.length; at += 1) {
    const [, name, value] = FLAG.exec(given[at] ?? '') ?? [];
    if (name === undefined) break;
    flags.set(
      name.replace(/^-+/, '').slice(0, 1),
      value ?? (ALONE.includes(name) ? '' : (given[++at] ?? '')),
    );
  }
  const args = given.slice(at);
  const config = readConfig(context, flags.get('c'));
  const endpoint = flags.get('r') ?? config;
  return endpoint === undefined || endpoint === ''
    ? { endpoints: DEFAULTS[context.machine.spec.os], isGiven: false, args }
    : { endpoints: [endpoint], isGiven: true, args };
}

function readConfig(context: CommandContext, given: string | undefined): string | undefined {
  const { files, spec } = context.machine;
  const path = given ?? CONFIG[spec.os];
  if (!files.exists(path)) {
    if (given !== undefined)
      throw fatal(`get server config from file: load config file: read config file: open ${path}: no such file or directory`);
    context.err(`WARN[0000] Config "${path}" does not exist, trying next: "/usr/bin/crictl.yaml"\n`);
    return undefined;
  }
  try {
    const config = parse(files.read(path)) as Readonly<Record<string, unknown>> | null;
    const endpoint = config?.['runtime-endpoint'];
    return typeof endpoint === 'string' ? endpoint : undefined;
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw fatal(`get server config from file: load config file: unmarshal YAML: ${why}`);
  }
} // prettier-ignore
