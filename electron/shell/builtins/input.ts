import { sinkOf, sourceOf } from '../exec/frame.ts';
import type { ByteSource } from '../interface.ts';
import { ReadableBase } from '../streams/readable-base.ts';
import { splitFields } from '../expand/split.ts';
import { aborted } from './control.ts';
import type { Builtin, BuiltinCall } from './interface.ts';

/** One record up to `delimiter`; what came after it stays for the next reader. `ended` when input ended first. */
export async function readRecord(
  source: ByteSource,
  delimiter: number,
  limit: number,
  signal: AbortSignal,
  deadline?: Promise<null>,
): Promise<{ text: string; ended: boolean; timedOut: boolean }> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const chunk = await Promise.race([
      source.read(),
      aborted(signal),
      ...(deadline === undefined ? [] : [deadline.then(() => undefined)]),
    ]);
    if (chunk === undefined) return { text: Buffer.concat(parts).toString(), ended: true, timedOut: true };
    if (chunk === null) return { text: Buffer.concat(parts).toString(), ended: true, timedOut: false };
    const at = delimiter < 0 ? -1 : chunk.indexOf(delimiter);
    const end = at < 0 ? chunk.length : at;
    const take = Math.min(end, limit - size);
    parts.push(chunk.subarray(0, take));
    size += take;
    const full = size >= limit;
    if (at >= 0 || full) {
      const next = full && take < end ? take : full && at < 0 ? take : at === take ? take + 1 : take;
      if (source instanceof ReadableBase) source.unread(chunk.subarray(next));
      return { text: Buffer.concat(parts).toString(), ended: false, timedOut: false };
    }
  }
}

interface ReadOptions {
  raw: boolean;
  silent: boolean;
  prompt: string;
  delimiter: string;
  limit: number;
  array?: string;
  timeout?: number;
  fd: number;
  names: string[];
}

async function options(call: BuiltinCall): Promise<ReadOptions | number> {
  const out: ReadOptions = {
    raw: false,
    silent: false,
    prompt: '',
    delimiter: '\n',
    limit: Infinity,
    fd: 0,
    names: [],
  };
  const args = call.argv.slice(1);
  while (args.length > 0) {
    const word = args.shift() as string;
    if (word === '--') {
      out.names.push(...args);
      break;
    }
    if (!/^-[a-zA-Z]/.test(word)) {
      out.names.push(word, ...args);
      break;
    }
    for (let at = 1; at < word.length; at++) {
      const flag = word.charAt(at);
      if (flag === 'r') out.raw = true;
      else if (flag === 's') out.silent = true;
      else if (flag === 'e') continue;
      else if ('pdnNatu'.includes(flag)) {
        const value = at + 1 < word.length ? word.slice(at + 1) : args.shift();
        if (value === undefined) return call.fail(`-${flag}: option requires an argument`, 2);
        if (flag === 'p') out.prompt = value;
        else if (flag === 'd') out.delimiter = value === '' ? '\0' : value.charAt(0);
        else if (flag === 'n') out.limit = Number(value);
        else if (flag === 'N') {
          out.limit = Number(value);
          out.delimiter = '';
        } else if (flag === 'a') out.array = value;
        else if (flag === 't') out.timeout = Number(value) * 1000;
        else out.fd = Number(value);
        break;
      } else return call.fail(`-${flag}: invalid option`, 2);
    }
  }
  return out;
}

const read: Builtin = {
  name: 'read',
  async run(call) {
    const opts = await options(call);
    if (typeof opts === 'number') return opts;
    const bad = opts.names.find((name) => !/^[A-Za-z_]\w*(\[.*\])?$/.test(name));
    if (bad !== undefined) return call.fail(`\`${bad}': not a valid identifier`);
    const { frame, shell } = call;
    const source = sourceOf(frame, opts.fd);
    if (opts.prompt !== '' && source.isTty) await sinkOf(frame, 2).write(opts.prompt);
    const deadline =
      opts.timeout === undefined
        ? undefined
        : shell.services.sleep(opts.timeout, frame.signal).then(() => null);
    const echo =
      opts.silent && 'silence' in source && typeof source.silence === 'function'
        ? (source.silence as (quiet: boolean) => void).bind(source)
        : undefined;
    echo?.(true);
    const code = opts.delimiter === '' ? -1 : (Buffer.from(opts.delimiter)[0] as number);
    let record = await readRecord(source, code, opts.limit, frame.signal, deadline);
    let text = record.text;
    while (!opts.raw && !record.ended && /(^|[^\\])(\\\\)*\\$/.test(text)) {
      record = await readRecord(source, code, opts.limit, frame.signal, deadline);
      text = text.slice(0, -1) + record.text;
    }
    echo?.(false);
    if (frame.signal.aborted) return 130;
    await store(call, opts, text);
    return record.timedOut ? 142 : record.ended ? 1 : 0;
  },
};

