import { LineReader } from '../container/byte-pipe.ts';
import type { Task } from '../container/interface.ts';
import { testCommand } from '../tools/test-command.ts';
import { echo, printf } from '../tools/text-tools.ts';
import { ExitShell, LoopControl, ReturnFromFunction } from './control-flow.ts';
import type { Interpreter, Streams } from './interpreter.ts';

interface Call {
  readonly argv: readonly string[];
  readonly streams: Streams;
  readonly shell: Interpreter;
}

type Builtin = (call: Call) => Promise<number> | number;

const numberOf = (text: string | undefined, otherwise: number): number => {
  const value = Number(text ?? otherwise);
  return Number.isInteger(value) ? value & 255 : 2;
};

const taskOf = ({ argv, streams, shell }: Call): Task => ({
  ...shell.task,
  ...streams,
  argv,
  env: shell.state.exported(),
  cwd: shell.state.cwd,
});

function cd({ argv, streams, shell }: Call): number {
  const { state, task } = shell;
  const typed = argv[1] ?? state.get('HOME') ?? '/root';
  const path = shell.path(typed === '-' ? (state.get('OLDPWD') ?? state.cwd) : typed);
  const info = task.world.files.stat(path);
  if (info?.kind !== 'directory') {
    const why =
      info === undefined
        ? `can't cd to ${typed}: No such file or directory`
        : `can't cd to ${typed}: Not a directory`;
    streams.stderr.write(`sh: cd: ${why}\n`);
    return 2;
  }
  state.set('OLDPWD', state.cwd);
  state.cwd = path;
  if (typed === '-') streams.stdout.write(`${path}\n`);
  return 0;
}

function set({ argv, shell }: Call): number {
  const { state } = shell;
  const rest = [...argv.slice(1)];
  while (rest[0] !== undefined && /^[-+]/.test(rest[0])) {
    const word = rest.shift() ?? '';
    if (word === '--') {
      state.positional = rest;
      return 0;
    }
    const on = word.startsWith('-');
    if (word.endsWith('o') && rest.shift() === 'pipefail') state.pipefail = on;
    if (word.includes('e')) state.errexit = on;
    if (word.includes('u')) state.nounset = on;
    if (word.includes('x')) state.xtrace = on;
  }
  if (rest.length > 0) state.positional = rest;
  return 0;
}

async function read({ argv, streams, shell }: Call): Promise<number> {
  const names = argv.slice(1).filter((arg) => !arg.startsWith('-'));
  const line = await LineReader.of(streams.stdin).next();
  const words = (line ?? '').trim().split(/[ \t]+/);
  const targets = names.length === 0 ? ['REPLY'] : names;
  targets.forEach((name, index) => {
    const last = index === targets.length - 1;
    shell.state.set(name, last ? words.slice(index).join(' ') : (words[index] ?? ''));
  });
  return line === undefined ? 1 : 0;
}

function exportNames({ argv, streams, shell }: Call): number {
  if (argv.length === 1)
    for (const [name, value] of shell.state.exported()) streams.stdout.write(`export ${name}='${value}'\n`);
  for (const word of argv.slice(1)) {
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    if (equals >= 0) shell.state.set(name, word.slice(equals + 1));
    shell.state.export(name);
  }
  return 0;
}

const SIGNALS: Readonly<Record<string, string>> = {
  '0': 'EXIT',
  '1': 'HUP',
  '2': 'INT',
  '3': 'QUIT',
  '15': 'TERM',
};

/** `trap 'commands' TERM EXIT`, `trap '' TERM`, `trap - TERM`, `trap`. Of signals only TERM comes to a process. */
function trap({ argv, streams, shell }: Call): number {
  const { traps } = shell.state;
  const [script, ...names] = argv.slice(1).filter((word, index) => index > 0 || word !== '--');
  if (script === undefined) {
    for (const [name, text] of traps) streams.stdout.write(`trap -- '${text}' ${name}\n`);
    return 0;
  }
  // With one word, or a number first, it takes traps away.
  const clears = names.length === 0 || script === '-';
  for (const word of names.length === 0 ? [script] : names) {
    const name = SIGNALS[word] ?? word.replace(/^SIG/, '');
    if (!Object.values(SIGNALS).includes(name) && !/^(USR1|USR2|PIPE|ALRM|CHLD|WINCH)$/.test(name)) {
      streams.stderr.write(`sh: trap: ${word}: invalid signal specification\n`);
      return 1;
    }
    if (clears) traps.delete(name);
    else {
      if (name === 'TERM' && !traps.has(name))
        shell.task.process.onTerminate(() => shell.state.signal('TERM'));
      traps.set(name, script);
    }
  }
  return 0;
}

