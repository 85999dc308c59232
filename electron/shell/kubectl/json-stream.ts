/** Where a JSON value that begins at `from` ends; the length of the text when it does not end. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  let inString = false;
  for (let i = from; i < text.length; i++) {
    const ch = text[i];
    if (inString) {
      if (ch === '\\') i++;
      else if (ch === '"') inString = false;
    } else if (ch === '"') inString = true;
    else if (ch === '{' || ch === '[') depth++;
    else if ((ch === '}' || ch === ']') && --depth <= 0) return i + 1;
  }
  return text.length;
}

/** JSON texts that follow one another, each on its own. */
export function splitJsonStream(text: string): string[] {
  const parts: string[] = [];
  let at = 0;
  while (at < text.length) {
    while (/\s/.test(text[at] ?? 'x')) at++;
    if (at >= text.length) break;
    const end = endOfValue(text, at);
    parts.push(text.slice(at, end));
    at = end;
  }
  return parts;
}

/** Go's words for the first mistake in a JSON text. Models the messages of encoding/json's scanner. */
export function jsonSyntaxError(text: string): string {
  let at = 0;
  const fail = (ctx: string): string => {
    if (at >= text.length) return 'unexpected EOF';
    const ch = text[at] ?? '';
    const shown = ch === "'" ? `'\\''` : ch === '"' ? `'"'` : ch === '\n' ? `'\\n'` : `'${ch}'`;
    return `json: offset ${Buffer.byteLength(text.slice(0, at)) + 1}: invalid character ${shown} ${ctx}`;
  };
  const blank = (): void => {
    while (/[ \t\r\n]/.test(text[at] ?? 'x')) at++;
  };
  const string = (): string | undefined => {
    for (at++; at < text.length; at++) {
      const ch = text[at] ?? '';
      if (ch === '"') {
        at++;
        return undefined;
      }
      if (ch === '\\') at++;
      else if (ch < ' ') return fail('in string literal');
    }
    return 'unexpected EOF';
  };
  const value = (): string | undefined => {
    blank();
    const ch = text[at] ?? '';
    if (ch === '{') return object();
    if (ch === '[') return array();
    if (ch === '"') return string();
    const word = /^(true|false|null|-?\d+(\.\d+)?([eE][-+]?\d+)?)/.exec(text.slice(at))?.[0];
    if (word === undefined) return fail('looking for beginning of value');
    at += word.length;
    return undefined;
  };
  const object = (): string | undefined => {
    at++;
    blank();
    if (text[at] === '}') {
      at++;
      return undefined;
    }
    for (;;) {
      blank();
      if (text[at] !== '"') return fail('looking for beginning of object key string');
      const key = string();
      if (key !== undefined) return key;
      blank();
      if (text[at] !== ':') return fail('after object key');
      at++;
      const wrong = value();
      if (wrong !== undefined) return wrong;
      blank();
      if (text[at] === '}') {
        at++;
        return undefined;
      }
      if (text[at] !== ',') return fail('after object key:value pair');
      at++;
    }
  };
  const array = (): string | undefined => {
    at++;
    blank();
    if (text[at] === ']') {
      at++;
      return undefined;
    }
    for (;;) {
      const wrong = value();
      if (wrong !== undefined) return wrong;
      blank();
      if (text[at] === ']') {
        at++;
        return undefined;
      }
      if (text[at] !== ',') return fail('after array element');
      at++;
    }
  };
  const wrong = value();
  if (wrong !== undefined) return wrong;
  blank();
  return at < text.length ? fail('after top-level value') : 'unexpected end of JSON input';
}
