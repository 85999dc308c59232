import type { Command } from '../interface.ts';
import { FileWriter } from './file-writer.ts';
import { parseOptions, usageError } from './options.ts';

const units: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of `10`, `1.5m`, `2h`; NaN when it is none. */
export function duration(text: string): number {
  const match = /^(\d*\.?\d+|\d+\.)([smhd]?)$/.exec(text);
  if (match === null) return text === 'infinity' || text === 'inf' ? Infinity : NaN;
  return Number(match[1]) * (units[match[2] ?? ''] ?? 1);
}

export const sleep: Command = {
  name: 'sleep',
  summary: { en: 'Wait', 'pt-BR': 'Espera' },
  async run(io) {
    if (io.argv.length < 2) return usageError(io, 'sleep: missing operand');
    let seconds = 0;
    for (const word of io.argv.slice(1)) {
      const value = duration(word);
      if (Number.isNaN(value)) return usageError(io, `sleep: invalid time interval ‘${word}’`);
      seconds += value;
    }
    await io.sleep(seconds * 1000);
    return io.signal.aborted ? 130 : 0;
  },
};

export const yes: Command = {
  name: 'yes',
  summary: { en: 'Repeat a line for ever', 'pt-BR': 'Repete uma linha para sempre' },
  async run(io) {
    const line = `${io.argv.length > 1 ? io.argv.slice(1).join(' ') : 'y'}\n`;
    const block = line.repeat(Math.max(1, Math.floor(8192 / line.length)));
    for (let turn = 0; !io.signal.aborted; turn++) {
      await io.stdout.write(block);
      if (turn % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return 130;
  },
};

export const tee: Command = {
  name: 'tee',
  summary: {
    en: 'Copy input to files and to output',
    'pt-BR': 'Copia a entrada para arquivos e para a saída',
  },
  async run(io) {
    const options = parseOptions(io.argv, 'aip', { append: 'a', 'ignore-interrupts': 'i' });
    if (options.problem !== undefined) return usageError(io, options.problem);
    let code = 0;
    const files: FileWriter[] = [];
    for (const operand of options.operands) {
      const file = new FileWriter(io.fs, io.path(operand));
      const problem = await file.start(options.has('a'));
      if (problem === null) files.push(file);
      else {
        code = 1;
        await io.stderr.write(`tee: ${operand}: ${problem}\n`);
      }
    }
    for await (const chunk of io.stdin) {
      for (const file of files) await file.write(chunk);
      await io.stdout.write(chunk);
    }
    return code;
  },
};

export const seq: Command = {
  name: 'seq',
  summary: { en: 'Print a sequence of numbers', 'pt-BR': 'Mostra uma sequência de números' },
  async run(io) {
    const words = io.argv.slice(1);
    let separator = '\n';
    let equal = false;
    while (/^-[swf]/.test(words[0] ?? '') && !/^-[\d.]/.test(words[0] ?? '')) {
      const flag = words.shift() as string;
      if (flag === '-w') equal = true;
      else if (flag.startsWith('-s')) separator = flag.length > 2 ? flag.slice(2) : (words.shift() ?? '');
      else words.shift();
    }
    const numbers = words.map(Number);
    const bad = words.find((_, at) => Number.isNaN(numbers[at]));
    if (bad !== undefined) return usageError(io, `seq: invalid floating point argument: ‘${bad}’`);
    if (words.length === 0 || words.length > 3)
      return usageError(
        io,
        words.length === 0 ? 'seq: missing operand' : `seq: extra operand ‘${words[3] ?? ''}’`,
      );
    const [first, step, last] =
      words.length === 1
        ? [1, 1, numbers[0] ?? 0]
        : words.length === 2
          ? [numbers[0] ?? 0, 1, numbers[1] ?? 0]
          : [numbers[0] ?? 0, numbers[1] ?? 1, numbers[2] ?? 0];
    if (step === 0) return usageError(io, `seq: invalid Zero increment value: ‘${words[1] ?? ''}’`);
    const digits = Math.max(
      ...words.slice(0, 2).map((word) => (word.split('.')[1] ?? '').length),
      words.length === 1 ? 0 : 0,
    );
    const width = equal ? Math.max(first.toFixed(digits).length, last.toFixed(digits).length) : 0;
    let block = '';
    const count = Math.floor((last - first) / step + 1e-10);
    for (let at = 0; at <= count; at++) {
      if (io.signal.aborted) return 130;
      block += `${at === 0 ? '' : separator}${(first + at * step).toFixed(digits).padStart(width, '0')}`;
      if (block.length > 16_384) {
        await io.stdout.write(block);
        block = '';
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    if (count >= 0) await io.stdout.write(`${block}\n`);
    return 0;
  },
};

export const clear: Command = {
  name: 'clear',
  summary: { en: 'Clear the screen', 'pt-BR': 'Limpa a tela' },
  async run(io) {
    await io.stdout.write('\x1b[H\x1b[2J\x1b[3J');
    return 0;
  },
};

export const env: Command = {
  name: 'env',
  summary: {
    en: 'Show the environment or run a command in a changed one',
    'pt-BR': 'Mostra o ambiente ou roda um comando em outro',
  },
  async run(io) {
    const words = io.argv.slice(1);
    let variables: Record<string, string> = { ...io.env };
    while (words.length > 0) {
      const word = words[0] as string;
      if (word === '-i' || word === '-') variables = {};
      else if (word === '-u') {
        words.shift();
        const { [words[0] ?? '']: _gone, ...rest } = variables;
        variables = rest;
      } else if (/^[A-Za-z_]\w*=/.test(word))
        variables[word.slice(0, word.indexOf('='))] = word.slice(word.indexOf('=') + 1);
      else if (word !== '--') break;
      words.shift();
    }
    if (words.length > 0) return io.spawn(words, { env: variables });
    await io.stdout.write(
      Object.entries(variables)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    return 0;
  },
};

export const printenv: Command = {
  name: 'printenv',
  summary: { en: 'Show environment variables', 'pt-BR': 'Mostra variáveis de ambiente' },
  async run(io) {
    const names = io.argv.slice(1);
    if (names.length === 0) {
      await io.stdout.write(
        Object.entries(io.env)
          .map(([name, value]) => `${name}=${value}\n`)
          .join(''),
      );
      return 0;
    }
    let code = 0;
    for (const name of names) {
      const value = io.env[name];
      if (value === undefined) code = 1;
      else await io.stdout.write(`${value}\n`);
    }
    return code;
  },
};

export const timeout: Command = {
  name: 'timeout',
  summary: { en: 'Run a command with a time limit', 'pt-BR': 'Roda um comando com limite de tempo' },
  async run(io) {
    const words = io.argv.slice(1);
    while (/^-/.test(words[0] ?? '')) {
      const flag = words.shift() as string;
      if (flag === '-s' || flag === '-k') words.shift();
    }
    const seconds = duration(words[0] ?? '');
    if (words.length < 2) return usageError(io, 'timeout: missing operand', 125);
    if (Number.isNaN(seconds))
      return usageError(io, `timeout: invalid time interval ‘${words[0] ?? ''}’`, 125);
    const limit = new AbortController();
    const ended = new AbortController();
    void io.sleep(seconds * 1000).then(() => {
      if (!ended.signal.aborted) limit.abort(15);
    });
    const code = await io.spawn(words.slice(1), { signal: AbortSignal.any([io.signal, limit.signal]) });
    ended.abort();
    return limit.signal.aborted ? 124 : code;
  },
};
