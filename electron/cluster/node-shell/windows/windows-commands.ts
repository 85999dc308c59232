import { filePathOf } from '../../../base/windows-path.ts';
import type { NativeProgram, WindowsHost } from '../../powershell/interface.ts';
import { systemPrograms } from '../../powershell/programs/system-programs.ts';
import type { ShellStreams } from '../../powershell/run-shell.ts';
import { runCmd, runPowerShell } from '../../powershell/run-shell.ts';
import type { CommandContext } from '../interface.ts';
import { machinePrograms } from './machine-programs.ts';
import { windowsHost } from './windows-host.ts';

const INTERRUPT = '\u0003';

/** The streams of a shell. At a terminal it lives on after Ctrl-C, which ends what runs in it. */
function streamsOf(context: CommandContext): ShellStreams {
  const { terminal, stdin, out, err, interrupted } = context;
  const common = { out, err, width: terminal?.size.columns ?? 120 };
  if (terminal === undefined) {
    const lines = stdin === '' ? [] : stdin.replace(/\n$/, '').split('\n');
    return {
      ...common,
      isInteractive: false,
      line: () => Promise.resolve(lines.shift()?.replace(/\r$/, '')),
      interrupt: () => interrupted,
    };
  }
  let interrupt = (): void => undefined;
  terminal.onKeys(
    (keys) => {
      if (keys.includes(INTERRUPT)) interrupt();
    },
    () => undefined,
  );
  return {
    ...common,
    isInteractive: true,
    line: (prompt) => {
      out(prompt);
      return terminal.line();
    },
    interrupt: () => new Promise<void>((resolve) => (interrupt = resolve)),
  };
}

/** Runs a program of a Windows machine by its words; `powershell.exe` without arguments is a session. */
export async function runOnWindows(file: string, args: readonly string[], context: CommandContext): Promise<number> {
  const host: WindowsHost = windowsHost(context, () => programs);
  const nested = (run: typeof runCmd): NativeProgram =>
    (words, io) =>
      run(
        words,
        host,
        { ...io, width: context.terminal?.size.columns ?? 120, isInteractive: false, line: () => Promise.resolve(undefined), interrupt: () => io.interrupted },
        io.cwd,
      );
  const programs: ReadonlyMap<string, NativeProgram> = new Map<string, NativeProgram>([
    ...systemPrograms(() => host),
    ...machinePrograms(context),
    ['cmd', nested(runCmd)],
    ['powershell', nested(runPowerShell)],
  ]);
  const name = file.slice(Math.max(file.lastIndexOf('\\'), file.lastIndexOf('/')) + 1).toLowerCase().replace(/\.exe$/, '');
  const cwd = filePathOf(context.cwd) ?? host.home;
  if (name === 'powershell') return runPowerShell(args, host, streamsOf(context), cwd);
  if (name === 'cmd') return runCmd(args, host, streamsOf(context), cwd);
  const program = programs.get(name);
  if (program !== undefined) return program(args, { ...context, cwd });
  context.err(`'${file}' is not recognized as an internal or external command,\noperable program or batch file.\n`);
  return 1;
} // prettier-ignore
