/** A shell pattern (`*`, `?`, `[…]`) as a regular expression over the whole text; `\` makes the next character literal. */
export function patternToRegExp(pattern: string, options: { readonly path?: boolean } = {}): RegExp {
  const any = options.path === true ? '[^/]' : '[^]';
  let source = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at] ?? '';
    const set = char === '[' ? /^\[(!?)(\]?[^\]]*)\]/.exec(pattern.slice(at)) : null;
    if (char === '*') source += `${any}*`;
    else if (char === '?') source += any;
    else if (set !== null) {
      source += `[${set[1] === '!' ? '^' : ''}${(set[2] ?? '').replace(/[\\\]]/g, '\\$&')}]`;
      at += set[0].length - 1;
    } else {
      if (char === '\\') at += 1;
      source += (pattern[at] ?? '').replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    }
  }
  return new RegExp(`^${source}$`);
}

export function hasPattern(text: string): boolean {
  return /(^|[^\\])[*?[]/.test(text);
}
