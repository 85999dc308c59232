/** Takes a line apart as etcdctl's interactive modes do: blanks, 'single' and "double" quotes with Go's escapes. */
export function argify(line: string): string[] {
  const words = line.match(/"(?:[^"\\]|\\.)*"|'[^']*'|[^'"\s]\S*[^'"\s]?/g) ?? [];
  return words.map((word) =>
    word.startsWith("'") ? word.slice(1, -1) : word.startsWith('"') ? goUnquote(word) : word,
  );
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', '"': '"', "'": "'",
}; // prettier-ignore

/** The text of a Go string literal (`"…"` or `` `…` ``). */
export function goUnquote(literal: string): string {
  if (literal.startsWith('`')) return literal.slice(1, -1);
  const bytes: Buffer[] = [];
  const body = literal.slice(1, -1);
  for (const part of body.match(
    /\\x[0-9a-fA-F]{2}|\\[0-7]{3}|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\.|[^\\]+/gs,
  ) ?? []) {
    if (!part.startsWith('\\')) bytes.push(Buffer.from(part));
    else if (part.startsWith('\\x')) bytes.push(Buffer.from([parseInt(part.slice(2), 16)]));
    else if (/^\\[0-7]{3}$/.test(part)) bytes.push(Buffer.from([parseInt(part.slice(1), 8) & 0xff]));
    else if (/^\\[uU]/.test(part))
      bytes.push(Buffer.from(String.fromCodePoint(Math.min(parseInt(part.slice(2), 16), 0x10ffff))));
    else bytes.push(Buffer.from(escapes[part.slice(1)] ?? part.slice(1)));
  }
  return Buffer.concat(bytes).toString('utf8');
}
