import type { Json, JsonObject } from '../json.ts';
import { isObject } from '../json.ts';
import { jsonNumber } from '../go-format.ts';
import { compareKeys } from './key-order.ts';
import { isBase60, resolvePlain } from './resolve.ts';
import { analyze, doubleQuoted, folded, literal } from './scalar.ts';

/**
 * YAML as `sigs.k8s.io/yaml` writes it: sorted keys, lists level with their key, strings quoted where YAML 1.1 would read
 * something else, `|` for several lines, no folding.
 */
export function writeYaml(value: Json): string {
  const out: string[] = [];
  if (isBlock(value)) block(value, 0, out);
  else out.push(`${scalar(value, 0, 0)}\n`);
  return out.join('');
}

function isBlock(value: Json): value is Json[] | JsonObject {
  return Array.isArray(value) ? value.length > 0 : isObject(value) && Object.keys(value).length > 0;
}

/** Writes a non-empty list or mapping whose lines begin at `indent`; the first line continues where the caller stands. */
function block(value: Json[] | JsonObject, indent: number, out: string[]): void {
  const pad = ' '.repeat(indent);
  let first = true;
  const lead = (): string => {
    const text = first ? '' : pad;
    first = false;
    return text;
  };
  if (Array.isArray(value)) {
    for (const item of value) {
      if (isBlock(item)) {
        out.push(`${lead()}- `);
        block(item, indent + 2, out);
      } else out.push(`${lead()}- ${scalar(item, indent + 2, indent + 2)}\n`);
    }
    return;
  }
  for (const key of Object.keys(value).sort(compareKeys)) {
    const item = value[key] ?? null;
    const shown = keyText(key, indent);
    const start = shown.complex ? `${lead()}? ${shown.text}\n${pad}:` : `${lead()}${shown.text}:`;
    if (Array.isArray(item) && item.length > 0) {
      out.push(`${start}\n${pad}`);
      block(item, indent, out);
    } else if (isBlock(item)) {
      out.push(`${start}\n${' '.repeat(indent + 2)}`);
      block(item, indent + 2, out);
    } else out.push(`${start} ${scalar(item, indent + 2, indent + shown.text.length + 2)}\n`);
  }
}

function keyText(key: string, indent: number): { text: string; complex: boolean } {
  const complex = key.length > 128 || key.includes('\n');
  return { text: scalar(key, indent + 2, complex ? indent + 2 : -1), complex };
}

/** `column` is where the text begins; -1 for a key, which stays on one line. */
function scalar(value: Json, indent: number, column: number): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return '[]';
  if (typeof value === 'object') return '{}';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return jsonNumber(value);
  return text(value, indent, column);
}

function text(value: string, indent: number, column: number): string {
  const how = analyze(value);
  if (value.includes('\n'))
    return how.block && column >= 0 ? literal(value, indent) : doubleQuoted(value, column, indent);
  const canBePlain = resolvePlain(value) === undefined && !isBase60(value);
  if (!canBePlain) return doubleQuoted(value, column, indent);
  if (how.plain) return column < 0 ? value : folded(value, column, indent);
  if (!how.single) return doubleQuoted(value, column, indent);
  return `'${column < 0 ? value.replaceAll("'", "''") : folded(value, column + 1, indent, true)}'`;
}
