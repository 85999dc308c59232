import type { CriClient } from '../../../cri/interface.ts';
import { HttpClientConnection } from '../../../network/http-client.ts';
import type { StreamMessage } from '../../../network/stream-message.ts';
import { streamBody, streamMessageOf, streamSummary } from '../../../network/stream-message.ts';
import { utf8Decode, utf8Encode } from '../../../network/byte-text.ts';
import type { CommandContext } from '../../interface.ts';
import { parseOptions } from '../options.ts';
import { wrapped } from './containers.ts';
import { FLAGS, VALUES } from './flags.ts';
import type { Subcommand } from './interface.ts';
import { fatal } from './interface.ts';
import { filterContainers, findContainer, findSandbox } from './select.ts';

/** What a stream is given from the terminal. */
interface StreamOptions {
  readonly stdin: boolean;
  readonly tty: boolean;
}

/** Streams a process of a container to whoever called the command. Resolves to the text of what went wrong, if anything did. */
export async function streamProcess(
  url: string,
  { stdin, tty }: StreamOptions,
  context: CommandContext,
): Promise<string | undefined> {
  const { hostname, port, pathname } = new URL(url);
  const { net, machine } = context.process;
  const host = hostname === '127.0.0.1' ? machine.ip : hostname;
  const connection = await net.dial({ host, port: Number(port) }, { protocol: 'https' });
  const client = new HttpClientConnection(connection);
  let done: (problem: string | undefined) => void = () => undefined;
  const ended = new Promise<string | undefined>((resolve) => (done = resolve));
  try {
    const { response, send, cancel } = await client.stream(
      { method: 'POST', target: pathname, headers: { upgrade: 'leme-stream', connection: 'Upgrade' } },
      {
        onItem: (body) => {
          const message = streamMessageOf(body);
          if (message?.type === 'data')
            (message.stream === 'stderr' ? context.err : context.out)(utf8Decode(message.data));
          else if (message?.type === 'status') done(problemOf(message.status));
        },
        onEnd: () => done(undefined),
      },
    );
    if (response.status !== 101) return `unable to upgrade connection: ${response.status}`;
    const say = (message: StreamMessage): void => send(streamBody(message), streamSummary(message));
    const { terminal } = context;
    if (tty && terminal !== undefined) {
      const resize = (): void =>
        say({ type: 'resize', width: terminal.size.columns, height: terminal.size.rows });
      resize();
      terminal.onKeys((data) => say({ type: 'data', stream: 'stdin', data }), resize);
    } else if (stdin) {
      if (context.stdin !== '') say({ type: 'data', stream: 'stdin', data: utf8Encode(context.stdin) });
      say({ type: 'close', stream: 'stdin' });
    }
    const problem = await Promise.race([ended, context.interrupted.then(() => undefined)]);
    cancel();
    return problem;
  } finally {
    client.close();
  }
}

function problemOf(status: unknown): string | undefined {
  const { status: word, message, reason, details } = status as {
    status?: string; message?: string; reason?: string; details?: { causes?: readonly { message?: string }[] };
  }; // prettier-ignore
  if (word !== 'Failure') return undefined;
  return reason === 'NonZeroExitCode'
    ? `command terminated with exit code ${details?.causes?.[0]?.message ?? '1'}`
    : (message ?? 'unknown');
}

/** `crictl exec [-i] [-t] [-s] CONTAINER COMMAND…`, or of the containers that filters name. */
export const exec: Subcommand = async (args, cri, context) => {
  // What follows the first word that is no option is the command's own.
  const known = {
    flags: { '-i': 'i', '--interactive': 'i', '-t': 't', '--tty': 't', '-s': 's', '--sync': 's', '-l': 'latest', '--latest': 'latest', '-q': 'q', '--quiet': 'q', '-it': 'it' },
    values: { '--timeout': 'timeout', '--name': 'name', '--pod': 'pod', '-p': 'pod', '--image': 'image', '--state': 'state', '--label': 'label', '-r': 'r', '--transport': 'r' },
  } as const; // prettier-ignore
  const own = ownWords(args, Object.keys(known.values));
  const { flags, values } = parseOptions('crictl', args.slice(0, own), known);
  const rest = args.slice(own);
  const filters = ['name', 'pod', 'image', 'state', 'label'].some((name) => values.has(name)) || flags.has('latest');
  const ids = filters ? await filtered(cri, flags, values) : rest.slice(0, 1);
  const cmd = filters ? rest : rest.slice(1);
  if (ids.length === 0 && filters) {
    context.err('ERRO[0000] No containers found per filter flags\n');
    return 1;
  }
  if (ids.length === 0 || cmd.length === 0) {
    context.out('NAME:\n   crictl exec - Run a command in a running container\n\nUSAGE:\n   crictl exec [command options] [CONTAINER-ID] COMMAND [ARG...]\n');
    return 0;
  }
  const tty = flags.has('t') || flags.has('it');
  const stdin = flags.has('i') || flags.has('it');
  if (tty && !stdin) throw fatal('tty=true must be specified with interactive=true');
  for (const prefix of ids) {
    if (filters && !flags.has('q')) context.out(`${prefix}:\n`);
    const failed = `execing command in container ${prefix}`;
    if (flags.has('s')) {
      const timeout = Number(values.get('timeout') ?? '0');
      const { stdout, stderr, exitCode } = await wrapped(`${failed} synchronously`, async () =>
        cri.call('ExecSync', { containerId: (await findContainer(cri, prefix)).id, cmd, timeout }),
      );
      if (exitCode !== 0)
        throw fatal(`${failed} synchronously: rpc error: code = Unknown desc = command '${cmd.join(' ')}' exited with ${exitCode}: ${stderr}`);
      context.out(`${stdout}\n`);
      context.out(`${stderr}\n`);
      continue;
    }
    if (tty && context.terminal === undefined) throw fatal(`${failed}: input is not a terminal`);
    const { url } = await wrapped(failed, async () =>
      cri.call('Exec', { containerId: (await findContainer(cri, prefix)).id, cmd, tty, stdin }),
    );
    const problem = await streamProcess(url, { stdin, tty }, context);
    if (problem !== undefined) throw fatal(`${failed}: ${problem}`);
  }
  return 0;
}; // prettier-ignore

