import type { Executor } from './executor.ts';
import { ShellState } from '../state/shell-state.ts';
import { Executor as ExecutorClass } from './executor.ts';
import { sinkOf, type Frame } from './frame.ts';

/** Runs a file of shell commands as a program: only exported variables are passed on. */
export async function runScriptFile(
  shell: Executor,
  path: string,
  args: readonly string[],
  frame: Frame,
  shown = path,
): Promise<number> {
  const bytes = await shell.fs.readFile(path);
  if (bytes.subarray(0, 4096).includes(0)) {
    await sinkOf(frame, 2).write(
      `${shell.prefix()}${shown}: cannot execute binary file: Exec format error\n`,
    );
    return 126;
  }
  const text = new TextDecoder().decode(bytes);
  const interpreter = /^#!\s*(\S+)(?:\s+(\S+))?/.exec(text);
  const program = interpreter?.[1]?.endsWith('/env') === true ? interpreter[2] : interpreter?.[1];
  if (program !== undefined && !/(^|\/)(ba|da)?sh$/.test(program)) {
    const name = program.split('/').at(-1) ?? program;
    const command = shell.services.commands.get(name);
    if (command === undefined) {
      await sinkOf(frame, 2).write(
        `${shell.prefix()}${shown}: ${program}: bad interpreter: No such file or directory\n`,
      );
      return 126;
    }
  }
  return runProgram(shell, text, shown, args, frame);
}

/** Runs shell text in a new shell that inherits the environment and nothing else (`bash -c`, scripts). */
export function runProgram(
  shell: Executor,
  text: string,
  name: string,
  args: readonly string[],
  frame: Frame,
  options = '',
): Promise<number> {
  const state = new ShellState(name, shell.state.cwd, shell.state.shared);
  for (const [key, value] of Object.entries(shell.state.variables.exported())) {
    const variable = state.variables.ensure(key);
    variable.value = value;
    variable.exported = true;
  }
  state.positional = [...args];
  if (options.includes('e')) state.options.errexit = true;
  if (options.includes('u')) state.options.nounset = true;
  if (options.includes('x')) state.options.xtrace = true;
  const fresh = new ExecutorClass(state, shell.services);
  return fresh.stage((own) => own.runText(text, { ...frame, tested: false }), frame);
}
