import { interruptCode } from '../exec/control-flow.ts';
import type { Command, CommandIo } from '../interface.ts';
import { parseScript } from '../parse/parse-script.ts';
import { emptySource } from '../streams/sources.ts';
import { MachinesClient } from './machines-client.ts';
import { machineCommands, RemoteShell } from './remote-shell.ts';

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

/** `ssh HOST [COMMAND…]`: runs on a simulated machine through the host's machine endpoint. `filters` are this side's text tools. */
export function sshCommand(filters: () => ReadonlyMap<string, Command>): Command {
  return {
    name: 'ssh',
    summary: {
      en: 'Run commands on a machine of the lab',
      'pt-BR': 'Roda comandos numa máquina do laboratório',
    },
    async run(io) {
      const args = io.argv.slice(1);
      let noInput = false;
      while (args[0]?.startsWith('-') === true) {
        const option = args.shift() as string;
        if (option === '-n') noInput = true;
        if (valued.has(option)) args.shift();
      }
      const target = args.shift();
      if (target === undefined) {
        await io.stderr.write('usage: ssh [-n] [user@]host [command [argument ...]]\n');
        return 255;
      }
      const host = target.split('@').at(-1) ?? target;
      const user = target.includes('@') ? (target.split('@')[0] ?? 'root') : 'root';
      const client = MachinesClient.from(io.env);
      const machine = client === undefined ? null : await resolveHost(client, host, io.signal);
      if (client === undefined || machine === null) {
        if (io.signal.aborted) return interruptCode(io.signal);
        await io.stderr.write(`ssh: Could not resolve hostname ${host}: Name or service not known\n`);
        return 255;
      }
      const remote = new RemoteShell(client, machine, { user, own: filters(), env: io.env });
      try {
        return args.length > 0
          ? await command(io, remote, args.join(' '), noInput)
          : await session(io, remote, `${user}@${machine}`, machine);
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

async function resolveHost(
  client: MachinesClient,
  host: string,
  signal: AbortSignal,
): Promise<string | null> {
  const machines = await client.list(signal);
  return machines.find((machine) => machine.name === host || machine.address === host)?.name ?? null;
}

async function command(io: CommandIo, remote: RemoteShell, line: string, noInput: boolean): Promise<number> {
  const stdin = noInput || io.stdin.isTty ? undefined : await io.stdin.text();
  const ended = await remote.run(
    line,
    { stdin: emptySource(), stdout: io.stdout, stderr: io.stderr },
    io.signal,
    stdin === '' ? undefined : stdin,
  );
  return typeof ended === 'number' ? ended : ended.leave;
}

/** A conversation with the machine: with the console's editor when there is one, else line by line from input. */
async function session(io: CommandIo, remote: RemoteShell, who: string, machine: string): Promise<number> {
  if (io.stdin.isTty && io.tty?.converse !== undefined) {
    const code = await io.tty.converse({
      prompt: `${who}:~# `,
      names: machineCommands,
      run: (line, streams, signal) => remote.run(line, streams, signal),
    });
    await io.stdout.write(`logout\nConnection to ${machine} closed.\n`);
    return code;
  }
  let code = 0;
  let text = '';
  for await (const line of io.stdin.lines()) {
    text = text === '' ? line : `${text}\n${line}`;
    const parsed = parseScript(text);
    if (parsed.kind === 'incomplete' || (parsed.kind === 'script' && parsed.openHereDoc !== undefined))
      continue;
    const whole = text;
    text = '';
    if (whole.trim() === '') continue;
    const ended = await remote.run(
      whole,
      { stdin: emptySource(), stdout: io.stdout, stderr: io.stderr },
      io.signal,
    );
    if (typeof ended !== 'number') return ended.leave;
    code = ended;
    if (io.signal.aborted) return interruptCode(io.signal);
  }
  return code;
}
