import { resolvePath } from '../fs/resolve-path.ts';
import { runBuiltin } from '../builtins/run-builtin.ts';
import { runCommand } from './command-io.ts';
import type { Executor } from './executor.ts';
import { sinkOf, type Frame } from './frame.ts';
import { runScriptFile } from './script-file.ts';

export interface FoundCommand {
  kind: 'function' | 'builtin' | 'command' | 'file';
  /** The path `type` and `which` show for commands and files. */
  path: string;
  run(shell: Executor, argv: readonly string[], frame: Frame): Promise<number>;
}

/** Where a registered command seems to live. */
export function commandPath(name: string): string {
  return `/usr/bin/${name}`;
}

/** Finds a name in bash's order: builtins, then commands; names with `/` are files. Functions are the caller's business. */
export async function lookupCommand(shell: Executor, name: string): Promise<FoundCommand | null> {
  const builtin = shell.services.builtins.get(name);
  if (builtin !== undefined)
    return { kind: 'builtin', path: name, run: (own, argv, frame) => runBuiltin(own, builtin, argv, frame) };
  if (name.includes('/')) return lookupFile(shell, name);
  const command = shell.services.commands.get(name);
  if (command !== undefined)
    return {
      kind: 'command',
      path: commandPath(name),
      run: (own, argv, frame) => runCommand(own, command, argv, frame),
    };
  return lookupInPath(shell, name);
}

async function lookupInPath(shell: Executor, name: string): Promise<FoundCommand | null> {
  for (const folder of (shell.state.variables.get('PATH') ?? '').split(':')) {
    if (folder === '' || name === '') continue;
    const path = resolvePath(shell.state.cwd, `${folder}/${name}`);
    const stat = await shell.fs.stat(path).catch(() => null);
    if (stat?.kind === 'file' && (stat.mode & 0o111) !== 0)
      return {
        kind: 'file',
        path,
        run: (own, argv, frame) => runScriptFile(own, path, argv.slice(1), frame),
      };
  }
  return null;
}

async function lookupFile(shell: Executor, typed: string): Promise<FoundCommand> {
  const path = resolvePath(shell.state.cwd, typed);
  const standard = /^(?:\/usr)?\/s?bin\/([^/]+)$/.exec(path)?.[1];
  const stat = await shell.fs.stat(path).catch(() => null);
  if (stat === null && standard !== undefined) {
    const command = shell.services.commands.get(standard);
    const builtin = shell.services.builtins.get(standard);
    if (command !== undefined)
      return { kind: 'command', path, run: (own, argv, frame) => runCommand(own, command, argv, frame) };
    if (builtin !== undefined)
      return { kind: 'builtin', path, run: (own, argv, frame) => runBuiltin(own, builtin, argv, frame) };
  }
  const refuse = (text: string, code: number): FoundCommand => ({
    kind: 'file',
    path,
    run: async (own, _argv, frame) => {
      await sinkOf(frame, 2).write(`${own.prefix()}${typed}: ${text}\n`);
      return code;
    },
  });
  if (stat === null) return refuse('No such file or directory', 127);
  if (stat.kind === 'directory') return refuse('Is a directory', 126);
  if ((stat.mode & 0o111) === 0) return refuse('Permission denied', 126);
  return {
    kind: 'file',
    path,
    run: (own, argv, frame) => runScriptFile(own, path, argv.slice(1), frame, typed),
  };
}
