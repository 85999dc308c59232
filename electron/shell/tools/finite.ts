import type { CommandName } from 'just-bash';
import type { Command, CommandIo } from '../interface.ts';
import { FiniteFs } from './finite-fs.ts';

/** Runs one of just-bash's tools on input that ends: all of stdin is read first, output comes at the end. */
export async function runFinite(
  io: CommandIo,
  argv: readonly string[],
  input?: Uint8Array,
): Promise<{ stdout: Uint8Array; stderr: string; code: number }> {
  const { Bash } = await import('just-bash');
  const name = argv[0] as CommandName;
  const bash = new Bash({
    fs: new FiniteFs(io.fs),
    cwd: io.cwd,
    env: { ...io.env },
    commands: [name],
    defenseInDepth: false,
  });
  const stdin = input ?? new Uint8Array(0);
  const result = await bash.exec(name, {
    args: argv.slice(1),
    stdin: Buffer.from(stdin).toString('latin1'),
    stdinKind: 'bytes',
    signal: io.signal,
    cwd: io.cwd,
  });
  return {
    stdout: Buffer.from(
      result.stdout,
      result.stdoutKind === 'bytes' || result.stdoutEncoding === 'binary' ? 'latin1' : 'utf8',
    ),
    stderr: result.stderr,
    code: result.exitCode,
  };
}

/** Reads standard input only when it is not the keyboard or when the command would wait for it. */
async function readAll(io: CommandIo): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of io.stdin) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export interface FiniteOptions {
  /** Does this call read standard input? Default: when no file operand is given, or one is `-`. */
  readsStdin?(argv: readonly string[]): boolean;
}

function withoutFiles(argv: readonly string[]): boolean {
  const rest = argv.slice(1);
  return rest.includes('-') || !rest.some((word) => !word.startsWith('-'));
}

/** A tool of the library as a command of the shell. */
export function finite(name: CommandName, en: string, pt: string, options: FiniteOptions = {}): Command {
  const readsStdin = options.readsStdin ?? withoutFiles;
  return {
    name,
    summary: { en, 'pt-BR': pt },
    async run(io) {
      const input = readsStdin(io.argv) ? await readAll(io) : undefined;
      if (io.signal.aborted) return 130;
      const result = await runFinite(io, [name, ...io.argv.slice(1)], input);
      await io.stdout.write(result.stdout);
      if (result.stderr !== '') await io.stderr.write(result.stderr);
      return result.code;
    },
  };
}
