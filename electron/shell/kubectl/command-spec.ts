import type { FlagSet, FlagSpec, Text } from './flags.ts';
import type { Session } from './session.ts';

export type CommandGroup =
  'basic' | 'deploy' | 'cluster' | 'troubleshooting' | 'advanced' | 'settings' | 'other';

/** What arguments complete to: resource types then names, only names of one type, files, or a fixed list. */
export type ArgumentShape =
  | { readonly of: 'resources'; readonly slash?: boolean }
  | { readonly of: 'names'; readonly type: string }
  | { readonly of: 'contexts' }
  | { readonly of: 'words'; readonly words: readonly string[] }
  | { readonly of: 'nothing' };

/** One verb, or a family of verbs. Models cobra's Command as far as kubectl shows it. */
export interface CommandSpec {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** What follows the name in the usage line, without `[options]`. */
  readonly usage: string;
  readonly group?: CommandGroup;
  readonly short: Text;
  /** Command lines, one each, without comments. */
  readonly examples?: readonly string[];
  readonly flags?: readonly FlagSpec[];
  readonly subcommands?: readonly CommandSpec[];
  /** Without a subcommand its help goes to standard output, still with exit code 1. */
  readonly helpOnStdout?: boolean;
  /** Without a known subcommand it shows its help and ends with exit code 0. */
  readonly helpAlways?: boolean;
  /** A wrong flag ends with this exit code and the hint of a wrong use, as commands do whose exit code 1 means something. */
  readonly flagErrorCode?: number;
  readonly arguments?: ArgumentShape;
  /** Similar words that suggest this command. */
  readonly suggestFor?: readonly string[];
  /** Absent on families that only hold subcommands. Throws what `describeFailure` explains. Answers an exit code when it isn't 0. */
  readonly run?: (session: Session, flags: FlagSet, args: string[]) => Promise<number | void>;
}
