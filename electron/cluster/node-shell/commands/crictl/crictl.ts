import { SocketCriClient } from '../../../cri/cri-client.ts';
import { CriError } from '../../../cri/interface.ts';
import type { CommandContext, MachineCommand } from '../../interface.ts';
import { CommandError } from '../../interface.ts';
import * as containers from './containers.ts';
import { create, run, runp } from './create.ts';
import { crictlEndpoints, socketOf } from './endpoint.ts';
import * as images from './images.ts';
import type { Subcommand } from './interface.ts';
import { crictlLogs } from './logs.ts';
import * as sandboxes from './sandboxes.ts';
import { findContainer } from './select.ts';
import { stats, statsp } from './stats.ts';
import { info, runtimeConfig, version } from './status.ts';
import { attach, exec, portForward } from './streams.ts';

const VERSION = 'v1.34.0';

const logs: Subcommand = async (args, cri, context) => {
  const id = args.filter((arg) => !arg.startsWith('-')).at(-1) ?? '';
  return crictlLogs(
    args,
    await containers.wrapped(`get container "${id}"`, () => findContainer(cri, id)),
    context,
  );
};

const SUBCOMMANDS: ReadonlyMap<string, Subcommand> = new Map<string, Subcommand>([
  ['attach', attach],
  ['create', create],
  ['exec', exec],
  ['version', version],
  ['images', images.images],
  ['image', images.images],
  ['img', images.images],
  ['inspect', containers.inspect],
  ['inspecti', images.inspecti],
  ['imagefsinfo', images.imagefsinfo],
  ['inspectp', sandboxes.inspectp],
  ['logs', logs],
  ['port-forward', portForward],
  ['ps', containers.ps],
  ['pull', images.pull],
  ['run', run],
  ['runp', runp],
  ['rm', containers.rm],
  ['rmi', images.rmi],
  ['rmp', sandboxes.rmp],
  ['pods', sandboxes.pods],
  ['start', containers.start],
  ['info', info],
  ['stop', containers.stop],
  ['stopp', sandboxes.stopp],
  ['update', containers.update],
  ['stats', stats],
  ['statsp', statsp],
  ['runtime-config', runtimeConfig],
]);
/** In crictl, but not here. */
const UNMODELLED = [
  'config',
  'completion',
  'checkpoint',
  'metricsp',
  'metricdescs',
  'events',
  'update-runtime-config',
];
/** Those that speak to the image service alone, and those that speak to both. */
const IMAGE_ONLY = ['images', 'image', 'img', 'inspecti', 'imagefsinfo', 'pull', 'rmi'];
const BOTH = ['ps', 'inspect', 'exec', 'run', 'stats'];

function unavailable(endpoint: string, service: string, error: CriError): string {
  return `validate service connection: validate CRI v1 ${service} API for endpoint "${endpoint}": ${error.message}`;
}

/** A client of the first endpoint that answers. @throws CommandError when none does */
async function connect(
  name: string,
  { endpoints, isGiven }: { readonly endpoints: readonly string[]; readonly isGiven: boolean },
  context: CommandContext,
): Promise<SocketCriClient> {
  const services = IMAGE_ONLY.includes(name) ? ['image'] : BOTH.includes(name) ? ['runtime', 'image'] : ['runtime'];
  if (!isGiven)
    for (const service of services)
      context.err(
        `WARN[0000] ${service === 'image' ? 'Image' : service} connect using default endpoints: [${endpoints.join(' ')}]. As the default settings are now deprecated, you should set the endpoint instead.\n`,
      );
  for (const [index, endpoint] of endpoints.entries()) {
    const { machine, process } = context;
    const client = new SocketCriClient(process.net, machine.spec.name, socketOf(endpoint), machine.files);
    try {
      await client.call('Version', {});
      return client;
    } catch (error) {
      client.close();
      if (!(error instanceof CriError)) throw error;
      const text = unavailable(endpoint, services[0] ?? 'runtime', error);
      if (index === endpoints.length - 1) throw new CommandError(`FATA[0000] ${text}\n`);
      context.err(`ERRO[0000] ${text}\n`);
    }
  }
  throw new Error('there is no endpoint');
} // prettier-ignore

/** crictl against the machine's own runtime. Models cri-tools (v1.34). */
export const crictl: MachineCommand = async (given, context) => {
  if (given[0] === '--version' || given[0] === '-v') {
    context.out(`crictl version ${VERSION}\n`);
    return 0;
  }
  const help = given.length === 0 || given[0] === '--help' || given[0] === '-h' || given[0] === 'help';
  if (help) {
    context.out(`NAME:\n   crictl - client for CRI\n\nUSAGE:\n   crictl [global options] command [command options] [arguments...]\n\nVERSION:\n   ${VERSION}\n\nCOMMANDS:\n`);
    for (const name of SUBCOMMANDS.keys()) context.out(`   ${name}\n`);
    return 0;
  }
  const { args, ...endpoints } = crictlEndpoints(given, context);
  const name = args[0] ?? '';
  const subcommand = SUBCOMMANDS.get(name);
  if (subcommand === undefined) {
    if (UNMODELLED.includes(name)) throw new CommandError(`leme: "crictl ${name}" is not modelled yet\n`);
    throw new CommandError(`No help topic for '${name}'\n`, 1);
  }
  const cri = await connect(name, endpoints, context);
  try {
    return await subcommand(args.slice(1), cri, context);
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    throw new CommandError(`FATA[0000] ${error.message}\n`);
  } finally {
    cri.close();
  }
}; // prettier-ignore
