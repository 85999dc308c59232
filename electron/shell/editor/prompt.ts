import type { ShellState } from '../state/shell-state.ts';

export const defaultPrompt = '\\u@\\h:\\w\\$ ';

/** The prompt text of a `PS1`/`PS2` with bash's escapes. */
export function expandPrompt(text: string, state: ShellState): string {
  const home = state.variables.get('HOME') ?? '/';
  const path =
    state.cwd === home
      ? '~'
      : state.cwd.startsWith(`${home}/`)
        ? `~${state.cwd.slice(home.length)}`
        : state.cwd;
  return text.replace(/\\(\d{3}|.)/g, (whole, code: string) => {
    switch (code) {
      case 'u':
        return state.variables.get('USER') ?? 'learner';
      case 'h':
      case 'H':
        return state.variables.get('HOSTNAME') ?? 'leme';
      case 'w':
        return path;
      case 'W':
        return path === '~' ? '~' : (path.split('/').at(-1) ?? path) || '/';
      case '$':
        return state.variables.get('EUID') === '0' ? '#' : '$';
      case '?':
        return String(state.lastExit);
      case 'n':
        return '\n';
      case 'e':
        return '\x1b';
      case '[':
      case ']':
        return '';
      case 't':
        return new Date().toTimeString().slice(0, 8);
      case 'j':
        return String(state.jobs.length);
      case '\\':
        return '\\';
      default:
        return /^\d{3}$/.test(code) ? String.fromCharCode(parseInt(code, 8)) : whole;
    }
  });
}
