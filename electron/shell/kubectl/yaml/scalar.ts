/** Which styles a text may be written in. Models `yaml_emitter_analyze_scalar` of libyaml. */
export interface ScalarStyles {
  readonly plain: boolean;
  readonly single: boolean;
  readonly block: boolean;
}

function printable(code: number): boolean {
  return (
    code === 0x0a ||
    (code >= 0x20 && code <= 0x7e) ||
    code === 0x85 ||
    (code >= 0xa0 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff)
  );
}

function isBreak(ch: string | undefined): boolean {
  return ch === '\n' || ch === '\r' || ch === '\x85' || ch === '\u2028' || ch === '\u2029';
}

function isBlankOrEnd(ch: string | undefined): boolean {
  return ch === undefined || ch === ' ' || ch === '\t' || isBreak(ch);
}

export function analyze(text: string): ScalarStyles {
  if (text === '') return { plain: false, single: true, block: false };
  const chars = [...text];
  let blockIndicator = text.startsWith('---') || text.startsWith('...');
  let lineBreaks = false;
  let special = false;
  let edgeSpace = false;
  let trailingSpace = false;
  let breakSpace = false;
  let spaceBreak = false;
  let previous: 'space' | 'break' | 'other' = 'other';
  chars.forEach((ch, i) => {
    const next = chars[i + 1];
    const followed = isBlankOrEnd(next);
    const preceded = i === 0 || isBlankOrEnd(chars[i - 1]);
    const last = i === chars.length - 1;
    if (i === 0) {
      if ('#,[]{}&*!|>\'"%@`'.includes(ch)) blockIndicator = true;
      else if ('?:-'.includes(ch) && followed) blockIndicator = true;
    } else if ((ch === ':' && followed) || (ch === '#' && preceded)) blockIndicator = true;
    if (!printable(ch.codePointAt(0) ?? 0)) special = true;
    if (isBreak(ch)) {
      lineBreaks = true;
      if (i === 0 || last) edgeSpace = true;
      if (previous === 'space') spaceBreak = true;
      previous = 'break';
    } else if (ch === ' ') {
      if (i === 0 || last) edgeSpace = true;
      if (last) trailingSpace = true;
      if (previous === 'break') breakSpace = true;
      previous = 'space';
    } else previous = 'other';
  });
  const hard = spaceBreak || special;
  return {
    plain: !edgeSpace && !breakSpace && !hard && !lineBreaks && !blockIndicator,
    single: !breakSpace && !hard,
    block: !trailingSpace && !hard,
  };
}

/** A `|` scalar whose lines stand at `indent`, without the last newline. */
export function literal(text: string, indent: number): string {
  const hint = text.startsWith(' ') || isBreak(text[0]) ? '2' : '';
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
  const pad = ' '.repeat(indent);
  const lines = (chomp === '-' ? text : text.slice(0, -1)).split('\n');
  return `|${hint}${chomp}\n${lines.map((line) => (line === '' ? '' : pad + line)).join('\n')}`;
}

const escapes: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\u00a0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

/** Lines are broken at a blank beyond this column. */
const bestWidth = 80;

/** Breaks a plain or single-quoted text at single blanks beyond the best width; `column` is where it begins. */
export function folded(text: string, column: number, indent: number, quote = false): string {
  let at = column;
  let out = '';
  const chars = [...text];
  chars.forEach((ch, i) => {
    if (ch === ' ') {
      const alone = chars[i - 1] !== ' ' && chars[i + 1] !== ' ';
      if (alone && at > bestWidth && (!quote || (i > 0 && i < chars.length - 1))) {
        out += `\n${' '.repeat(indent)}`;
        at = indent;
      } else {
        out += ch;
        at++;
      }
      return;
    }
    out += ch === "'" && quote ? "''" : ch;
    at += ch === "'" && quote ? 2 : 1;
  });
  return out;
}

/** With `column` -1 the text stays on one line (keys). */
export function doubleQuoted(text: string, column = -1, indent = 0): string {
  const parts: string[] = [];
  let at = column + 1;
  let blanks = false;
  const chars = [...text];
  chars.forEach((ch, i) => {
    let part = escaped(ch);
    if (ch === ' ') {
      if (column >= 0 && !blanks && at > bestWidth && i > 0 && i < chars.length - 1) {
        part = `\n${' '.repeat(indent)}${chars[i + 1] === ' ' ? '\\' : ''}`;
        at = indent + (chars[i + 1] === ' ' ? 1 : 0);
      } else at++;
      blanks = true;
    } else {
      at += part.length;
      blanks = false;
    }
    parts.push(part);
  });
  return `"${parts.join('')}"`;
}

function escaped(ch: string): string {
  let out = '';
  {
    const code = ch.codePointAt(0) ?? 0;
    const known = escapes[ch];
    if (known !== undefined && (ch === '"' || ch === '\\' || !printable(code) || isBreak(ch))) out += known;
    else if (!printable(code)) {
      if (code <= 0xff) out += `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`;
      else if (code <= 0xffff) out += `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
      else out += `\\U${code.toString(16).toUpperCase().padStart(8, '0')}`;
    } else out += ch;
  }
  return out;
}
