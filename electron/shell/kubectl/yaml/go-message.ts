import type { YAMLError } from 'yaml';

/**
 * The words and the line go-yaml v2 reports the same mistake with. Its scanner counts lines from 1 and its parser from 0;
 * neither names the very first line.
 */
export function goYamlMessage(error: YAMLError, source: string): string {
  const text = source.endsWith('\n') ? source : `${source}\n`;
  const at = error.pos[0] >= source.length ? text.length : error.pos[0];
  const scanner = (offset: number, words: string): string => located(indexOf(text, offset), 1, words);
  const parser = (offset: number, words: string): string => located(indexOf(text, offset), 0, words);
  const { message } = error;

  switch (error.code) {
    case 'TAB_AS_INDENT':
    case 'BAD_SCALAR_START':
      return scanner(at, 'found character that cannot start any token');
    case 'BAD_DQ_ESCAPE':
      return scanner(at, 'found unknown escape character');
    default:
  }
  if (/^Flow sequence/.test(message)) return parser(at, `did not find expected ',' or ']'`);
  if (/^Flow map/.test(message)) return parser(at, `did not find expected ',' or '}'`);
  if (/Missing closing/.test(message)) return scanner(text.length, 'found unexpected end of stream');
  if (error.code === 'BLOCK_AS_IMPLICIT_KEY' || error.code === 'MULTILINE_IMPLICIT_KEY')
    return implicitKey(text, at, scanner, parser);
  if (/Implicit map keys need/.test(message))
    return located(indexOf(text, at) + 1, 1, `could not find expected ':'`);
  if (
    /Unexpected (flow-map-end|flow-seq-end)/.test(message) &&
    /(^|[:\-,[{]\s*)$/.test(text.slice(0, at).trimEnd())
  )
    return parser(at, 'did not find expected node content');
  if (error.code === 'UNEXPECTED_TOKEN' && siblingAbove(text, at)?.startsWith('-'))
    return parser(at, `did not find expected '-' indicator`);
  return parser(at, 'did not find expected key');
}

function implicitKey(
  text: string,
  at: number,
  scanner: (offset: number, words: string) => string,
  parser: (offset: number, words: string) => string,
): string {
  const line = text.slice(at, text.indexOf('\n', at));
  const own = /:(\s|$)/.test(line);
  if (
    !own &&
    siblingAbove(text, at) !== undefined &&
    !siblingAbove(text, at)?.startsWith('-') &&
    isLineStart(text, at) &&
    !/^-(\s|$)/.test(line)
  ) {
    return located(indexOf(text, at) + 1, 1, `could not find expected ':'`);
  }
  const colon = /:(?=\s|$)/m.exec(text.slice(at));
  if (!colon) return parser(at, 'did not find expected key');
  return scanner(at + colon.index, 'mapping values are not allowed in this context');
}

function isLineStart(text: string, at: number): boolean {
  return text.slice(text.lastIndexOf('\n', at - 1) + 1, at).trim() === '';
}

/** The nearest line above with the same indentation, before one with less. */
function siblingAbove(text: string, at: number): string | undefined {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const indent = /^ */.exec(text.slice(start))?.[0].length ?? 0;
  for (const line of text.slice(0, start).split('\n').slice(0, -1).reverse()) {
    if (line.trim() === '' || line.trim().startsWith('#')) continue;
    const own = /^ */.exec(line)?.[0].length ?? 0;
    if (own === indent) return line.trim();
    if (own < indent) return undefined;
  }
  return undefined;
}

function indexOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length - 1;
}

function located(index: number, base: 0 | 1, words: string): string {
  return index === 0 ? words : `line ${index + base}: ${words}`;
}
