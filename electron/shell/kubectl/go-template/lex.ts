/** A template that cannot be read or applied. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

export type Token =
  | { readonly kind: 'text' | 'field' | 'variable' | 'word' | 'op'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string };

/** A template cut into text and actions; `{{-` and `-}}` have trimmed their neighbours, comments are gone. */
export function splitActions(source: string): ({ readonly text: string } | { readonly action: string })[] {
  const parts: ({ text: string } | { action: string })[] = [];
  let at = 0;
  let trimNext = false;
  for (;;) {
    const open = source.indexOf('{{', at);
    let text = open < 0 ? source.slice(at) : source.slice(at, open);
    if (trimNext) text = text.trimStart();
    if (open < 0) {
      if (text !== '') parts.push({ text });
      return parts;
    }
    const trimBefore = /^\{\{- /.test(source.slice(open, open + 4));
    if (trimBefore) text = text.trimEnd();
    if (text !== '') parts.push({ text });
    const close = endOfAction(source, open + 2);
    let action = source.slice(open + 2, close);
    trimNext = / -$/.test(action);
    if (trimBefore) action = action.slice(1);
    if (trimNext) action = action.slice(0, -1);
    if (!/^\s*\/\*[\s\S]*\*\/\s*$/.test(action)) parts.push({ action: action.trim() });
    at = close + 2;
  }
}

function endOfAction(source: string, from: number): number {
  let quote = '';
  for (let i = from; i < source.length; i++) {
    const ch = source[i] ?? '';
    if (quote !== '') {
      if (ch === '\\' && quote !== '`') i++;
      else if (ch === quote) quote = '';
    } else if (ch === '"' || ch === '`' || ch === "'") quote = ch;
    else if (source.startsWith('}}', i)) return i;
  }
  throw new TemplateError('template: output:1: unclosed action');
}

export function tokens(action: string): Token[] {
  const found: Token[] = [];
  const pattern =
    /\s*(?:("(?:[^"\\]|\\.)*")|`([^`]*)`|('(?:[^'\\]|\\.)')|([-+]?\d[\w.]*)|(\$[\p{L}_0-9]*)|(\.[\p{L}_][\p{L}\p{Nd}_]*)|([\p{L}_][\p{L}\p{Nd}_]*)|(:=|[()|,=.]))/uy;
  let at = 0;
  while (at < action.length) {
    if (action.slice(at).trim() === '') break;
    pattern.lastIndex = at;
    const match = pattern.exec(action);
    if (!match)
      throw new TemplateError(
        `template: output:1: unexpected ${JSON.stringify(action.slice(at).trim()[0])} in operand`,
      );
    const start = at;
    at = pattern.lastIndex;
    const [, quoted, raw, char, number, variable, field, word, op] = match;
    if (quoted !== undefined)
      found.push({
        kind: 'string',
        text: JSON.parse(
          quoted
            .replace(/\\a/g, '\\u0007')
            .replace(/\\v/g, '\\u000b')
            .replace(/\\x([0-9a-fA-F]{2})/g, '\\u00$1'),
        ) as string,
      });
    else if (raw !== undefined) found.push({ kind: 'string', text: raw });
    else if (char !== undefined) found.push({ kind: 'number', text: String(char.codePointAt(1)) });
    else if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (variable !== undefined) found.push({ kind: 'variable', text: variable });
    // A field right behind a word, field or parenthesis continues it: `$x.name`, `(index . 0).name`.
    else if (field !== undefined)
      found.push({
        kind: 'field',
        text: (start > 0 && !/\s/.test(action[start] ?? '') && found.length > 0 ? '+' : '') + field.slice(1),
      });
    else if (word !== undefined) found.push({ kind: 'word', text: word });
    else if (op !== undefined) found.push({ kind: 'op', text: op });
  }
  return found;
}
