import { BrokenPipe } from '../errors.ts';
import { interruptCode } from '../exec/control-flow.ts';
import type { CommandIo } from '../interface.ts';
import { FlagError, FlagSet } from '../kubectl/flags.ts';
import { findCommand, unknownCommand, type Found } from './command-line.ts';
import { environmentWords } from './environment.ts';
import { CallError, ExitError, exitCode } from './errors.ts';
import { helpText, languageOf } from './help.ts';
import type { Program } from './interface.ts';
import { Session } from './session.ts';
import { versionOf } from './version.ts';

/** Runs one command line of a program (`argv[0]` is its name) and answers the exit code. */
export async function runProgram(program: Program, io: CommandIo): Promise<number> {
  const version = versionOf(io.env);
  const found = findCommand(program, helpFirst(program, io.argv.slice(1)), version);
  const help = (of: Found): Promise<void> =>
    io.stdout.write(helpText(program, of, languageOf(io.env), version));
  if (found.unknown !== undefined) {
    const message = `Error: ${unknownCommand(program, found.unknown, version)}\n`;
    await io.stderr.write(`${message}Run '${program.root.name} --help' for usage.\n${message}`);
    return exitCode.error;
  }
  const flags = new FlagSet(found.flags);
  let args: string[];
  try {
    args = flags.parse(found.rest);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    // cobra says it, shows the usage, and main says it again.
    await io.stderr.write(`Error: ${error.message}\n`);
    await help(found);
    await io.stderr.write(`\nError: ${error.message}\n`);
    return exitCode.error;
  }
  if (flags.bool('help') || found.command.run === undefined) {
    await help(found);
    return 0;
  }
  let session: Session | undefined;
  try {
    const fromEnv = environmentWords(program, flags, io.env, version);
    for (const line of fromEnv.warnings) await io.stderr.write(line);
    if (fromEnv.words.length > 0) flags.parse(fromEnv.words);
    session = new Session(io, flags, version);
    const code = await found.command.run(session, flags, args);
    return io.signal.aborted ? interruptCode(io.signal) : (code ?? 0);
  } catch (error) {
    if (error instanceof BrokenPipe) throw error;
    if (io.signal.aborted) return interruptCode(io.signal);
    if (error instanceof ExitError) {
      if (error.message !== '')
        await io.stderr.write(
          error.message.startsWith('{"level"') ? `${error.message}\n` : `Error: ${error.message}\n`,
        );
      return error.code;
    }
    if (error instanceof CallError) {
      await io.stderr.write(`Error: ${error.message}\n`);
      return exitCode.error;
    }
    if (error instanceof FlagError) {
      await io.stderr.write(`Error: ${error.message}\n`);
      return exitCode.error;
    }
    throw error;
  } finally {
    await session?.close();
  }
}

/** `help lease grant` is `lease grant --help`. */
function helpFirst(program: Program, words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => !word.startsWith('-'));
  return words[at] === 'help' && program.root.subcommands?.some(({ name }) => name === 'help') !== true
    ? [...words.slice(0, at), ...words.slice(at + 1), '--help']
    : words;
}
