import { resolvePath } from '../fs/resolve-path.ts';
import type { FileStat } from '../interface.ts';
import type { Executor } from './executor.ts';

/** One-operand tests of `[` and `[[`; `undefined` for an operator that does not exist. */
export async function unaryTest(
  shell: Executor,
  operator: string,
  operand: string,
): Promise<boolean | undefined> {
  const { state, fs } = shell;
  switch (operator) {
    case '-z':
      return operand === '';
    case '-n':
      return operand !== '';
    case '-v': {
      const match = /^(\w+)\[(.*)\]$/.exec(operand);
      const value = state.variables.lookup(match?.[1] ?? operand)?.value;
      if (match === null || !(value instanceof Map)) return state.variables.get(operand) !== undefined;
      return (value as Map<string | number, string>).has(
        /^\d+$/.test(match[2] ?? '') && state.variables.lookup(match[1] ?? '')?.kind === 'indexed'
          ? Number(match[2])
          : (match[2] ?? ''),
      );
    }
    case '-o':
      return (state.options as unknown as Record<string, boolean>)[operand] === true;
    case '-t':
      return state.interactive && shell.services.tty !== undefined;
    case '-a':
    case '-e':
    case '-f':
    case '-d':
    case '-s':
    case '-r':
    case '-w':
    case '-x':
    case '-b':
    case '-c':
    case '-p':
    case '-S':
    case '-O':
    case '-G':
    case '-N':
    case '-g':
    case '-u':
    case '-k': {
      if (operand === '') return false;
      const stat = await fs.stat(resolvePath(state.cwd, operand)).catch(() => null);
      if (stat === null) return false;
      if (operator === '-f') return stat.kind === 'file';
      if (operator === '-d') return stat.kind === 'directory';
      if (operator === '-c') return stat.kind === 'device';
      if (operator === '-s') return stat.size > 0;
      if (operator === '-x') return stat.kind === 'directory' || (stat.mode & 0o111) !== 0;
      if (operator === '-w') return (stat.mode & 0o222) !== 0;
      if (operator === '-r') return (stat.mode & 0o444) !== 0;
      return !'bpSguk'.includes(operator.charAt(1));
    }
    case '-h':
    case '-L':
      return fs.lstat(resolvePath(state.cwd, operand)).then(
        (stat) => stat.kind === 'symlink',
        () => false,
      );
    default:
      return undefined;
  }
}

/** `-nt`, `-ot`, `-ef`. */
export async function compareFiles(
  shell: Executor,
  operator: string,
  left: string,
  right: string,
): Promise<boolean> {
  const { state, fs } = shell;
  const paths = [left, right].map((typed) => resolvePath(state.cwd, typed));
  const [a, b] = await Promise.all(paths.map((path) => fs.stat(path).catch(() => null)));
  if (operator === '-ef')
    return (
      a !== null && b !== null && (await fs.realpath(paths[0] ?? '')) === (await fs.realpath(paths[1] ?? ''))
    );
  if (operator === '-nt') return isThere(a) && (!isThere(b) || a.mtimeMs > b.mtimeMs);
  return isThere(b) && (!isThere(a) || a.mtimeMs < b.mtimeMs);
}

function isThere(stat: FileStat | null | undefined): stat is FileStat {
  return stat !== null && stat !== undefined;
}
