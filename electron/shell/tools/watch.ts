import type { Command, CommandIo } from '../interface.ts';
import { BufferSink } from '../streams/sinks.ts';
import { emptySource } from '../streams/sources.ts';
import { duration } from './simple-tools.ts';

/** `watch [-n SECONDS] [-t] [-x] COMMAND`: runs a command again and again and shows its screenful. */
export const watch: Command = {
  name: 'watch',
  summary: { en: 'Run a command again and again', 'pt-BR': 'Roda um comando repetidamente' },
  async run(io) {
    const args = io.argv.slice(1);
    let seconds = 2;
    let title = true;
    let exact = false;
    while (args[0]?.startsWith('-') === true) {
      const option = args.shift() as string;
      if (option.startsWith('-n') || option.startsWith('--interval')) {
        const value = /^-n.+/.test(option)
          ? option.slice(2)
          : option.includes('=')
            ? (option.split('=')[1] ?? '')
            : (args.shift() ?? '');
        seconds = duration(value);
        if (Number.isNaN(seconds)) {
          await io.stderr.write(`watch: failed to parse argument: '${value}'\n`);
          return 1;
        }
      } else if (option === '-t' || option === '--no-title') title = false;
      else if (option === '-x' || option === '--exec') exact = true;
      else if (option !== '-d' && option !== '--differences' && option !== '-c' && option !== '--color') {
        await io.stderr.write(`watch: invalid option -- '${option.replace(/^-+/, '')}'\n`);
        return 1;
      }
    }
    if (args.length === 0) {
      await io.stderr.write('Usage:\n watch [options] command\n');
      return 1;
    }
    const argv = exact ? args : ['sh', '-c', args.join(' ')];
    const interval = Math.max(0.1, seconds);
    if (io.tty !== undefined) await io.stdout.write('\x1b[?1049h\x1b[?25l');
    try {
      while (!io.signal.aborted && !io.stdout.closed.aborted) {
        const out = new BufferSink();
        await io.spawn(argv, { stdin: emptySource(), stdout: out, stderr: out });
        if (io.signal.aborted) break;
        await io.stdout.write(
          screen(io, out.text(), title ? `Every ${interval.toFixed(1)}s: ${args.join(' ')}` : null),
        );
        await io.sleep(interval * 1000);
      }
    } finally {
      if (io.tty !== undefined) await io.stdout.write('\x1b[?25h\x1b[?1049l');
    }
    return io.signal.aborted ? 130 : 141;
  },
};

function screen(io: CommandIo, text: string, title: string | null): string {
  if (io.tty === undefined) return `${title === null ? '' : `${title}\n\n`}${text}`;
  const { columns, rows } = io.tty;
  const head = title === null ? [] : [title.slice(0, columns), ''];
  const lines = [...head, ...text.replace(/\n$/, '').split('\n')]
    .slice(0, rows)
    .map((line) => `${[...line].slice(0, columns).join('')}\x1b[K`);
  return `\x1b[H${lines.join('\n')}\x1b[J`;
}
