import type { FlagSet, FlagSpec, Text } from '../kubectl/flags.ts';
import type { Version } from './print/interface.ts';
import type { Session } from './session.ts';

/** One command, or a family of commands. Models cobra's Command as far as etcdctl shows it. */
export interface CommandSpec {
  readonly name: string;
  /** What follows the command's path in the usage line. */
  readonly usage: string;
  readonly short: Text;
  readonly long?: Text;
  readonly flags?: readonly FlagSpec[];
  /** Flags of all subcommands too. */
  readonly persistentFlags?: readonly FlagSpec[];
  readonly subcommands?: readonly CommandSpec[];
  /** The first version of etcdctl that has it; default 3.4. */
  readonly since?: Version;
  /** Words the first argument may complete to. */
  readonly words?: readonly string[];
  /** Absent on families. Throws ExitError or CallError; answers an exit code when it isn't 0. */
  readonly run?: (session: Session, flags: FlagSet, args: readonly string[]) => Promise<number | void>;
}

/** A program made of such commands: etcdctl, etcdutl. */
export interface Program {
  readonly root: CommandSpec;
  readonly globalFlags: readonly FlagSpec[];
  /** Flags that only newer versions have, by name. */
  readonly newerFlags: ReadonlySet<string>;
  /** Prefix of environment variables that stand for global flags; none: they are not looked at. */
  readonly envPrefix?: string;
}
