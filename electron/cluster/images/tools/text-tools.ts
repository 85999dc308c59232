import { LineReader, readAll } from '../container/byte-pipe.ts';
import type { Task, Tool } from '../container/interface.ts';
import { FileError } from '../container/interface.ts';
import { parseArguments, pathIn, ToolError } from './arguments.ts';
import { sizeOf } from './disk-tools.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', '\\': '\\', '0': '\0', e: '\x1b',
}; // prettier-ignore

function unescape(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{1,2}|0[0-7]{1,3}|[a-z\\0])/g, (all, code: string) => {
    if (code.startsWith('x') && code.length > 1)
      return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (/^0\d/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 255);
    return ESCAPES[code] ?? all;
  });
}

export const echo: Tool = (task) => {
  const args = task.argv.slice(1);
  let newline = true;
  let escapes = false;
  while (/^-[neE]+$/.test(args[0] ?? '')) {
    const flags = args.shift() ?? '';
    newline &&= !flags.includes('n');
    escapes ||= flags.includes('e');
  }
  const text = args.join(' ');
  task.stdout.write((escapes ? unescape(text) : text) + (newline ? '\n' : ''));
  return 0;
};

export const printf: Tool = (task) => {
  const [format = '', ...args] = task.argv.slice(1);
  let at = 0;
  do {
    const text = unescape(format).replace(/%(-?\d*)([sdixc%])/g, (_all, width: string, kind: string) => {
      if (kind === '%') return '%';
      const value = args[at++] ?? (kind === 's' || kind === 'c' ? '' : '0');
      const shown = kind === 'x' ? Number(value).toString(16) : kind === 'c' ? value.slice(0, 1) : value;
      const size = Math.abs(Number(width || 0));
      return width.startsWith('-')
        ? shown.padEnd(size)
        : shown.padStart(size, width.startsWith('0') ? '0' : ' ');
    });
    task.stdout.write(text);
  } while (at > 0 && at < args.length);
  return 0;
};

/** Text of each operand (standard input without), with its name; what cannot be read is told. */
async function inputs(
  task: Task,
  names: readonly string[],
): Promise<{ texts: { name: string; text: string }[]; code: number }> {
  const texts: { name: string; text: string }[] = [];
  let code = 0;
  for (const name of names.length === 0 ? ['-'] : names) {
    try {
      texts.push({
        name,
        text: name === '-' ? await readAll(task.stdin) : task.world.files.read(pathIn(task, name)),
      });
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      task.stderr.write(`${task.argv[0] ?? ''}: ${name}: ${error.message}\n`);
      code = 1;
    }
  }
  return { texts, code };
}

const linesOf = (text: string): string[] => {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
};
const join = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** `-5` is `-n 5`. */
function counted(task: Task): Task {
  return { ...task, argv: task.argv.flatMap((arg) => (/^-\d+$/.test(arg) ? ['-n', arg.slice(1)] : [arg])) };
}

/** Zeros that go through a pipe are kept; so many at most. */
const MAX_ZEROS = 1024 ** 2;

export const head: Tool = async (given) => {
  const task = counted(given);
  const { values, rest } = parseArguments(task, 'qv', 'nc', { lines: 'n', bytes: 'c' });
  const bytes = values.get('c');
  if (rest.length === 0 && bytes === undefined) {
    // As it comes: what is before it in a pipe may never end.
    const lines = LineReader.of(task.stdin);
    for (let left = Number(values.get('n') ?? 10); left > 0; left -= 1) {
      const line = await lines.next();
      if (line === undefined) break;
      task.stdout.write(`${line}\n`);
    }
    return 0;
  }
  const size = bytes === undefined ? undefined : sizeOf(bytes);
  if (bytes !== undefined && size === undefined) throw new ToolError(`head: invalid number '${bytes}'`);
  if (size !== undefined && rest.length === 1 && rest[0] === '/dev/zero') {
    if (task.stdout.zeros === undefined) task.stdout.write('\0'.repeat(Math.min(size, MAX_ZEROS)));
    else task.stdout.zeros(size);
    return 0;
  }
  const { texts, code } = await inputs(task, rest);
  for (const { text } of texts)
    task.stdout.write(
      bytes === undefined ? join(linesOf(text).slice(0, Number(values.get('n') ?? 10))) : text.slice(0, size),
    );
  return code;
};

