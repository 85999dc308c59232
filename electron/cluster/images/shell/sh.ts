import { LineReader } from '../container/byte-pipe.ts';
import { FileError } from '../container/interface.ts';
import type { Task } from '../container/interface.ts';
import { cleanPath } from '../container/overlay-files.ts';
import { IncompleteScript } from './ast.ts';
import { ExitShell } from './control-flow.ts';
import { Interpreter } from './interpreter.ts';
import { parseScript } from './parser.ts';

/** Takes the options of `sh`; the rest is a file and its arguments, or the arguments of `-c`. */
function parseArguments(argv: readonly string[]): {
  script?: string;
  rest: readonly string[];
  letters: string;
  interactive: boolean;
} {
  let letters = '';
  let at = 1;
  let command = false;
  for (; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (word === '--') {
      at += 1;
      break;
    }
    if (!/^-[a-z]+$/.test(word) && !/^--(login|norc|noprofile)$/.test(word)) break;
    if (word.startsWith('--')) continue;
    command ||= word.includes('c');
    letters += word.slice(1);
  }
  const rest = argv.slice(at);
  const interactive = letters.includes('i');
  return command
    ? { script: rest[0] ?? '', rest: rest.slice(1), letters, interactive }
    : { rest, letters, interactive };
}

/** The prompt that such an image's shell shows. */
function promptOf(shell: Interpreter, name: string): string {
  const { world } = shell.task;
  const home = shell.state.get('HOME') ?? '/root';
  const folder = shell.state.cwd === home ? '~' : shell.state.cwd;
  const { uid, name: user } = world.user;
  const sign = uid === 0 ? '#' : '$';
  if (name === 'bash') return `${user === '' ? 'I have no name!' : user}@${world.hostname}:${folder}${sign} `;
  const busybox =
    world.files.stat('/etc/debian_version') === undefined &&
    world.files.stat('/etc/lsb-release') === undefined;
  return busybox ? `${folder} ${sign} ` : `${sign} `;
}

/** Commands as they come, from a terminal with a prompt or from a pipe without. */
async function readCommands(shell: Interpreter, name: string): Promise<number> {
  const { task, state } = shell;
  const lines = LineReader.of(task.stdin);
  const tty = task.stdout.isTty;
  let pending = '';
  let release: (() => void) | undefined;
  const prompt = (): void => {
    if (tty) task.stdout.write(pending === '' ? promptOf(shell, name) : '> ');
  };
  if (tty)
    release = task.terminal?.onInterrupt(() => {
      pending = '';
      prompt();
    });
  try {
    for (;;) {
      prompt();
      const line = await lines.next();
      if (line === undefined) break;
      pending += `${line}\n`;
      try {
        parseScript(pending);
      } catch (error) {
        if (error instanceof IncompleteScript) continue;
        // The interpreter says what is wrong with it.
      }
      const script = pending;
      pending = '';
      await shell.source(script, task);
    }
    if (pending !== '') await shell.source(pending, task);
    if (tty) task.stdout.write(name === 'bash' ? 'exit\n' : '\n');
    return await shell.atExit(state.status);
  } catch (error) {
    if (!(error instanceof ExitShell)) throw error;
    return await shell.atExit(error.code);
  } finally {
    release?.();
  }
}

/** `sh`, `bash`, `ash`: `-c TEXT [name args…]`, a script file, or commands from standard input. */
export async function sh(task: Task): Promise<number> {
  const file = task.argv[0] ?? 'sh';
  const name = file.slice(file.lastIndexOf('/') + 1);
  const { script, rest, letters } = parseArguments(task.argv);
  const shell = new Interpreter(task, (script === undefined ? undefined : rest[0]) ?? name);
  shell.state.errexit = letters.includes('e');
  shell.state.xtrace = letters.includes('x');
  shell.state.nounset = letters.includes('u');
  if (script !== undefined) {
    shell.state.positional = rest.slice(1);
    return shell.script(script);
  }
  const [path] = rest;
  if (path === undefined) return readCommands(shell, name);
  shell.state.positional = rest.slice(1);
  try {
    return await shell.script(
      task.world.files.read(cleanPath(path.startsWith('/') ? path : `${task.cwd}/${path}`)),
    );
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    task.stderr.write(`${name}: can't open '${path}': ${error.message}\n`);
    return 2;
  }
}