/** How many words belong to crictl: those up to the first that is no option. */
function ownWords(args: readonly string[], valued: readonly string[]): number {
  let at = 0;
  while (at < args.length && (args[at] ?? '').startsWith('-')) {
    if (args[at] === '--') return at + 1;
    at += valued.includes(args[at] ?? '') ? 2 : 1;
  }
  return at;
}

async function filtered(
  cri: CriClient,
  flags: ReadonlySet<string>,
  values: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const { containers } = await cri.call('ListContainers', {});
  const { items } = await cri.call('ListPodSandbox', {});
  return filterContainers(containers, items, flags, values).map(({ id }) => id);
}

/** `crictl attach [-i] [-t] CONTAINER` */
export const attach: Subcommand = async (args, cri, context) => {
  const { flags, rest } = parseOptions('crictl', args, {
    flags: { '-i': 'i', '--stdin': 'i', '-t': 't', '--tty': 't' },
  });
  const [prefix] = rest;
  if (prefix === undefined) throw fatal('ID cannot be empty');
  const [stdin, tty] = [flags.has('i'), flags.has('t')];
  if (tty && !stdin) throw fatal('tty=true must be specified with interactive=true');
  const { url } = await wrapped('attaching running container failed', async () =>
    cri.call('Attach', { containerId: (await findContainer(cri, prefix)).id, tty, stdin }),
  );
  const problem = await streamProcess(url, { stdin, tty }, context);
  if (problem !== undefined) throw fatal(`attaching running container failed: ${problem}`);
  return 0;
};

/** `crictl port-forward POD [LOCAL:]REMOTE…`: whoever dials this machine's port speaks to the Pod's, until it is interrupted. */
export const portForward: Subcommand = async (args, cri, context) => {
  const { rest } = parseOptions('crictl', args, { flags: FLAGS, values: VALUES });
  const [prefix, ...ports] = rest;
  if (prefix === undefined || ports.length === 0) throw fatal('ID cannot be empty');
  const sandbox = await wrapped('port forward', () => findSandbox(cri, prefix));
  await wrapped('port forward', () => cri.call('PortForward', { podSandboxId: sandbox.id }));
  const { net, machine } = context.process;
  for (const pair of ports) {
    const [local = '', remote = local] = pair.split(':');
    if (!/^\d+$/.test(local) || !/^\d+$/.test(remote))
      throw fatal(`port forward: error parsing remote port '${remote}'`);
    net.listen(Number(local), 'tcp', (inward) => {
      context.out(`Handling connection for ${local}\n`);
      context.process.go(async () => {
        try {
          const outward = await net.dial(
            { host: sandbox.ip === '' ? machine.ip : sandbox.ip, port: Number(remote) },
            { protocol: inward.protocol },
          );
          const send = (to: typeof outward) => (payload: unknown) => {
            if (!to.closed) to.send(payload as never, { phase: 'item', summary: 'forwarded', call: 0 });
          };
          outward.onMessage(send(inward));
          inward.onMessage(send(outward));
          outward.onClose(() => inward.close());
          inward.onClose(() => outward.close());
        } catch (error) {
          context.err(`E an error occurred forwarding ${local} -> ${remote}: ${error instanceof Error ? error.message : String(error)}\n`);
          inward.close();
        }
      });
    });
    context.out(`Forwarding from 127.0.0.1:${local} -> ${remote}\n`);
  }
  await context.interrupted;
  return 130;
}; // prettier-ignore
