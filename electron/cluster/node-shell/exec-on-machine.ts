import { MachineFileError } from '../machine/file-error.ts';
import type { Machine, Process } from '../machine/interface.ts';
import { commands } from './commands/registry.ts';
import type { CommandContext, ExecIo, MachineExec, TerminalAccess, TypedInput } from './interface.ts';
import { CommandError } from './interface.ts';
import { runOnWindows } from './windows/windows-commands.ts';

const HOME = { linux: '/root', windows: '/Users/Administrator' };

/**
 * Runs one program of a machine as root, or as the Administrator of Windows. Must be called within a turn of the simulation. The exit code is 130 after
 * `interrupt`, 255 when the machine lost power.
 */
export function execOnMachine(
  machine: Machine,
  argv: readonly string[],
  io: ExecIo,
  afterPowerLoss: CommandContext['afterPowerLoss'],
): MachineExec {
  const [file = ''] = argv;
  const name = file.slice(file.lastIndexOf('/') + 1);
  const keyboard = new Keyboard(io);
  let interrupt = (): void => undefined;
  const interrupted = new Promise<void>((resolve) => (interrupt = resolve));
  const process: Process = machine.spawn({
    name,
    argv,
    program: (context) =>
      run(machine.spec.os === 'windows' ? file : name, argv.slice(1), {
        machine,
        process: context,
        interrupted,
        afterPowerLoss,
        stdin: io.stdin ?? '',
        cwd: io.cwd ?? HOME[machine.spec.os],
        // What has ended, with its machine's power perhaps, writes no more.
        out: (text) => {
          if (process.exit === undefined) io.stdout(text);
        },
        err: (text) => {
          if (process.exit === undefined) io.stderr(text);
        },
        ...(io.terminal === undefined ? {} : { terminal: keyboard }),
      }),
  });
  const done = new Promise<number>((resolve) => {
    process.onDidExit((status) => {
      if (status.message !== undefined) io.stderr(`${name}: ${status.message}\n`);
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
    typed: (input) => {
      if (process.exit === undefined) keyboard.typed(input);
    },
  };
}

async function run(name: string, args: readonly string[], context: CommandContext): Promise<number> {
  if (context.machine.spec.os === 'windows') return runOnWindows(name, args, context);
  const command = commands.get(name);
  if (command === undefined) {
    context.err(`bash: line 1: ${name}: command not found\n`);
    return 127;
  }
  try {
    return await command(args, context);
  } catch (error) {
    if (error instanceof CommandError) {
      context.err(error.message);
      return error.code;
    }
    if (error instanceof MachineFileError) {
      context.err(`${name}: ${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

/** What is typed at the terminal of one command. */
class Keyboard implements TerminalAccess {
  readonly #io: ExecIo;
  #size: TerminalAccess['size'];
  #keys: ((bytes: string) => void) | undefined;
  #resized: (() => void) | undefined;
  #line: ((line: string | undefined) => void) | undefined;

  constructor(io: ExecIo) {
    this.#io = io;
    this.#size = io.terminal?.size ?? { columns: 80, rows: 24 };
  }

  get size(): TerminalAccess['size'] {
    return this.#size;
  }

  onKeys(typed: (bytes: string) => void, resized: () => void): void {
    this.#keys = typed;
    this.#resized = resized;
    this.#io.terminal?.want('keys');
  }

  line(): Promise<string | undefined> {
    this.#io.terminal?.want('line');
    return new Promise((resolve) => (this.#line = resolve));
  }

  typed(input: TypedInput): void {
    if ('keys' in input) this.#keys?.(input.keys);
    else if ('line' in input) this.#line?.(input.line ?? undefined);
    else {
      this.#size = input;
      this.#resized?.();
    }
  }
}
