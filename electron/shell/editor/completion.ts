import { resolvePath } from '../fs/resolve-path.ts';
import type { Executor } from '../exec/executor.ts';
import type { Completion } from '../interface.ts';

interface Typed {
  /** Words of the command the cursor is in, as they would be passed on; the last is the one to complete. */
  words: string[];
  /** Where the last word begins, in characters of the line. */
  start: number;
  quote: '' | "'" | '"';
}

const breaks = new Set(['|', '&', ';', '(', '\n', '{', '!']);

/** Splits what stands before the cursor into the words of the innermost command. */
export function typedWords(before: string): Typed {
  const chars = [...new Intl.Segmenter().segment(before)].map((part) => part.segment);
  let words: string[] = [];
  let word: string | null = null;
  let start = chars.length;
  let quote: Typed['quote'] = '';
  let redirected = false;
  const open = (at: number): void => {
    if (word !== null) return;
    word = '';
    start = at;
  };
  const end = (): void => {
    if (word !== null) {
      if (!redirected) words.push(word);
      redirected = false;
    }
    word = null;
  };
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] as string;
    if (quote !== '') {
      if (char === quote) quote = '';
      else if (char === '\\' && quote === '"' && at + 1 < chars.length)
        word = (word ?? '') + (chars[++at] ?? '');
      else word = (word ?? '') + char;
    } else if (char === "'" || char === '"') {
      open(at);
      quote = char;
    } else if (char === '\\' && at + 1 < chars.length) {
      open(at);
      word = (word ?? '') + (chars[++at] ?? '');
    } else if (breaks.has(char) && !(char === '{' && word !== null) && !(char === '!' && word !== null)) {
      word = null;
      words = [];
    } else if (/\s/.test(char)) end();
    else if (char === '>' || char === '<') {
      end();
      redirected = true;
    } else {
      open(at);
      word = (word ?? '') + char;
    }
  }
  if (word === null) start = chars.length;
  const first = words.findIndex(
    (item) =>
      !/^[A-Za-z_]\w*=/.test(item) &&
      !['if', 'then', 'else', 'do', 'while', 'until', 'time', 'sudo'].includes(item),
  );
  if (redirected) words = [':', ...words];
  else words = first < 0 ? [] : words.slice(first);
  return { words: [...words, word ?? ''], start, quote };
}

/** Completion for a line of the lab shell: commands, variables, what a command offers, files. */
export async function completeLine(
  shell: Executor,
  line: string,
  cursor: number,
): Promise<Completion | null> {
  const chars = [...new Intl.Segmenter().segment(line)].map((part) => part.segment);
  const typed = typedWords(chars.slice(0, cursor).join(''));
  const word = typed.words.at(-1) ?? '';
  const variable = /^(.*)\$(\{?)(\w*)$/s.exec(word);
  if (variable !== null && typed.quote !== "'") {
    const [, lead = '', brace = '', prefix = ''] = variable;
    const names = shell.state.variables.names().filter((name) => name.startsWith(prefix));
    return {
      start: typed.start,
      labels: names,
      insertions: names.map((name) => `${typed.quote}${lead}$${brace}${name}${brace === '' ? '' : '}'}`),
    };
  }
  const index = typed.words.length - 1;
  if (index === 0 && !word.includes('/')) return fromWords(commandNames(shell), word, typed);
  const command = shell.services.commands.get(typed.words[0] ?? '');
  if (index > 0 && command?.complete !== undefined) {
    const signal = AbortSignal.timeout(3000);
    const { state } = shell;
    const offered = await command
      .complete(typed.words, index, { env: state.variables.exported(), cwd: state.cwd, fs: shell.fs, signal })
      .catch(() => []);
    const found = fromWords(offered, word, typed);
    if (found.insertions.length > 0) return found;
  }
  return files(shell, word, typed, typed.words[0] === 'cd' && index > 0);
}

function commandNames(shell: Executor): string[] {
  const { state, services } = shell;
  return [
    ...new Set([
      ...services.commands.keys(),
      ...services.builtins.keys(),
      ...state.functions.keys(),
      ...state.aliases.keys(),
    ]),
  ].sort();
}

function fromWords(candidates: readonly string[], word: string, typed: Typed): Completion {
  const found = [...new Set(candidates)].filter((name) => name.startsWith(word)).sort();
  return {
    start: typed.start,
    labels: found,
    insertions: found.map((name) => quoted(name, typed.quote) + ending(name, typed.quote)),
  };
}

function ending(name: string, quote: string): string {
  return /[/=:]$/.test(name) ? '' : `${quote} `;
}

function quoted(text: string, quote: string): string {
  if (quote !== '') return quote + text;
  return text.replace(/[\s'"\\$`&;|<>()*?[\]{}!#]/g, '\\$&');
}

async function files(shell: Executor, word: string, typed: Typed, onlyFolders: boolean): Promise<Completion> {
  const { state, fs } = shell;
  const home = state.variables.get('HOME') ?? '/';
  const slash = word.lastIndexOf('/');
  const equals = Math.max(word.lastIndexOf('='), slash < 0 ? word.lastIndexOf(':') : -1);
  const lead = slash < 0 && equals >= 0 ? word.slice(0, equals + 1) : '';
  const folder = word.slice(lead.length, slash + 1);
  const base = word.slice(Math.max(slash + 1, lead.length));
  const path = resolvePath(state.cwd, folder === '' ? '.' : folder.replace(/^~(?=\/)/, home));
  const names = (await fs.readdir(path).catch(() => [])).filter(
    (name) => name.startsWith(base) && (base.startsWith('.') || !name.startsWith('.')),
  );
  const found: { label: string; insertion: string }[] = [];
  for (const name of names) {
    const isFolder = await fs.stat(`${path === '/' ? '' : path}/${name}`).then(
      (stat) => stat.kind === 'directory',
      () => false,
    );
    if (onlyFolders && !isFolder) continue;
    const end = isFolder ? '/' : '';
    const body =
      folder.startsWith('~/') && typed.quote === ''
        ? `~/${quoted(folder.slice(2) + name, '')}`
        : quoted(lead + folder + name, typed.quote);
    found.push({ label: name + end, insertion: body + (isFolder ? '/' : `${typed.quote} `) });
  }
  return {
    start: typed.start,
    labels: found.map((item) => item.label),
    insertions: found.map((item) => item.insertion),
  };
}
