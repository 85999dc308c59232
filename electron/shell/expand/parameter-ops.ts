import { patternToRegExp } from './pattern.ts';

/** `${x#p}`, `${x##p}`, `${x%p}`, `${x%%p}`. */
export function removeMatch(
  value: string,
  pattern: string,
  side: 'prefix' | 'suffix',
  greedy: boolean,
): string {
  if (side === 'prefix') {
    const match = patternToRegExp(pattern, { anchor: 'start', lazy: !greedy }).exec(value);
    return match === null ? value : value.slice(match[0].length);
  }
  const whole = patternToRegExp(pattern);
  const starts = [...boundaries(value)];
  for (const at of greedy ? starts : starts.reverse())
    if (whole.test(value.slice(at))) return value.slice(0, at);
  return value;
}

function* boundaries(value: string): Generator<number> {
  let at = 0;
  for (const char of value) {
    yield at;
    at += char.length;
  }
  yield at;
}

/** `${x/p/r}` and friends; `replacement` gets the matched text (for `&`). */
export function replaceMatch(
  value: string,
  pattern: string,
  replacement: (match: string) => string,
  all: boolean,
  anchor: 'start' | 'end' | null,
): string {
  if (pattern === '' && anchor === null) return value;
  if (anchor === 'end') {
    const whole = patternToRegExp(pattern);
    for (const at of boundaries(value))
      if (whole.test(value.slice(at))) return value.slice(0, at) + replacement(value.slice(at));
    return value;
  }
  const regExp = patternToRegExp(pattern, {
    anchor: anchor === 'start' ? 'start' : 'none',
    global: all && anchor === null,
  });
  let skipEmpty = false;
  const out = value.replace(regExp, (match) => {
    if (match === '' && skipEmpty) return '';
    skipEmpty = true;
    return replacement(match);
  });
  regExp.lastIndex = 0;
  return out;
}

/** `${x^p}`, `${x^^p}`, `${x,p}`, `${x,,p}`. */
export function changeCase(
  value: string,
  direction: 'upper' | 'lower',
  all: boolean,
  pattern: string | null,
): string {
  const regExp = pattern === null ? null : patternToRegExp(pattern);
  let first = true;
  let out = '';
  for (const char of value) {
    const applies = (all || first) && (regExp === null || regExp.test(char));
    out += applies ? (direction === 'upper' ? char.toUpperCase() : char.toLowerCase()) : char;
    first = false;
  }
  return out;
}

/** Text that the shell reads back as the same value, as `${x@Q}` and `printf %q` need it. */
export function quoteForShell(value: string, style: 'always' | 'printf' = 'always'): string {
  if (/[\x00-\x1f\x7f]/.test(value)) return `$'${[...value].map(escapeControl).join('')}'`;
  if (style === 'always') return `'${value.replace(/'/g, "'\\''")}'`;
  if (value === '') return "''";
  return value.replace(/[^\w@%+=:,./\u{80}-\u{10ffff}-]/gu, '\\$&').replace(/^~/, '\\~');
}

const controls: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\x07': '\\a',
  '\b': '\\b',
  '\x1b': '\\E',
  '\f': '\\f',
  '\v': '\\v',
  "'": "\\'",
  '\\': '\\\\',
};

function escapeControl(char: string): string {
  const known = controls[char];
  if (known !== undefined) return known;
  const code = char.charCodeAt(0);
  return code < 32 || code === 127 ? `\\${code.toString(8).padStart(3, '0')}` : char;
}
