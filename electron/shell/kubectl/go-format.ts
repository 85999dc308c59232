import type { Json } from './json.ts';
import { isObject, sortedKeys } from './json.ts';

/** Go's `%q` / `strconv.Quote`. */
export function quote(text: string): string {
  let out = '"';
  for (const ch of text) {
    const code = ch.codePointAt(0) ?? 0;
    if (ch === '"' || ch === '\\') out += `\\${ch}`;
    else if (ch === '\n') out += '\\n';
    else if (ch === '\t') out += '\\t';
    else if (ch === '\r') out += '\\r';
    else if (ch === '\x07') out += '\\a';
    else if (ch === '\b') out += '\\b';
    else if (ch === '\f') out += '\\f';
    else if (ch === '\v') out += '\\v';
    else if (code < 0x20 || code === 0x7f) out += `\\x${code.toString(16).padStart(2, '0')}`;
    else out += ch;
  }
  return `${out}"`;
}

/** `encoding/json` escapes these so that the text is safe inside HTML; so does everything kubectl prints as JSON. */
export function escapeHtml(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (ch) => `\\u${ch.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A number as Go's JSON encoder writes it. */
export function jsonNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return Object.is(value, -0) ? '0' : String(value);
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}

function scalar(value: Json): string {
  if (typeof value === 'number') return jsonNumber(value);
  return escapeHtml(JSON.stringify(value));
}

/** Compact JSON with sorted keys, as Go marshals a map. */
export function compactJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(compactJson).join(',')}]`;
  if (isObject(value))
    return `{${sortedKeys(value)
      .map((key) => `${scalar(key)}:${compactJson(value[key] ?? null)}`)
      .join(',')}}`;
  return scalar(value);
}

/**
 * Indented JSON as `json.MarshalIndent`. `sorted` false keeps the order of the fields (typed objects, built in the order
 * their struct declares them).
 */
export function indentedJson(value: Json, indent = '    ', sorted = true, prefix = ''): string {
  const inner = prefix + indent;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((item) => inner + indentedJson(item, indent, sorted, inner)).join(',\n')}\n${prefix}]`;
  }
  if (isObject(value)) {
    const keys = sorted ? sortedKeys(value) : Object.keys(value);
    if (keys.length === 0) return '{}';
    const lines = keys.map(
      (key) => `${inner}${scalar(key)}: ${indentedJson(value[key] ?? null, indent, sorted, inner)}`,
    );
    return `{\n${lines.join(',\n')}\n${prefix}}`;
  }
  return scalar(value);
}

/** Go's `%v` of a decoded JSON value: `map[a:1 b:[x y]]`, `<nil>`. */
export function goValue(value: Json | undefined): string {
  if (value === undefined || value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (isObject(value))
    return `map[${sortedKeys(value)
      .map((key) => `${key}:${goValue(value[key])}`)
      .join(' ')}]`;
  if (typeof value === 'number') return jsonNumber(value);
  return String(value);
}

/** `[a b]`, Go's `%v` of a list of strings. */
export function goList(values: readonly string[]): string {
  return `[${values.join(' ')}]`;
}

/** Go's `%#v` of a decoded JSON value. */
export function goSyntax(value: Json): string {
  if (value === null) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (isObject(value))
    return `map[string]interface {}{${sortedKeys(value)
      .map((key) => `${quote(key)}:${goSyntax(value[key] ?? null)}`)
      .join(', ')}}`;
  if (typeof value === 'string') return quote(value);
  return typeof value === 'number' ? jsonNumber(value) : String(value);
}
