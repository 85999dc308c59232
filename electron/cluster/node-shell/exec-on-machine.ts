import type { Machine, Process } from '../machine/interface.ts';
import { resolvePath } from './paths.ts';
import type { Pipeline, SimpleCommand } from './command-line.ts';
import { parseCommandLine } from './command-line.ts';
import { commands } from './commands/registry.ts';
import type { CommandContext } from './interface.ts';
import { CommandError } from './interface.ts';

export interface ExecIo {
  stdout(text: string): void;
  stderr(text: string): void;
  readonly stdin?: string;
}

export interface MachineExec {
  /** Exit code; 130 after `interrupt`, 255 when the machine lost power. */
  readonly done: Promise<number>;
  interrupt(): void;
}

const HOME = '/root';

/**
 * Runs a command as a process on a machine, as root's login shell would. One argument is a command line; several are
 * one command and its arguments. Must be called within a turn of the simulation.
 */
export function execOnMachine(
  machine: Machine,
  argv: readonly string[],
  io: ExecIo,
  afterPowerLoss: CommandContext['afterPowerLoss'],
): MachineExec {
  let pipelines: readonly Pipeline[];
  try {
    // ssh joins its arguments by blanks and has the other side take them apart again.
    pipelines = parseCommandLine(argv.join(' '));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    io.stderr(error.message);
    return { done: Promise.resolve(error.code), interrupt: () => undefined };
  }
  let interrupt = (): void => undefined;
  const interrupted = new Promise<void>((resolve) => (interrupt = resolve));
  const process: Process = machine.spawn({
    name: 'bash',
    program: (context) => runAll(pipelines, { machine, process: context, interrupted, afterPowerLoss }, io),
    argv: ['bash', '-c', argv.join(' ')],
  });
  const done = new Promise<number>((resolve) => {
    process.onDidExit((status) => {
      if (status.message !== undefined) io.stderr(`bash: ${status.message}\n`);
      resolve(machine.powered ? status.code : 255);
    });
  });
  return {
    done,
    interrupt: () => {
      interrupt();
      // A command that does not listen is ended.
      if (process.exit === undefined) process.kill('SIGTERM');
    },
  };
}

async function runAll(
  pipelines: readonly Pipeline[],
  surroundings: Pick<CommandContext, 'machine' | 'process' | 'interrupted' | 'afterPowerLoss'>,
  io: ExecIo,
): Promise<number> {
  let code = 0;
  for (const { when, commands: stages } of pipelines) {
    if ((when === 'success' && code !== 0) || (when === 'failure' && code === 0)) continue;
    let input = io.stdin ?? '';
    for (const [index, stage] of stages.entries()) {
      const last = index === stages.length - 1;
      let piped = '';
      const out = last ? io.stdout : (text: string): void => void (piped += text);
      code = await runOne(stage, {
        ...surroundings,
        stdin: input,
        cwd: HOME,
        out,
        err: io.stderr,
      });
      input = piped;
    }
  }
  return code;
}

async function runOne(command: SimpleCommand, context: CommandContext): Promise<number> {
  // One is root here already.
  const [name = '', ...args] = command.argv[0] === 'sudo' ? command.argv.slice(1) : command.argv;
  const { files } = context.machine;
  const writes = new Map<string, string>();
  let { out, err } = context;
  let { stdin } = context;
  try {
    for (const { kind, path } of command.redirects) {
      const file = resolvePath(context.cwd, path);
      if (kind === 'in') stdin = files.read(file);
      else if (kind === 'err') err = path === '&1' ? out : sink(file, '', writes);
      else out = sink(file, kind === 'append' && files.exists(file) ? files.read(file) : '', writes);
    }
    const base = name.slice(name.lastIndexOf('/') + 1);
    const run = commands.get(base);
    if (run === undefined) {
      err(`bash: ${name}: command not found\n`);
      return 127;
    }
    const code = await run(args, { ...context, out, err, stdin });
    for (const [file, text] of writes) if (file !== '/dev/null') files.write(file, text);
    return code;
  } catch (error) {
    if (error instanceof CommandError) {
      err(error.message);
      return error.code;
    }
    // What files and units refuse comes as a plain error with its own text.
    if (error instanceof Error && error.constructor === Error) {
      err(`${name}: ${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

function sink(file: string, before: string, writes: Map<string, string>): (text: string) => void {
  writes.set(file, before);
  return (text) => void writes.set(file, (writes.get(file) ?? '') + text);
}
