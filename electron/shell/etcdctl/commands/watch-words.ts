import { ExitError, exitCode } from '../errors.ts';

export interface WatchWords {
  /** Key and, perhaps, end of the range. */
  readonly words: readonly string[];
  /** What to run for each event; empty: nothing. */
  readonly command: readonly string[];
}

/**
 * Sorts what was typed after `watch` into range and command. `typed` is everything, flags too; `args` the same without
 * flags, of which `dashAt` stand before `--` (-1 without one); the key may come from the environment instead.
 * Models parseWatchArgs of etcdctl. @throws ExitError
 */
export function watchWords(
  typed: readonly string[],
  args: readonly string[],
  dashAt: number,
  env: { readonly key: string; readonly end: string },
): WatchWords {
  const bad = (text: string): ExitError => new ExitError(exitCode.badArgs, text);
  const separated = typed.indexOf('--');
  if (separated >= 0 && separated === typed.length - 1) {
    throw bad('bad number of arguments (found separator --, but no commands)');
  }
  const before = dashAt < 0 ? args : args.slice(0, dashAt);
  if (separated < 0 && args.length === 0 && env.key === '') throw bad('bad number of arguments');
  if (env.key !== '' && before.length > 0)
    throw bad('bad number of arguments (found conflicting environment key)');
  const fromEnv = env.key === '' ? [] : env.end === '' ? [env.key] : [env.key, env.end];
  return { words: [...fromEnv, ...before], command: dashAt < 0 ? [] : args.slice(dashAt) };
}
