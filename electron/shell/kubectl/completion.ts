import type { CompletionContext } from '../interface.ts';
import type { CommandSpec } from './command-spec.ts';

/** Candidates for a word of a kubectl command line. */
export async function completions(_root: CommandSpec, _words: readonly string[], _index: number, _context: CompletionContext): Promise<string[]> {
  return [];
}
