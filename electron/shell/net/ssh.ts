import { interruptCode } from '../exec/control-flow.ts';
import type { Command, CommandIo, Terminal } from '../interface.ts';
import { parseScript } from '../parse/parse-script.ts';
import { emptySource } from '../streams/sources.ts';
import { MachinesClient, type MachineInfo } from './machines-client.ts';
import { remoteExec } from './remote-exec.ts';
import { RemotePowerShell } from './remote-powershell.ts';
import { RemoteShell } from './remote-shell.ts';

/** Options of ssh that take a value; all are accepted and have no meaning between simulated machines. */
const valued = new Set([
  '-i',
  '-o',
  '-p',
  '-l',
  '-F',
  '-J',
  '-L',
  '-R',
  '-D',
  '-E',
  '-c',
  '-m',
  '-b',
  '-e',
  '-S',
  '-W',
  '-w',
  '-Q',
  '-I',
  '-O',
  '-B',
]);

/** `ssh [-t] HOST [COMMAND…]`: root's shell on a simulated machine. `tools` are the commands that run here on its files. */
export function sshCommand(tools: () => ReadonlyMap<string, Command>): Command {
  return {
    name: 'ssh',
    summary: {
      en: 'Run commands on a machine of the lab',
      'pt-BR': 'Roda comandos numa máquina do laboratório',
    },
    async run(io) {
      const args = io.argv.slice(1);
      let noInput = false;
      let terminal = false;
      while (args[0]?.startsWith('-') === true) {
        const option = args.shift() as string;
        if (option === '-n') noInput = true;
        if (/^-t+$/.test(option)) terminal = true;
        if (valued.has(option)) args.shift();
      }
      const target = args.shift();
      if (target === undefined) {
        await io.stderr.write('usage: ssh [-nt] [user@]host [command [argument ...]]\n');
        return 255;
      }
      const host = target.split('@').at(-1) ?? target;
      const user = target.includes('@') ? (target.split('@')[0] ?? 'root') : 'root';
      const client = MachinesClient.from(io.env);
      const machine = client === undefined ? undefined : await resolveHost(client, host, io.signal);
      if (client === undefined || machine === undefined) {
        if (io.signal.aborted) return interruptCode(io.signal);
        await io.stderr.write(`ssh: Could not resolve hostname ${host}: Name or service not known\n`);
        return 255;
      }
      if (!machine.reachable) {
        await io.stderr.write(`ssh: connect to host ${host} port 22: Connection timed out\n`);
        return 255;
      }
      const isSession = args.length === 0;
      const atTerminal =
        io.tty !== undefined && io.stdout.isTty && (terminal || (isSession && io.stdin.isTty));
      if (machine.os === 'windows')
        return await onWindows(io, client, machine.name, args.join(' '), {
          atTerminal,
          noInput: noInput || (io.stdin.isTty && !terminal),
        });
      const remote = new RemoteShell(client, machine.name, {
        user,
        own: tools(),
        env: io.env,
        login: isSession,
        ...(atTerminal && io.tty !== undefined ? { tty: io.tty } : {}),
      });
      try {
        if (!isSession)
          return await command(io, remote, args.join(' '), noInput || (io.stdin.isTty && !terminal));
        return atTerminal && io.tty?.converse !== undefined
          ? await conversation(io, remote, io.tty.converse.bind(io.tty))
          : await script(io, remote);
      } finally {
        remote.close();
      }
    },
    async complete(_words, index, context) {
      if (index !== 1) return [];
      const client = MachinesClient.from(context.env);
      return client === undefined ? [] : (await client.list(context.signal)).map((machine) => machine.name);
    },
  };
}

/** On Windows ssh opens PowerShell: a session at a terminal, one line, or the lines of a pipe. */
async function onWindows(
  io: CommandIo,
  client: MachinesClient,
  machine: string,
  line: string,
  { atTerminal, noInput }: { readonly atTerminal: boolean; readonly noInput: boolean },
): Promise<number> {
  const { tty } = io;
  if (line === '' && atTerminal && tty?.converse !== undefined) {
    const remote = new RemotePowerShell(client, machine);
    try {
      return (await remote.open(io, tty)) ?? (await conversation(io, remote, tty.converse.bind(tty), ''));
    } finally {
      remote.close();
    }
  }
  const stdin = noInput ? '' : await io.stdin.text();
  return remoteExec({ ...pick(io), stdin: emptySource() }, client, machine, {
    argv: ['powershell.exe', '-Command', line === '' ? '-' : line],
    cwd: '/Users/Administrator',
    ...(stdin === '' ? {} : { stdin }),
  });
}

const pick = ({ stdout, stderr, signal }: CommandIo): Pick<CommandIo, 'stdout' | 'stderr' | 'signal'> => ({
  stdout,
  stderr,
  signal,
});

async function resolveHost(
  client: MachinesClient,
  host: string,
  signal: AbortSignal,
): Promise<MachineInfo | undefined> {
  const machines = await client.list(signal);
  return machines.find((machine) => machine.name === host || machine.address === host);
}

async function command(io: CommandIo, remote: RemoteShell, line: string, noInput: boolean): Promise<number> {
  const stdin = noInput ? emptySource() : io.stdin;
  const ended = await remote.run(line, { stdin, stdout: io.stdout, stderr: io.stderr }, io.signal);
  return io.signal.aborted ? interruptCode(io.signal) : typeof ended === 'number' ? ended : ended.leave;
}

/** A conversation with the machine through the console's own line editor. `farewell`: what the shell there says last. */
async function conversation(
  io: CommandIo,
  remote: RemoteShell | RemotePowerShell,
  converse: NonNullable<Terminal['converse']>,
  farewell = 'logout\n',
): Promise<number> {
  const code = await converse({
    host: remote.machine,
    history: remote.history,
    prompt: (continued) => remote.prompt(continued),
    complete: (line, cursor) => remote.complete(line, cursor),
    ...(remote instanceof RemotePowerShell ? { isWhole: () => remote.isWhole() } : {}),
    run: async (line, streams, signal) => {
      const ended = await remote.run(line, streams, signal);
      return remote.lost ? { leave: 255 } : ended;
    },
  });
  await io.stdout.write(remote.lost ? '' : farewell);
  await io.stdout.write(`Connection to ${remote.machine} closed.\n`);
  return code;
}

/** Lines as they come from a pipe. */
async function script(io: CommandIo, remote: RemoteShell): Promise<number> {
  let code = 0;
  let text = '';
  const run = (line: string): Promise<number | { leave: number }> =>
    remote.run(line, { stdin: emptySource(), stdout: io.stdout, stderr: io.stderr }, io.signal);
  for await (const line of io.stdin.lines()) {
    text = text === '' ? line : `${text}\n${line}`;
    const parsed = parseScript(text);
    if (parsed.kind === 'incomplete' || (parsed.kind === 'script' && parsed.openHereDoc !== undefined))
      continue;
    const whole = text;
    text = '';
    if (whole.trim() === '') continue;
    const ended = await run(whole);
    if (typeof ended !== 'number') return ended.leave;
    code = ended;
    if (io.signal.aborted) return interruptCode(io.signal);
  }
  if (text.trim() === '') return code;
  const ended = await run(text);
  return typeof ended === 'number' ? ended : ended.leave;
}
