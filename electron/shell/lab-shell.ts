import { builtins } from './builtins/registry.ts';
import { commands as standard } from './commands.ts';
import { Executor } from './exec/executor.ts';
import type { Fd, Frame } from './exec/frame.ts';
import { realSleep, type Services } from './exec/services.ts';
import type { ExecutorFs } from './fs/executor-fs.ts';
import { SandboxFs } from './fs/sandbox-fs.ts';
import { homePath, prepareHome } from './fs/prepare-home.ts';
import type { ByteSink, ByteSource, Command, Terminal } from './interface.ts';
import { ShellState } from './state/shell-state.ts';

export interface LabShellOptions {
  /** What is `/`: a folder on disk, which is made a home, or other files as they are. */
  root: string | ExecutorFs;
  /** Environment of the shell; `HOME`, `PWD`, `USER`, `PATH` are set when missing. */
  env?: Readonly<Record<string, string>>;
  /** Commands; the standard ones by default. */
  commands?: ReadonlyMap<string, Command>;
  tty?: Terminal;
  /** `$0`. */
  name?: string;
  args?: readonly string[];
  interactive?: boolean;
  sleep?: Services['sleep'];
  /** Builtins; all of them by default. */
  builtins?: Services['builtins'];
}

export interface Streams {
  stdin: ByteSource;
  stdout: ByteSink;
  stderr: ByteSink;
}

/** One lab shell: state, file system and commands put together. Used by the console, `npm run shell`, scripts and tests. */
export class LabShell {
  readonly executor: Executor;
  readonly #lifetime = new AbortController();

  constructor(options: LabShellOptions) {
    const { root } = options;
    if (typeof root === 'string') prepareHome(root);
    const env = { ...defaults, ...options.env };
    const state = new ShellState(options.name ?? 'bash', homePath, {
      pid: 1,
      nextPid: 100,
      history: [],
      startedAt: Date.now(),
    });
    for (const [name, value] of Object.entries(env)) {
      const variable = state.variables.ensure(name);
      variable.value = value;
      variable.exported = true;
    }
    state.variables.set('PWD', homePath);
    state.variables.set('BASH_VERSION', '5.2.15(1)-release');
    state.variables.set('HOSTNAME', 'leme');
    state.variables.set('UID', '1000');
    state.variables.set('EUID', '1000');
    state.variables.set('OPTIND', '1');
    state.interactive = options.interactive ?? false;
    state.positional = [...(options.args ?? [])];
    this.executor = new Executor(state, {
      fs: typeof root === 'string' ? new SandboxFs(root) : root,
      commands: options.commands ?? standard,
      builtins: options.builtins ?? builtins,
      ...(options.tty === undefined ? {} : { tty: options.tty }),
      lifetime: this.#lifetime.signal,
      sleep: options.sleep ?? realSleep,
    });
  }

  get state(): ShellState {
    return this.executor.state;
  }

  frame(streams: Streams, signal: AbortSignal): Frame {
    const fds = new Map<number, Fd>([
      [0, { source: streams.stdin }],
      [1, { sink: streams.stdout }],
      [2, { sink: streams.stderr }],
    ]);
    return { fds, signal, tested: false };
  }

  /** Runs a whole script and answers its exit code; the EXIT trap runs, background jobs are waited for by nobody. */
  async run(script: string, streams: Streams, signal: AbortSignal): Promise<number> {
    const frame = this.frame(streams, signal);
    return this.executor.stage((shell) => shell.runText(script, frame), frame);
  }

  /** Ends every background job. */
  close(): void {
    this.#lifetime.abort(1);
  }
}

const defaults: Readonly<Record<string, string>> = {
  HOME: homePath,
  USER: 'learner',
  LOGNAME: 'learner',
  SHELL: '/bin/bash',
  PATH: '/usr/local/bin:/usr/bin:/bin',
  PWD: homePath,
  LANG: 'C.UTF-8',
};