function locate({ argv, streams, shell }: Call): number {
  const verbose = argv[0] === 'type';
  const names = argv.slice(1).filter((word) => !word.startsWith('-'));
  let code = 0;
  for (const name of names) {
    const builtin = builtins.has(name) || shell.state.functions.has(name);
    const path = builtin ? name : shell.task.find(name);
    if (path === undefined) {
      if (verbose) streams.stdout.write(`${name}: not found\n`);
      code = 127;
    } else if (verbose) streams.stdout.write(`${name} is ${builtin ? 'a shell builtin' : path}\n`);
    else streams.stdout.write(`${path}\n`);
  }
  return code;
}

/** Commands that read or change the shell itself. */
export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', () => 0],
  ['true', () => 0],
  ['false', () => 1],
  ['cd', cd],
  // Within the shell itself, so a reader that has gone ends the shell and not only a child of it.
  ['echo', (call) => echo(taskOf(call))],
  ['printf', (call) => printf(taskOf(call))],
  ['pwd', ({ streams, shell }) => (streams.stdout.write(`${shell.state.cwd}\n`), 0)],
  ['set', set],
  ['read', read],
  ['export', exportNames],
  ['readonly', exportNames],
  [
    'local',
    ({ argv, shell }) => {
      for (const word of argv.slice(1)) {
        const equals = word.indexOf('=');
        shell.state.set(equals < 0 ? word : word.slice(0, equals), equals < 0 ? '' : word.slice(equals + 1));
      }
      return 0;
    },
  ],
  ['unset', ({ argv, shell }) => (argv.slice(1).forEach((name) => shell.state.unset(name)), 0)],
  [
    'shift',
    ({ argv, shell }) => ((shell.state.positional = shell.state.positional.slice(Number(argv[1] ?? 1))), 0),
  ],
  [
    'exit',
    ({ argv, shell }) => {
      throw new ExitShell(numberOf(argv[1], shell.state.status));
    },
  ],
  [
    'return',
    ({ argv, shell }) => {
      throw new ReturnFromFunction(numberOf(argv[1], shell.state.status));
    },
  ],
  [
    'break',
    ({ argv }) => {
      throw new LoopControl('break', Number(argv[1] ?? 1));
    },
  ],
  [
    'continue',
    ({ argv }) => {
      throw new LoopControl('continue', Number(argv[1] ?? 1));
    },
  ],
  [
    'wait',
    // 128 and the signal's number.
    async ({ shell }) => ((await shell.state.waitForJobs()) ? 0 : 143),
  ],
  ['trap', trap],
  ['umask', ({ streams }) => (streams.stdout.write('0022\n'), 0)],
  ['type', locate],
  [
    'command',
    (call) => {
      if (call.argv[1] === '-v') return locate(call);
      const { argv, streams, shell } = call;
      return shell.task.run({
        ...shell.task,
        ...streams,
        argv: argv.slice(1),
        env: shell.state.exported(),
        cwd: shell.state.cwd,
      });
    },
  ],
  [
    'exec',
    async ({ argv, streams, shell }) => {
      if (argv.length === 1) return 0;
      const { task, state } = shell;
      throw new ExitShell(
        await task.run({ ...task, ...streams, argv: argv.slice(1), env: state.exported(), cwd: state.cwd }),
      );
    },
  ],
  ['eval', ({ argv, streams, shell }) => shell.source(argv.slice(1).join(' '), streams)],
  [
    '.',
    ({ argv, streams, shell }) =>
      shell.source(shell.task.world.files.read(shell.path(argv[1] ?? '')), streams),
  ],
  [
    'test',
    ({ argv, streams, shell }) => testCommand(argv, shell.task.world.files, shell.state.cwd, streams.stderr),
  ],
  [
    '[',
    ({ argv, streams, shell }) => testCommand(argv, shell.task.world.files, shell.state.cwd, streams.stderr),
  ],
]);
