import type { parse as Parse, serialize as Serialize } from 'just-bash';

let library: { parse: typeof Parse; serialize: typeof Serialize } | undefined;
let loading: Promise<void> | undefined;

/**
 * Loads the grammar (0.1 s and more on a slow machine). Apart from the start of the program, so that the prompt is there before it;
 * whatever runs or parses shell text awaits this first.
 */
export function loadGrammar(): Promise<void> {
  loading ??= import('just-bash').then((loaded) => {
    library = loaded;
  });
  return loading;
}

function loaded(): NonNullable<typeof library> {
  if (library === undefined) throw new Error('the shell grammar is not loaded yet');
  return library;
}

/** just-bash's parser; throws for what is not a script. */
export function parse(text: string): ReturnType<typeof Parse> {
  return loaded().parse(text);
}

/** The text of a syntax tree. */
export function serialize(tree: Parameters<typeof Serialize>[0]): string {
  return loaded().serialize(tree);
}
