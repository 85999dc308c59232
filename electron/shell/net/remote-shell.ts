import type { Builtin } from '../builtins/interface.ts';
import { builtins } from '../builtins/registry.ts';
import { completeLine } from '../editor/completion.ts';
import { FsError } from '../errors.ts';
import { defaultPrompt, expandPrompt } from '../editor/prompt.ts';
import { ExitShell, Interrupted, ReturnFromFunction } from '../exec/control-flow.ts';
import { ExitLine } from '../exec/executor.ts';
import { resolvePath } from '../fs/resolve-path.ts';
import type { Command, Completion, Terminal } from '../interface.ts';
import { LabShell, type Streams } from '../lab-shell.ts';
import { loadGrammar } from '../parse/grammar.ts';
import { MACHINE_COMMANDS } from '../../shared/machines/machine-commands.ts';
import { completeOnMachine } from './machine-completion.ts';
import { MachineFs } from './machine-fs.ts';
import { MachinesError, type MachinesClient } from './machines-client.ts';
import { remoteExec } from './remote-exec.ts';

/** Drawn anew at each boot. */
const BOOT_ID = '/proc/sys/kernel/random/boot_id';
/** ssh's exit code when there is no connection (any more). */
const LOST = 255;
/** Commands of the console that no machine has. */
const ofTheConsole = new Set(['lab', 'virsh', 'kubectl-explain_controller', 'kubectl-explain_scheduling']);
/** Programs that reach the network: they are told in whose name, and `127.0.0.1` is that machine. */
const inItsName = new Set(['curl', 'etcdctl', 'etcdutl', 'kubectl', 'scp', 'ssh']);
/** Of the machine's processes, not of the shell's jobs only. */
const notBuiltin = new Set(['kill']);

const exit = builtins.get('exit');
const loginBuiltins: ReadonlyMap<string, Builtin> = new Map([
  ...[...builtins].filter(([name]) => !notBuiltin.has(name)),
  ...(exit === undefined ? [] : [['logout', { ...exit, name: 'logout' }] as const]),
]);

/** The commands of a machine: those that only it can answer run there, the others here on its files. */
class MachineCommands extends Map<string, Command> {
  constructor(
    client: MachinesClient,
    machine: string,
    own: ReadonlyMap<string, Command>,
    env: Readonly<Record<string, string>>,
  ) {
    super();
    const host = Object.fromEntries(
      Object.entries(env).filter(([name]) => /^LEME_MACHINES_|^LANG$|^LC_/.test(name)),
    );
    for (const [name, command] of own) {
      if (ofTheConsole.has(name)) continue;
      this.set(name, inItsName.has(name) ? inName(command, { ...host, LEME_MACHINE: machine }) : command);
    }
    for (const name of MACHINE_COMMANDS) this.set(name, onMachine(name, client, machine));
    this.set('sudo', sudo);
  }
}

function inName(program: Command, env: Readonly<Record<string, string>>): Command {
  return {
    ...program,
    run: (io) =>
      program.run({
        ...io,
        env: { ...io.env, ...env },
        path: (typed) => resolvePath(io.cwd, typed),
        sleep: (ms) => io.sleep(ms),
        spawn: (words, over) => io.spawn(words, over),
      }),
  };
}

function onMachine(name: string, client: MachinesClient, machine: string): Command {
  return {
    name,
    summary: { en: 'Runs on the machine', 'pt-BR': 'Roda na máquina' },
    run: async (io) => {
      const stdin = io.stdin.isTty ? undefined : await io.stdin.text();
      return remoteExec(io, client, machine, {
        argv: [name, ...io.argv.slice(1)],
        cwd: io.cwd,
        ...(stdin === undefined || stdin === '' ? {} : { stdin }),
      });
    },
    complete: (words, index, { signal }) => completeOnMachine(client, machine, words, index, signal),
  };
}

/** One is root here already. */
const sudo: Command = {
  name: 'sudo',
  summary: { en: 'Run as root', 'pt-BR': 'Roda como root' },
  async run(io) {
    const words = io.argv.slice(1);
    while (words[0]?.startsWith('-') === true) {
      const option = words.shift() ?? '';
      if (option === '-u' || option === '-g') words.shift();
      if (/^-[is]$/.test(option) && words.length === 0) words.push('bash');
    }
    if (words.length > 0) return io.spawn(words);
    await io.stderr.write('usage: sudo [-AbEHnPS] [-u user] [command [arg ...]]\n');
    return 1;
  },
};

