import { BrokenPipe, FsError } from '../errors.ts';
import { resolvePath } from '../fs/resolve-path.ts';
import type { Command, CommandIo } from '../interface.ts';
import { AbortableSource } from '../streams/abortable-source.ts';
import { interruptCode } from './control-flow.ts';
import type { Executor } from './executor.ts';
import { sinkOf, sourceOf, withFds, type Fd, type Frame } from './frame.ts';
import { lookupCommand } from './lookup.ts';

/** Runs a registered command and turns what it throws into an exit code. */
export async function runCommand(
  shell: Executor,
  command: Command,
  argv: readonly string[],
  frame: Frame,
  env = shell.state.variables.exported(),
): Promise<number> {
  const io = makeIo(shell, argv, frame, env);
  try {
    const code = await command.run(io);
    return frame.signal.aborted ? interruptCode(frame.signal) : code;
  } catch (error) {
    if (error instanceof BrokenPipe) return 141;
    if (frame.signal.aborted) return interruptCode(frame.signal);
    const full = error instanceof FsError && error.code === 'ENOSPC';
    const text = full ? `write error: ${error.text}` : error instanceof Error ? error.message : String(error);
    await io.stderr.write(`${argv[0] ?? command.name}: ${text}\n`).catch(() => undefined);
    return 1;
  }
}

function makeIo(
  shell: Executor,
  argv: readonly string[],
  frame: Frame,
  env: Record<string, string>,
): CommandIo {
  const { state, services } = shell;
  const cwd = state.cwd;
  const stdin = new AbortableSource(sourceOf(frame), frame.signal);
  return {
    argv,
    env,
    cwd,
    stdin,
    stdout: sinkOf(frame, 1),
    stderr: sinkOf(frame, 2),
    fs: services.fs,
    signal: frame.signal,
    ...(services.tty === undefined ? {} : { tty: services.tty }),
    path: (typed) => resolvePath(cwd, typed),
    sleep: (ms) => services.sleep(ms, frame.signal),
    spawn: (words, over = {}) => {
      const changes: [number, Fd][] = [];
      if (over.stdin !== undefined) changes.push([0, { source: over.stdin }]);
      if (over.stdout !== undefined) changes.push([1, { sink: over.stdout }]);
      if (over.stderr !== undefined) changes.push([2, { sink: over.stderr }]);
      const inner: Frame = { ...withFds(frame, changes), signal: over.signal ?? frame.signal };
      return spawn(shell, words, inner, over.env ?? env);
    },
  };
}

/** Runs argv as a process of its own: commands and builtins, not functions or aliases. */
export async function spawn(
  shell: Executor,
  argv: readonly string[],
  frame: Frame,
  env: Record<string, string>,
): Promise<number> {
  const name = argv[0] ?? '';
  const copy = shell.subshell();
  for (const variable of copy.state.variables.names())
    if (!(variable in env) && copy.state.variables.lookup(variable)?.exported === true)
      copy.state.variables.unset(variable);
  for (const [key, value] of Object.entries(env)) {
    const variable = copy.state.variables.ensure(key);
    variable.value = value;
    variable.kind = 'scalar';
    variable.exported = true;
  }
  copy.state.functions.clear();
  const found = await lookupCommand(copy, name);
  if (found === null) {
    await sinkOf(frame, 2).write(`${name}: command not found\n`);
    return 127;
  }
  return copy.stage((own) => found.run(own, argv, frame), frame);
}
