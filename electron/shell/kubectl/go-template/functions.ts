import { compactJson, escapeHtml, goValue, quote } from '../go-format.ts';
import type { Json } from '../json.ts';
import { at, equal, isObject } from '../json.ts';
import { TemplateError } from './lex.ts';

export function truth(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isObject(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** How an action prints a value; absent ones are `<no value>`. */
export function shown(value: Json | undefined): string {
  return value === undefined || value === null ? '<no value>' : goValue(value);
}

function text(value: Json | undefined): string {
  return value === undefined ? '' : goValue(value);
}

function size(value: Json | undefined): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (isObject(value)) return Object.keys(value).length;
  throw new TemplateError(`error calling len: len of nil pointer`);
}

/** `fmt.Sprintf` for the verbs templates use. */
function printf(args: readonly (Json | undefined)[]): string {
  const [format, ...rest] = args;
  let next = 0;
  return text(format).replace(
    /%([-+0# ]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g,
    (whole, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      if (next >= rest.length) return `%!${verb}(MISSING)`;
      const value = rest[next++];
      let out: string;
      if (verb === 'q') out = quote(text(value));
      else if (verb === 'd')
        out = typeof value === 'number' ? String(Math.trunc(value)) : `%!d(string=${text(value)})`;
      else if (verb === 'f') out = Number(value).toFixed(precision === undefined ? 6 : Number(precision));
      else if (verb === 'x')
        out = typeof value === 'number' ? value.toString(16) : Buffer.from(text(value)).toString('hex');
      else if (verb === 't' || verb === 's' || verb === 'v')
        out = precision === undefined ? text(value) : text(value).slice(0, Number(precision));
      else return whole;
      const wide = Number(width || '0');
      if (flags.includes('-')) return out.padEnd(wide);
      return out.padStart(wide, flags.includes('0') && verb === 'd' ? '0' : ' ');
    },
  );
}

function order(a: Json | undefined, b: Json | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a === b ? 0 : a < b ? -1 : 1;
  throw new TemplateError('incompatible types for comparison');
}

type Value = Json | undefined;

/** The functions of text/template and the two kubectl adds. */
export const functions: ReadonlyMap<string, (args: readonly Value[]) => Value> = new Map<
  string,
  (args: readonly Value[]) => Value
>([
  ['print', (args) => args.map(text).join('')],
  ['println', (args) => `${args.map(text).join(' ')}\n`],
  ['printf', (args) => printf(args)],
  ['len', (args) => size(args[0])],
  [
    'index',
    (args) =>
      args
        .slice(1)
        .reduce<Value>(
          (value, key) => (typeof key === 'string' || typeof key === 'number' ? at(value, key) : undefined),
          args[0],
        ),
  ],
  [
    'slice',
    (args) => {
      const [value, from, to] = args;
      const low = typeof from === 'number' ? from : 0;
      const high = typeof to === 'number' ? to : undefined;
      return Array.isArray(value) || typeof value === 'string' ? value.slice(low, high) : null;
    },
  ],
  ['not', (args) => !truth(args[0])],
  ['and', (args) => args.find((each) => !truth(each)) ?? args.at(-1)],
  ['or', (args) => args.find((each) => truth(each)) ?? args.at(-1)],
  ['eq', (args) => args.slice(1).some((each) => equal(args[0], each))],
  ['ne', (args) => !equal(args[0], args[1])],
  ['lt', (args) => order(args[0], args[1]) < 0],
  ['le', (args) => order(args[0], args[1]) <= 0],
  ['gt', (args) => order(args[0], args[1]) > 0],
  ['ge', (args) => order(args[0], args[1]) >= 0],
  [
    'html',
    (args) =>
      args
        .map(text)
        .join('')
        .replace(/[&<>"']/g, (ch) => `&#${ch.charCodeAt(0)};`),
  ],
  ['js', (args) => escapeHtml(args.map(text).join(''))],
  ['urlquery', (args) => encodeURIComponent(args.map(text).join(''))],
  [
    'exists',
    (args) =>
      args
        .slice(1)
        .reduce<Value>(
          (value, key) => (typeof key === 'string' || typeof key === 'number' ? at(value, key) : undefined),
          args[0],
        ) !== undefined,
  ],
  ['base64decode', (args) => Buffer.from(text(args[0]), 'base64').toString('utf8')],
  ['toJson', (args) => compactJson(args[0] ?? null)],
]);