async function store(call: BuiltinCall, opts: ReadOptions, text: string): Promise<void> {
  const { state } = call.shell;
  const ifs = state.variables.lookup('IFS')?.value;
  const separators = ifs === undefined ? ' \t\n' : String(ifs);
  const pieces = unescapePieces(text, opts.raw);
  if (opts.array !== undefined) {
    const fields = splitFields(
      pieces.map((piece) => ({ text: piece.text, quoted: false, split: !piece.escaped })),
      separators,
    ).map((field) => field.map((part) => part.text).join(''));
    state.variables.setArray(opts.array, 'indexed', new Map(fields.map((field, at) => [at, field])));
    return;
  }
  if (opts.names.length === 0) {
    state.variables.set('REPLY', pieces.map((piece) => piece.text).join(''));
    return;
  }
  const chars = pieces.flatMap((piece) => [...piece.text].map((char) => ({ char, escaped: piece.escaped })));
  const separator = (at: number): boolean => {
    const item = chars[at];
    return item !== undefined && !item.escaped && separators.includes(item.char);
  };
  const blank = (at: number): boolean => separator(at) && /\s/.test(chars[at]?.char ?? '');
  let at = 0;
  while (blank(at)) at++;
  for (const [index, name] of opts.names.entries()) {
    let value = '';
    if (index === opts.names.length - 1) {
      let end = chars.length;
      while (end > at && blank(end - 1)) end--;
      const rest = chars.slice(at, end);
      const single =
        rest.length > 0 &&
        separator(end - 1) &&
        !rest.slice(0, -1).some((item) => !item.escaped && separators.includes(item.char));
      value = (single ? rest.slice(0, -1) : rest).map((item) => item.char).join('');
    } else {
      while (at < chars.length && !separator(at)) value += chars[at++]?.char ?? '';
      while (blank(at)) at++;
      if (at < chars.length && separator(at) && !blank(at)) {
        at++;
        while (blank(at)) at++;
      }
    }
    await setNamed(call, name, value);
  }
}

async function setNamed(call: BuiltinCall, name: string, value: string): Promise<void> {
  const match = /^(\w+)\[(.*)\]$/.exec(name);
  if (match === null) call.shell.state.variables.set(name, value);
  else
    call.shell.state.variables.setElement(
      match[1] as string,
      await call.shell.expander.subscript(match[1] as string, match[2] as string),
      value,
    );
}

function unescapePieces(text: string, raw: boolean): { text: string; escaped: boolean }[] {
  if (raw || !text.includes('\\')) return [{ text, escaped: false }];
  const out: { text: string; escaped: boolean }[] = [];
  for (const part of text.split(/(\\[\s\S])/)) {
    if (part === '') continue;
    out.push(
      /^\\[\s\S]$/.test(part)
        ? { text: part.charAt(1), escaped: true }
        : { text: part.replace(/\\$/, ''), escaped: false },
    );
  }
  return out;
}

function mapfile(name: 'mapfile' | 'readarray'): Builtin {
  return {
    name,
    async run(call) {
      const args = call.argv.slice(1);
      let trim = false;
      let delimiter = '\n';
      let limit = Infinity;
      while (args[0]?.startsWith('-') === true) {
        const flag = args.shift() as string;
        if (flag === '-t') trim = true;
        else if (flag === '-d') delimiter = args.shift() ?? '\n';
        else if (flag === '-n') limit = Number(args.shift() ?? '0') || Infinity;
        else return call.fail(`${flag}: invalid option`, 2);
      }
      const text = await sourceOf(call.frame).text();
      const lines = text.split(delimiter === '' ? '\0' : delimiter);
      const last = lines.pop() ?? '';
      const items = lines.map((line) => (trim ? line : line + delimiter));
      if (last !== '') items.push(last);
      call.shell.state.variables.setArray(
        args[0] ?? 'MAPFILE',
        'indexed',
        new Map(items.slice(0, limit).map((item, at) => [at, item])),
      );
      return 0;
    },
  };
}

export const inputBuiltins: readonly Builtin[] = [read, mapfile('mapfile'), mapfile('readarray')];