export const tail: Tool = async (given) => {
  const task = counted(given);
  const { flags, values, rest } = parseArguments(task, 'fFqv', 'nc', { lines: 'n', follow: 'f' });
  const [file] = rest;
  const following = flags.has('f') || flags.has('F');
  if (following && file === '/dev/null') return new Promise<number>(() => undefined);
  const { texts, code } = await inputs(task, rest);
  const count = values.get('n') ?? '10';
  for (const { text } of texts) {
    const lines = linesOf(text);
    task.stdout.write(
      join(count.startsWith('+') ? lines.slice(Number(count) - 1) : lines.slice(-Number(count))),
    );
  }
  if (!following || file === undefined || code !== 0) return code;
  const { files } = task.world;
  const path = pathIn(task, file);
  let size = texts[0]?.text.length ?? 0;
  return new Promise<number>((_resolve, reject) => {
    const watch = files.watch(path, () => {
      try {
        const text = files.stat(path) === undefined ? '' : files.read(path);
        const fresh = text.length < size ? text : text.slice(size);
        size = text.length;
        if (fresh !== '') task.stdout.write(fresh);
      } catch (error) {
        watch.dispose();
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
};

export const grep: Tool = async (task) => {
  const { flags, values, rest } = parseArguments(task, 'ivncqrEFHhlwo', 'e');
  const [pattern = '', ...names] = values.has('e') ? [values.get('e') ?? '', ...rest] : rest;
  const escaped = flags.has('F')
    ? pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
    : flags.has('E')
      ? pattern
      : basicToExtended(pattern);
  let matcher: RegExp;
  try {
    matcher = new RegExp(flags.has('w') ? `\\b(?:${escaped})\\b` : escaped, flags.has('i') ? 'i' : '');
  } catch {
    throw new ToolError(`grep: bad regex '${pattern}'`, 2);
  }
  const { texts, code } = await inputs(task, names);
  let matched = false;
  for (const { name, text } of texts) {
    let count = 0;
    linesOf(text).forEach((line, index) => {
      if (matcher.test(line) === flags.has('v')) return;
      matched = true;
      count += 1;
      if (flags.has('q') || flags.has('c') || flags.has('l')) return;
      const prefix = (texts.length > 1 || flags.has('H')) && !flags.has('h') ? `${name}:` : '';
      const shown = flags.has('o') ? (matcher.exec(line)?.[0] ?? '') : line;
      task.stdout.write(`${prefix}${flags.has('n') ? `${index + 1}:` : ''}${shown}\n`);
    });
    if (flags.has('c')) task.stdout.write(`${texts.length > 1 ? `${name}:` : ''}${count}\n`);
    if (flags.has('l') && count > 0) task.stdout.write(`${name}\n`);
  }
  return code !== 0 ? 2 : matched ? 0 : 1;
};

/** A basic regular expression: `\(` groups, `(` is itself. */
function basicToExtended(pattern: string): string {
  return pattern.replace(
    /\\([(){}|+?])|([(){}|+?])/g,
    (_all, special?: string, plain?: string) => special ?? `\\${plain ?? ''}`,
  );
}

export const sed: Tool = async (task) => {
  const { flags, values, rest } = parseArguments(task, 'nEri', 'e');
  const [script = '', ...names] = values.has('e') ? [values.get('e') ?? '', ...rest] : rest;
  const match = /^s([^\n])([^]*)$/.exec(script);
  const parts = match === null ? [] : splitEscaped(match[2] ?? '', match[1] ?? '/');
  if (parts.length !== 3 || flags.has('n'))
    throw new ToolError(`leme: of sed, only s/…/…/ is modelled in simulated containers`, 127);
  const [from = '', to = '', options = ''] = parts;
  const source = flags.has('E') || flags.has('r') ? from : basicToExtended(from);
  const matcher = new RegExp(source, `${options.includes('g') ? 'g' : ''}${/[iI]/.test(options) ? 'i' : ''}`);
  const replacement = to
    .replace(/\$/g, '$$$$')
    .replace(/\\(\d)|\\n|\\(.)|&/g, (all, group?: string, plain?: string) =>
      group !== undefined ? `$${group}` : all === '\\n' ? '\n' : (plain ?? '$&'),
    );
  const { texts, code } = await inputs(task, names);
  for (const { name, text } of texts) {
    const changed = join(linesOf(text).map((line) => line.replace(matcher, replacement)));
    if (flags.has('i') && name !== '-') task.world.files.write(pathIn(task, name), changed);
    else task.stdout.write(changed);
  }
  return code;
};

function splitEscaped(text: string, separator: string): string[] {
  const parts = [''];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\' && text[at + 1] === separator) parts[parts.length - 1] += text[++at] ?? '';
    else if (text[at] === '\\') parts[parts.length - 1] += `\\${text[++at] ?? ''}`;
    else if (text[at] === separator) parts.push('');
    else parts[parts.length - 1] += text[at] ?? '';
  }
  return parts;
}

export const wc: Tool = async (task) => {
  const { flags, rest } = parseArguments(task, 'lwcm');
  const { texts, code } = await inputs(task, rest);
  for (const { name, text } of texts) {
    const counts: readonly (readonly [string, number])[] = [
      ['l', text.split('\n').length - 1],
      ['w', text.split(/\s+/).filter((word) => word !== '').length],
      ['c', text.length],
    ];
    const shown = counts
      .filter(([letter]) => flags.size === 0 || flags.has(letter))
      .map(([, count]) => String(count));
    task.stdout.write(
      `${shown.length === 1 ? (shown[0] ?? '') : shown.map((count) => count.padStart(9)).join('')}${name === '-' ? '' : ` ${name}`}\n`,
    );
  }
  return code;
};

export const sort: Tool = async (task) => {
  const { flags, rest } = parseArguments(task, 'nru');
  const { texts, code } = await inputs(task, rest);
  let lines = texts.flatMap(({ text }) => linesOf(text));
  lines.sort(
    (a, b) =>
      (flags.has('n') ? (Number.parseFloat(a) || 0) - (Number.parseFloat(b) || 0) : 0) ||
      (a < b ? -1 : a > b ? 1 : 0),
  );
  if (flags.has('u')) lines = lines.filter((line, index) => line !== lines[index - 1]);
  task.stdout.write(join(flags.has('r') ? lines.reverse() : lines));
  return code;
};

export const uniq: Tool = async (task) => {
  const { flags, rest } = parseArguments(task, 'cd');
  const { texts, code } = await inputs(task, rest);
  const groups: { line: string; count: number }[] = [];
  for (const line of texts.flatMap(({ text }) => linesOf(text))) {
    const last = groups.at(-1);
    if (last?.line === line) last.count += 1;
    else groups.push({ line, count: 1 });
  }
  const shown = flags.has('d') ? groups.filter(({ count }) => count > 1) : groups;
  task.stdout.write(
    join(shown.map(({ line, count }) => (flags.has('c') ? `${String(count).padStart(7)} ${line}` : line))),
  );
  return code;
};

export const cut: Tool = async (task) => {
  const { values, rest } = parseArguments(task, 's', 'dfc');
  const { texts, code } = await inputs(task, rest);
  const spec = (values.get('f') ?? values.get('c') ?? '').split(',').map((part) => part.split('-'));
  const wanted = (index: number): boolean =>
    spec.some(([from = '', to]) =>
      to === undefined
        ? Number(from) === index
        : index >= Number(from || 1) && index <= Number(to || Infinity),
    );
  const delimiter = values.has('f') ? (values.get('d') ?? '\t') : '';
  const lines = texts.flatMap(({ text }) => linesOf(text));
  task.stdout.write(
    join(
      lines.map((line) =>
        delimiter !== '' && !line.includes(delimiter)
          ? line
          : line
              .split(delimiter)
              .filter((_part, index) => wanted(index + 1))
              .join(delimiter),
      ),
    ),
  );
  return code;
};

export const tr: Tool = async (task) => {
  const { flags, rest } = parseArguments(task, 'ds');
  const set = (text: string): string =>
    unescape(text)
      .replace(
        /\[:(upper|lower|digit):\]/g,
        (_all, name: string) => ({ upper: 'A-Z', lower: 'a-z', digit: '0-9' })[name] ?? '',
      )
      .replace(/(.)-(.)/g, (_all, from: string, to: string) => {
        let range = '';
        for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code += 1)
          range += String.fromCharCode(code);
        return range;
      });
  const from = set(rest[0] ?? '');
  const to = set(rest[1] ?? '');
  const text = await readAll(task.stdin);
  let result = '';
  for (const char of text) {
    const index = from.indexOf(char);
    if (index < 0) result += char;
    else if (!flags.has('d'))
      result +=
        flags.has('s') && to === ''
          ? result.endsWith(char)
            ? ''
            : char
          : (to[Math.min(index, to.length - 1)] ?? '');
  }
  task.stdout.write(result);
  return 0;
};

export const seq: Tool = (task) => {
  const numbers = task.argv.slice(1).map(Number);
  if (numbers.length === 0 || numbers.some(Number.isNaN))
    throw new ToolError(`seq: invalid number '${task.argv[1] ?? ''}'`);
  const [first, step, last] =
    numbers.length === 1
      ? [1, 1, numbers[0] ?? 0]
      : numbers.length === 2
        ? [numbers[0] ?? 0, 1, numbers[1] ?? 0]
        : [numbers[0] ?? 0, numbers[1] || 1, numbers[2] ?? 0];
  for (let value = first; step > 0 ? value <= last : value >= last; value += step)
    task.stdout.write(`${value}\n`);
  return 0;
};

export const base64: Tool = async (task) => {
  const { flags, rest } = parseArguments(task, 'di', 'w', { decode: 'd' });
  const { texts, code } = await inputs(task, rest);
  const text = texts.map((each) => each.text).join('');
  if (flags.has('d')) task.stdout.write(atob(text.replace(/\s/g, '')));
  else task.stdout.write(join(btoa(text).match(/.{1,76}/g) ?? []));
  return code;
};