/** Root's login shell on a machine: the lab shell on the machine's files and with its programs. */
export class RemoteShell {
  readonly #machine: string;
  readonly #shell: LabShell;
  readonly #fs: MachineFs;
  readonly #closed = new AbortController();
  /** Somebody works here, line by line. */
  readonly #isSession: boolean;
  /** What tells this run of the machine from the next; undefined before the first line. */
  #boot: string | undefined;
  #gone = false;

  /** `tty`: there is somebody at a terminal. */
  constructor(
    client: MachinesClient,
    machine: string,
    options: {
      user: string;
      own: ReadonlyMap<string, Command>;
      env: Readonly<Record<string, string>>;
      login: boolean;
      tty?: Terminal;
    },
  ) {
    this.#machine = machine;
    const { user, own, env, login, tty } = options;
    this.#isSession = login;
    this.#fs = new MachineFs(client, machine, this.#closed.signal);
    this.#shell = new LabShell({
      root: this.#fs,
      commands: new MachineCommands(client, machine, own, env),
      builtins: loginBuiltins,
      name: login ? '-bash' : 'bash',
      interactive: login && tty !== undefined,
      ...(tty === undefined ? {} : { tty }),
      env: {
        HOME: '/root',
        USER: user,
        LOGNAME: user,
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        ...(tty === undefined ? {} : { TERM: env['TERM'] ?? 'xterm-256color' }),
      },
    });
    const { state } = this.#shell;
    state.cwd = '/root';
    state.variables.set('PWD', '/root');
    state.variables.set('HOSTNAME', machine);
    state.variables.set('UID', '0');
    state.variables.set('EUID', '0');
  }

  /** The text before the next line; `continued`: the line before is not complete. */
  prompt(continued: boolean): string {
    const { state } = this.#shell;
    const name = continued ? 'PS2' : 'PS1';
    return expandPrompt(state.variables.get(name) ?? (continued ? '> ' : defaultPrompt), state);
  }

  complete(line: string, cursor: number): Promise<Completion | null> {
    return completeLine(this.#shell.executor, line, cursor);
  }

  /** Runs one whole line; `{ leave }` when it was `exit`, or the machine has gone. */
  async run(line: string, streams: Streams, signal: AbortSignal): Promise<number | { leave: number }> {
    const { state, executor } = this.#shell;
    await loadGrammar();
    if (this.#isSession && (await this.#hasGone(streams))) return { leave: LOST };
    try {
      const code = await executor.runText(line, this.#shell.frame(streams, signal));
      // A program whose machine went away under it.
      return code === LOST && this.#isSession && (await this.#hasGone(streams)) ? { leave: LOST } : code;
    } catch (error) {
      if (error instanceof ExitShell) return { leave: error.code };
      if (error instanceof Interrupted) return (state.lastExit = error.code);
      if (error instanceof ExitLine || error instanceof ReturnFromFunction) return (state.lastExit = 1);
      throw error;
    } finally {
      state.loopDepth = 0;
      state.functionDepth = 0;
    }
  }

  /** Whether the machine has lost its power since the session began, and perhaps booted again; says so. */
  async #hasGone({ stderr }: Streams): Promise<boolean> {
    try {
      const boot = await this.#fs.readText(BOOT_ID);
      this.#gone = boot !== (this.#boot ??= boot);
    } catch (error) {
      if (error instanceof FsError) return false;
      if (!(error instanceof MachinesError)) throw error;
      this.#gone = true;
    }
    if (this.#gone) await stderr.write(`Connection to ${this.#machine} closed by remote host.\n`);
    return this.#gone;
  }

  get history(): string[] {
    return this.#shell.state.shared.history;
  }

  /** The machine has gone. */
  get lost(): boolean {
    return this.#gone || this.#fs.lost;
  }

  get machine(): string {
    return this.#machine;
  }

  close(): void {
    this.#shell.close();
    this.#closed.abort();
  }
}
