import type { Task } from '../container/interface.ts';
import { cleanPath } from '../container/overlay-files.ts';

/** A tool was called in a way it does not understand, or could not do its work: the line for stderr, and the exit code. */
export class ToolError extends Error {
  readonly code: number;

  constructor(message: string, code = 1) {
    super(message);
    this.code = code;
  }
}

export interface Arguments {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
}

/**
 * Takes short options apart (`-la`, `-n5`, `-n 5`). `flags` and `valued` are their letters; long options are given by
 * name in `long`, mapped to a letter. @throws ToolError for others
 */
export function parseArguments(
  task: Task,
  flags: string,
  valued = '',
  long: Readonly<Record<string, string>> = {},
): Arguments {
  const [file = '', ...args] = task.argv;
  const name = file.slice(file.lastIndexOf('/') + 1);
  const found = new Set<string>();
  const values = new Map<string, string>();
  const rest: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (arg === '--') {
      rest.push(...args.slice(index + 1));
      break;
    }
    if (arg.startsWith('--')) {
      const [option = '', given] = arg.split(/=([^]*)/);
      const letter = long[option.slice(2)];
      if (letter === undefined) throw new ToolError(`${name}: unrecognized option '${option}'`, 2);
      if (valued.includes(letter)) values.set(letter, given ?? args[++index] ?? '');
      else found.add(letter);
      continue;
    }
    if (!arg.startsWith('-') || arg === '-') {
      rest.push(arg);
      continue;
    }
    for (let at = 1; at < arg.length; at += 1) {
      const letter = arg[at] ?? '';
      if (valued.includes(letter)) {
        const attached = arg.slice(at + 1);
        const value = attached === '' ? args[++index] : attached;
        if (value === undefined) throw new ToolError(`${name}: option requires an argument: ${letter}`, 2);
        values.set(letter, value);
        break;
      }
      if (!flags.includes(letter)) throw new ToolError(`${name}: unrecognized option: ${letter}`, 2);
      found.add(letter);
    }
  }
  return { flags: found, values, rest };
}

export function pathIn(task: Task, typed: string): string {
  return cleanPath(typed.startsWith('/') ? typed : `${task.cwd}/${typed}`);
}
