import { BrokenPipe } from '../errors.ts';
import type { Command, CommandIo, CompletionContext } from '../interface.ts';
import { findCommand, unknownCommand } from './command-line.ts';
import { completions } from './completion.ts';
import { describeFailure, usageError } from './errors.ts';
import { FlagError, FlagSet } from './flags.ts';
import { globalFlags } from './global-flags.ts';
import { helpText, languageOf } from './help.ts';
import { runPlugin } from './plugins.ts';
import { Session } from './session.ts';
import { printCandidates } from './verbs/completion.ts';
import { root } from './verbs/root.ts';

function lineEnd(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** Runs one kubectl command line (`argv[0]` is `kubectl`) and answers its exit code. */
export async function runKubectl(io: CommandIo): Promise<number> {
  if (io.argv[1] === '__complete') return printCandidates(io, root);
  const found = findCommand(root, io.argv.slice(1));
  const language = languageOf(io.env);
  const fail = async (text: string, code = 1): Promise<number> => {
    await io.stderr.write(lineEnd(text));
    return code;
  };
  const flags = new FlagSet([
    ...(found.command.flags ?? []),
    ...globalFlags.filter(
      (each) =>
        !found.command.flags?.some(
          (own) => own.name === each.name || (own.short !== undefined && own.short === each.short),
        ),
    ),
  ]);
  const asksHelp = found.rest.includes('--help') || found.rest.includes('-h');
  if (found.unknown !== undefined && found.command === root && asksHelp) {
    const plugin = await runPlugin(io, io.argv.slice(1));
    if (plugin !== undefined) return plugin;
  }
  if (found.unknown !== undefined && !found.command.helpAlways && !asksHelp) {
    if (found.command === root) {
      const plugin = await runPlugin(io, io.argv.slice(1));
      return plugin ?? fail(`error: ${unknownCommand(root, found.unknown)}`);
    }
    return fail(
      `error: unknown command ${JSON.stringify(found.unknown)}\nSee '${found.path} -h' for help and examples`,
    );
  }
  let args: string[];
  try {
    args = flags.parse(found.rest);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    const code = found.command.flagErrorCode;
    if (code !== undefined) return fail(`error: ${usageError(found.path, error.message).message}`, code);
    return fail(`error: ${error.message}\nSee '${found.path} --help' for usage.`);
  }
  const { run } = found.command;
  if (flags.bool('help') || !run) {
    const asked = flags.bool('help') || found.command === root || found.command.helpAlways === true;
    await (asked || found.command.helpOnStdout ? io.stdout : io.stderr).write(
      helpText(found.command, found.path, language),
    );
    return asked ? 0 : 1;
  }
  const session = new Session(io, flags, found.path);
  try {
    const missing = flags.missing();
    if (missing.length > 0)
      return await fail(
        `error: required flag(s) ${missing.map((name) => JSON.stringify(name)).join(', ')} not set`,
      );
    const code = await run(session, flags, args);
    await session.settled();
    if (io.signal.aborted) return 130;
    if (flags.bool('warnings-as-errors') && session.warnings > 0) {
      return await fail(`error: ${session.warnings} warning${session.warnings === 1 ? '' : 's'} received`);
    }
    return code ?? 0;
  } catch (error) {
    if (error instanceof BrokenPipe) throw error;
    if (io.signal.aborted) return 130;
    // Nobody reads any more: a pipe such as `| head -1` has ended us.
    if (io.stdout.closed.aborted) return 141;
    await session.settled();
    const { text, code } = describeFailure(error);
    await io.stderr.write(lineEnd(text));
    return code;
  }
}

/** `kubectl` as a command of the lab shell. */
export const kubectl: Command = {
  name: 'kubectl',
  summary: { en: 'Talk to the cluster through its API.', 'pt-BR': 'Conversa com o cluster pela API.' },
  run: runKubectl,
  complete: (words: readonly string[], index: number, context: CompletionContext) =>
    completions(root, words, index, context),
};
