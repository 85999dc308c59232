import type { ShellState } from '../state/shell-state.ts';

/** Single-character parameters and positions (`$1`, `$#`, `$?` …); `undefined` when the parameter is unset. */
export function specialParameter(state: ShellState, name: string): string | undefined {
  if (/^\d+$/.test(name)) return name === '0' ? state.name : state.positional[Number(name) - 1];
  switch (name) {
    case '#':
      return String(state.positional.length);
    case '?':
      return String(state.lastExit);
    case '$':
      return String(state.shared.pid);
    case '!':
      return state.lastBackground === 0 ? undefined : String(state.lastBackground);
    case '-':
      return optionLetters(state);
    default:
      return undefined;
  }
}

function optionLetters(state: ShellState): string {
  const { options } = state;
  return `${options.allexport ? 'a' : ''}${options.errexit ? 'e' : ''}${options.noglob ? 'f' : ''}h${state.interactive ? 'im' : ''}${options.nounset ? 'u' : ''}${options.xtrace ? 'x' : ''}B${options.noclobber ? 'C' : ''}${state.interactive ? 'H' : ''}`;
}

/** Variables that are computed when read, as in bash. */
export function computedVariable(state: ShellState, name: string): string | undefined {
  switch (name) {
    case 'RANDOM':
      return String(Math.floor(Math.random() * 32_768));
    case 'SECONDS':
      return String(Math.floor((Date.now() - state.shared.startedAt) / 1000));
    case 'EPOCHSECONDS':
      return String(Math.floor(Date.now() / 1000));
    case 'LINENO':
      return String(state.line);
    case 'BASHPID':
      return String(state.shared.pid);
    case 'BASH_SUBSHELL':
      return String(state.subshellDepth);
    default:
      return undefined;
  }
}

/** Arrays that are computed when read. */
export function computedArray(state: ShellState, name: string): string[] | undefined {
  if (name === 'PIPESTATUS') return state.pipeStatus.map(String);
  if (name === 'FUNCNAME') return state.functionNames.toReversed();
  return undefined;
}
