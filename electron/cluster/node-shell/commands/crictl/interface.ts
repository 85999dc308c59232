import type { CriClient } from '../../../cri/interface.ts';
import type { CommandContext } from '../../interface.ts';
import { CommandError } from '../../interface.ts';

/** `args`: what follows the subcommand. Resolves to the exit code. */
export type Subcommand = (
  args: readonly string[],
  cri: CriClient,
  context: CommandContext,
) => Promise<number>;

/** An end with logrus's fatal line. */
export function fatal(message: string): CommandError {
  return new CommandError(`FATA[0000] ${message}\n`);
}
