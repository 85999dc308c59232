import { interruptCode } from '../exec/control-flow.ts';
import type { Command, CommandIo, CompletionContext } from '../interface.ts';
import { quoteForShell } from '../expand/parameter-ops.ts';
import { parseScript } from '../parse/parse-script.ts';
import { MachinesClient } from './machines-client.ts';

/** Options of ssh that take a value; all are accepted and have no meaning between simulated machines. */
const valued = new Set(['-i', '-o', '-p', '-l', '-F', '-J', '-L', '-R', '-D', '-E', '-c', '-m', '-b', '-e', '-S', '-W', '-w', '-Q', '-I', '-O', '-B']);

/** `ssh HOST [COMMAND…]`: runs on a simulated machine through the host's machine endpoint. */
export const ssh: Command = {
  name: 'ssh',
  summary: { en: 'Run commands on a machine of the lab', 'pt-BR': 'Roda comandos numa máquina do laboratório' },
  async run(io) {
    const args = io.argv.slice(1);
    let noInput = false;
    while (args[0]?.startsWith('-') === true) {
      const option = args.shift() as string;
      if (option.includes('n') && !valued.has(option)) noInput = true;
      if (valued.has(option)) args.shift();
    }
    const target = args.shift();
    if (target === undefined) {
      await io.stderr.write('usage: ssh [-n] [user@]host [command [argument ...]]\n');
      return 255;
    }
    const host = target.split('@').at(-1) ?? target;
    const client = MachinesClient.from(io.env);
    const name = client === undefined ? null : await resolveHost(client, host, io.signal);
    if (client === undefined || name === null) {
      if (io.signal.aborted) return 130;
      await io.stderr.write(`ssh: Could not resolve hostname ${host}: Name or service not known\n`);
      return 255;
    }
    const remote = new Remote(io, client, name);
    if (args.length > 0) return remote.command(args.join(' '), noInput);
    return remote.session(target.includes('@') ? (target.split('@')[0] ?? 'root') : 'root');
  },
  async complete(_words, index, context: CompletionContext) {
    if (index !== 1) return [];
    const client = MachinesClient.from(context.env);
    return client === undefined ? [] : (await client.list(context.signal)).map((machine) => machine.name);
  },
};

async function resolveHost(client: MachinesClient, host: string, signal: AbortSignal): Promise<string | null> {
  const machines = await client.list(signal);
  return machines.find((machine) => machine.name === host || machine.address === host)?.name ?? null;
}

class Remote {
  readonly #io: CommandIo;
  readonly #client: MachinesClient;
  readonly #name: string;

  constructor(io: CommandIo, client: MachinesClient, name: string) {
    this.#io = io;
    this.#client = client;
    this.#name = name;
  }

  /** One command line; the remote side gets it whole, as sshd would give it to a shell. */
  async command(line: string, noInput: boolean): Promise<number> {
    const stdin = noInput || this.#io.stdin.isTty ? undefined : await this.#io.stdin.text();
    return this.#exec(simpleWords(line) ?? ['sh', '-c', line], stdin);
  }

  async #exec(argv: readonly string[], stdin?: string): Promise<number> {
    const { signal, stdout, stderr } = this.#io;
    const stop = AbortSignal.any([signal, stdout.closed]);
    try {
      const answer = await this.#client.exec(this.#name, stdin === undefined ? { argv } : { argv, stdin }, stop);
      if (answer === null) {
        await stderr.write(`ssh: connect to host ${this.#name} port 22: No route to host\n`);
        return 255;
      }
      for await (const piece of answer) {
        if ('exit' in piece) return piece.exit;
        if ('stdout' in piece) await stdout.write(piece.stdout);
        else await stderr.write(piece.stderr);
      }
      await stderr.write(`Connection to ${this.#name} closed by remote host.\n`);
      return 255;
    } catch (error) {
      if (signal.aborted) return interruptCode(signal);
      if (stdout.closed.aborted) return 141;
      if (error instanceof Error && 'code' in error) {
        await stderr.write(`ssh: connect to host ${this.#name} port 22: Connection refused\n`);
        return 255;
      }
      throw error;
    }
  }

  /** Reads lines and runs each on the machine until `exit` or end of input. */
  async session(user: string): Promise<number> {
    const { stdin, stdout } = this.#io;
    const prompt = `${user}@${this.#name}:~# `;
    const ask = (): Promise<void> => (stdin.isTty ? stdout.write(prompt) : Promise.resolve());
    let code = 0;
    let text = '';
    await ask();
    for await (const line of stdin.lines()) {
      text = text === '' ? line : `${text}\n${line}`;
      const parsed = parseScript(text);
      if (parsed.kind === 'incomplete' || (parsed.kind === 'script' && parsed.openHereDoc !== undefined)) {
        if (stdin.isTty) await stdout.write('> ');
        continue;
      }
      const whole = text.trim();
      text = '';
      const leave = /^(?:exit|logout)(?:\s+(\d+))?$/.exec(whole);
      if (leave !== null) {
        code = leave[1] === undefined ? code : Number(leave[1]);
        break;
      }
      if (parsed.kind === 'error') {
        await this.#io.stderr.write(`bash: ${parsed.message}\n`);
        code = 2;
      } else if (whole !== '') code = await this.#exec(simpleWords(whole) ?? ['sh', '-c', whole]);
      if (this.#io.signal.aborted) return interruptCode(this.#io.signal);
      await ask();
    }
    if (stdin.isTty) await stdout.write(`logout\nConnection to ${this.#name} closed.\n`);
    return code;
  }
}

/** The words of a line that needs no shell (no operators, expansions or patterns); `null` when it does. */
export function simpleWords(line: string): string[] | null {
  const parsed = parseScript(line);
  if (parsed.kind !== 'script' || parsed.openHereDoc !== undefined) return null;
  const [statement, ...more] = parsed.script.statements;
  const pipeline = statement?.pipelines.length === 1 ? statement.pipelines[0] : undefined;
  const command = pipeline?.commands.length === 1 && !pipeline.negated && pipeline.timed !== true ? pipeline.commands[0] : undefined;
  if (more.length > 0 || statement?.background === true || command?.type !== 'SimpleCommand') return null;
  if (command.name === null || command.assignments.length > 0 || command.redirections.length > 0) return null;
  const words: string[] = [];
  for (const word of [command.name, ...command.args]) {
    let text = '';
    for (const part of word.parts) {
      if (part.type === 'Literal' || part.type === 'SingleQuoted' || part.type === 'Escaped') text += part.value;
      else if (part.type === 'DoubleQuoted' && part.parts.every((inner) => inner.type === 'Literal' || inner.type === 'Escaped')) {
        text += part.parts.map((inner) => ('value' in inner ? inner.value : '')).join('');
      } else return null;
    }
    words.push(text);
  }
  return words;
}

/** Words as one line that a shell reads back the same. */
export function shellLine(words: readonly string[]): string {
  return words.map((word) => quoteForShell(word, 'printf')).join(' ');
}
