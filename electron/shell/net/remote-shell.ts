import type { Builtin } from '../builtins/interface.ts';
import { builtins } from '../builtins/registry.ts';
import { ExitShell, Interrupted, interruptCode } from '../exec/control-flow.ts';
import { ExitLine } from '../exec/executor.ts';
import { quoteForShell } from '../expand/parameter-ops.ts';
import type { Command, CommandIo } from '../interface.ts';
import { LabShell, type Streams } from '../lab-shell.ts';
import type { CommandNode, WordNode } from '../parse/ast.ts';
import { loadGrammar } from '../parse/grammar.ts';
import { parseScript } from '../parse/parse-script.ts';
import { resolvePath } from '../fs/resolve-path.ts';
import { MachineFs } from './machine-fs.ts';
import type { MachinesClient } from './machines-client.ts';

/** Commands the machines have; used for completion only: whatever is typed is sent. */
export const machineCommands: readonly string[] = [
  'cat',
  'cp',
  'crictl',
  'curl',
  'date',
  'echo',
  'etcdctl',
  'etcdutl',
  'find',
  'grep',
  'head',
  'hostname',
  'ip',
  'journalctl',
  'kill',
  'killall',
  'kubeadm',
  'kubectl',
  'ls',
  'mkdir',
  'mv',
  'pgrep',
  'pkill',
  'ps',
  'pwd',
  'rm',
  'sed',
  'sort',
  'sudo',
  'systemctl',
  'tail',
  'tee',
  'touch',
  'uname',
  'uptime',
  'wc',
  'whoami',
];

/** Filters that run on this side of the connection when they read only what is piped to them. */
const filters = new Set([
  'awk',
  'base64',
  'column',
  'cut',
  'jq',
  'paste',
  'rev',
  'seq',
  'tac',
  'tr',
  'uniq',
  'xargs',
  'yes',
  'timeout',
  'watch',
  'env',
]);
/** Programs of the machine that run on this side in its name: with its files, and its own 127.0.0.1. */
const inItsName = new Set(['curl', 'etcdctl', 'etcdutl', 'kubectl']);
/** Builtins that only touch the shell's own state. */
const local = new Set([
  ':',
  'true',
  'false',
  'break',
  'continue',
  'exit',
  'return',
  'eval',
  'wait',
  'declare',
  'typeset',
  'local',
  'export',
  'readonly',
  'unset',
  'let',
  'set',
  'shopt',
  'shift',
  'getopts',
  'trap',
  'read',
  'mapfile',
  'readarray',
  'printf',
  'test',
  '[',
  'jobs',
  'fg',
  'alias',
  'unalias',
  'type',
  'command',
  'history',
  'sh',
  'bash',
]);

/** Runs one command on a machine; the streams are the caller's. Answers 255 when the connection is lost. */
export async function remoteExec(
  io: Pick<CommandIo, 'stdout' | 'stderr' | 'signal'>,
  client: MachinesClient,
  machine: string,
  body: { line: string; stdin?: string },
): Promise<number> {
  const { signal, stdout, stderr } = io;
  const stop = AbortSignal.any([signal, stdout.closed]);
  try {
    const answer = await client.exec(
      machine,
      { argv: [body.line], ...(body.stdin === undefined ? {} : { stdin: body.stdin }) },
      stop,
    );
    if (answer === null) {
      await stderr.write(`ssh: connect to host ${machine} port 22: No route to host\n`);
      return 255;
    }
    for await (const piece of answer) {
      if ('exit' in piece) return piece.exit;
      if ('stdout' in piece) await stdout.write(piece.stdout);
      else await stderr.write(piece.stderr);
    }
    await stderr.write(`Connection to ${machine} closed by remote host.\n`);
    return 255;
  } catch (error) {
    if (signal.aborted) return interruptCode(signal);
    if (stdout.closed.aborted) return 141;
    if (error instanceof Error && 'code' in error) {
      await stderr.write(`ssh: connect to host ${machine} port 22: Connection refused\n`);
      return 255;
    }
    throw error;
  }
}

/** The commands of a machine as commands of a shell: every name is one, and runs there. */
class RemoteCommands extends Map<string, Command> {
  readonly #client: MachinesClient;
  readonly #machine: string;
  readonly #own: ReadonlyMap<string, Command>;
  readonly #host: Readonly<Record<string, string>>;

