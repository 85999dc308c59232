import { loadGrammar } from './parse/grammar.ts';
import { parseScript } from './parse/parse-script.ts';

/** A script as the command lines a person would have typed: lines are joined while a quote, a here-document or a block is open. */
export async function commandLines(script: string): Promise<string[]> {
  await loadGrammar();
  const found: string[] = [];
  let open = '';
  for (const line of script.split('\n')) {
    open += open === '' ? line : `\n${line}`;
    if (open.trim() === '') {
      open = '';
      continue;
    }
    const parsed = parseScript(open);
    if (parsed.kind === 'incomplete' || (parsed.kind === 'script' && parsed.openHereDoc !== undefined))
      continue;
    found.push(open);
    open = '';
  }
  return open.trim() === '' ? found : [...found, open];
}
