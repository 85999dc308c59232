import type { FunctionDefNode } from '../parse/ast.ts';
import type { Job } from './job.ts';
import { Variables } from './variables.ts';

/** `set -e` and friends. */
export interface ShellOptions {
  errexit: boolean;
  nounset: boolean;
  xtrace: boolean;
  pipefail: boolean;
  noglob: boolean;
  noclobber: boolean;
  allexport: boolean;
  noexec: boolean;
}

/** What all subshells of one console share. */
export interface SharedState {
  /** `$$`. */
  readonly pid: number;
  nextPid: number;
  readonly history: string[];
  readonly startedAt: number;
}

/** Everything a shell environment is; a subshell is a `clone` that nobody else sees. */
export class ShellState {
  variables: Variables;
  functions = new Map<string, FunctionDefNode>();
  aliases = new Map<string, string>();
  shopt = new Map<string, boolean>([
    ['nullglob', false],
    ['dotglob', false],
    ['failglob', false],
    ['globstar', false],
    ['extglob', false],
    ['nocaseglob', false],
    ['nocasematch', false],
    ['expand_aliases', false],
  ]);
  options: ShellOptions = {
    errexit: false,
    nounset: false,
    xtrace: false,
    pipefail: false,
    noglob: false,
    noclobber: false,
    allexport: false,
    noexec: false,
  };
  traps = new Map<string, string>();
  positional: string[] = [];
  name: string;
  cwd: string;
  lastExit = 0;
  lastBackground = 0;
  pipeStatus: number[] = [0];
  jobs: Job[] = [];
  interactive = false;
  /** Depth of loops, functions and sourced files, for `break`, `return`. */
  loopDepth = 0;
  functionDepth = 0;
  sourceDepth = 0;
  functionNames: string[] = [];
  line = 1;
  subshellDepth = 0;
  /** Offset inside a bundled option word for `getopts`. */
  getoptsOffset = 0;
  readonly shared: SharedState;

  constructor(name: string, cwd: string, shared: SharedState) {
    this.name = name;
    this.cwd = cwd;
    this.variables = new Variables();
    this.shared = shared;
  }

  clone(): ShellState {
    const copy = new ShellState(this.name, this.cwd, this.shared);
    copy.variables = this.variables.clone();
    copy.functions = new Map(this.functions);
    copy.aliases = new Map(this.aliases);
    copy.shopt = new Map(this.shopt);
    copy.options = { ...this.options };
    copy.positional = [...this.positional];
    copy.lastExit = this.lastExit;
    copy.lastBackground = this.lastBackground;
    copy.pipeStatus = [...this.pipeStatus];
    copy.loopDepth = this.loopDepth;
    copy.functionDepth = this.functionDepth;
    copy.sourceDepth = this.sourceDepth;
    copy.functionNames = [...this.functionNames];
    copy.line = this.line;
    copy.subshellDepth = this.subshellDepth + 1;
    return copy;
  }
}