  constructor(
    client: MachinesClient,
    machine: string,
    own: ReadonlyMap<string, Command>,
    env: Readonly<Record<string, string>>,
  ) {
    super();
    this.#client = client;
    this.#machine = machine;
    this.#own = own;
    this.#host = {
      LEME_MACHINE: machine,
      ...Object.fromEntries(Object.entries(env).filter(([name]) => /^LEME_MACHINES_|^LANG$|^LC_/.test(name))),
    };
  }

  override get(name: string): Command {
    if (name === 'sudo') return this.#sudo();
    const program = inItsName.has(name) ? this.#own.get(name) : undefined;
    if (program !== undefined) return this.#inItsName(program);
    const own = filters.has(name) ? this.#own.get(name) : undefined;
    return own ?? this.#remote(name);
  }

  override has(): boolean {
    return true;
  }

  override keys(): MapIterator<string> {
    return new Map(machineCommands.map((name) => [name, name])).keys();
  }

  #inItsName(program: Command): Command {
    return {
      ...program,
      run: (io) =>
        program.run({
          ...io,
          env: { ...io.env, ...this.#host },
          fs: new MachineFs(this.#client, this.#machine, io.signal),
          path: (typed) => resolvePath(io.cwd, typed),
          sleep: (ms) => io.sleep(ms),
          spawn: (words, over) => io.spawn(words, over),
        }),
    };
  }

  /** One is root here already. */
  #sudo(): Command {
    const remote = this.#remote('sudo');
    return {
      ...remote,
      run: (io) => {
        const words = io.argv.slice(1).filter((word) => word !== '-E');
        return inItsName.has(words[0] ?? '') ? io.spawn(words) : remote.run(io);
      },
    };
  }

  #remote(name: string): Command {
    return {
      name,
      summary: { en: 'Runs on the machine', 'pt-BR': 'Roda na máquina' },
      run: async (io) => {
        const line = io.argv
          .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : quoteForShell(word)))
          .join(' ');
        const stdin = io.stdin.isTty ? undefined : await io.stdin.text();
        return remoteExec(io, this.#client, this.#machine, {
          line,
          ...(stdin === undefined || stdin === '' ? {} : { stdin }),
        });
      },
    };
  }
}

/**
 * The shell of a machine. A line of plain commands, pipes and redirections is sent as it is; one with variables, loops, substitutions
 * or filters the machine lacks is run here, with each of its commands on the machine.
 */
export class RemoteShell {
  readonly #client: MachinesClient;
  readonly #machine: string;
  readonly #shell: LabShell;

  constructor(
    client: MachinesClient,
    machine: string,
    options: { user: string; own: ReadonlyMap<string, Command>; env: Readonly<Record<string, string>> },
  ) {
    this.#client = client;
    this.#machine = machine;
    const kept: [string, Builtin][] = [...builtins].filter(([name]) => local.has(name));
    const sleep = options.env['LEME_VIRTUAL_SLEEP'];
    this.#shell = new LabShell({
      // No folder of this computer stands for the machine's files: redirections in lines that are run here fail plainly.
      root: '/dev/null/no-files-here',
      prepare: false,
      commands: new RemoteCommands(client, machine, options.own, options.env),
      builtins: new Map(kept),
      env: {
        HOME: '/root',
        USER: options.user,
        ...(sleep === undefined ? {} : { LEME_VIRTUAL_SLEEP: sleep }),
      },
    });
    this.#shell.state.name = 'bash';
    this.#shell.state.cwd = '/root';
    this.#shell.state.variables.set('HOSTNAME', machine);
  }

  /** Runs one whole line; `{ leave }` when it was `exit`. */
  async run(
    line: string,
    streams: Streams,
    signal: AbortSignal,
    stdin?: string,
  ): Promise<number | { leave: number }> {
    const { state, executor } = this.#shell;
    await loadGrammar();
    if (isPlain(line)) {
      state.lastExit = await remoteExec({ ...streams, signal }, this.#client, this.#machine, {
        line: line.trim(),
        ...(stdin === undefined ? {} : { stdin }),
      });
      return state.lastExit;
    }
    try {
      return await executor.runText(line, this.#shell.frame(streams, signal));
    } catch (error) {
      if (error instanceof ExitShell) return { leave: error.code };
      if (error instanceof Interrupted) return error.code;
      if (error instanceof ExitLine) return 1;
      throw error;
    }
  }

  close(): void {
    this.#shell.close();
  }
}

/** True for what a machine's own line parser takes: words, quotes, pipes, `&&`, `||`, `;`, redirections. */
export function isPlain(line: string): boolean {
  const parsed = parseScript(line);
  if (parsed.kind !== 'script' || parsed.openHereDoc !== undefined) return false;
  return parsed.script.statements.every(
    (statement) =>
      !statement.background &&
      statement.pipelines.every(
        (pipeline) => !pipeline.negated && pipeline.timed !== true && pipeline.commands.every(plainCommand),
      ),
  );
}

function plainCommand(command: CommandNode): boolean {
  if (command.type !== 'SimpleCommand' || command.name === null || command.assignments.length > 0)
    return false;
  const name = command.name.parts[0];
  if (
    name?.type === 'Literal' &&
    (filters.has(name.value) ||
      inItsName.has(name.value) ||
      (name.value === 'sudo' && command.args.some(isInItsName)) ||
      ['exit', 'logout', ...local].includes(name.value)) &&
    name.value !== 'true' &&
    name.value !== 'false'
  )
    return false;
  const words = [command.name, ...command.args];
  for (const redirection of command.redirections) {
    if (redirection.target.type !== 'Word') return false;
    words.push(redirection.target);
  }
  return words.every(plainWord);
}

function isInItsName(word: WordNode): boolean {
  const [part] = word.parts;
  return part?.type === 'Literal' && inItsName.has(part.value);
}

function plainWord(word: WordNode): boolean {
  return word.parts.every(
    (part) =>
      part.type === 'Literal' ||
      part.type === 'SingleQuoted' ||
      part.type === 'Escaped' ||
      (part.type === 'DoubleQuoted' &&
        part.parts.every((inner) => inner.type === 'Literal' || inner.type === 'Escaped')),
  );
}
