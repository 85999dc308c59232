import { FsError } from '../errors.ts';
import { resolvePath } from '../fs/resolve-path.ts';
import type { Builtin, BuiltinCall } from './interface.ts';

const stacks = new WeakMap<object, string[]>();

function stackOf(call: BuiltinCall): string[] {
  const found = stacks.get(call.shell.state);
  if (found !== undefined) return found;
  const made: string[] = [];
  stacks.set(call.shell.state, made);
  return made;
}

/** Changes the folder; answers false after telling why not. */
async function change(call: BuiltinCall, typed: string): Promise<boolean> {
  const { state, fs } = call.shell;
  const path = resolvePath(state.cwd, typed);
  try {
    const stat = await fs.stat(path);
    if (stat.kind !== 'directory') throw new FsError('ENOTDIR', path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    await call.fail(`${typed}: ${error.text}`);
    return false;
  }
  state.variables.set('OLDPWD', state.cwd);
  state.cwd = path;
  state.variables.set('PWD', path);
  return true;
}

const cd: Builtin = {
  name: 'cd',
  async run(call) {
    const args = call.argv.slice(1).filter((word) => word !== '--' && word !== '-P' && word !== '-L');
    const { state } = call.shell;
    if (args.length > 1) return call.fail('too many arguments');
    let target = args[0];
    if (target === undefined) {
      target = state.variables.get('HOME');
      if (target === undefined) return call.fail('HOME not set');
    }
    if (target === '') return 0;
    if (target === '-') {
      const old = state.variables.get('OLDPWD');
      if (old === undefined) return call.fail('OLDPWD not set');
      if (!(await change(call, old))) return 1;
      await call.out(`${state.cwd}\n`);
      return 0;
    }
    return (await change(call, target)) ? 0 : 1;
  },
};

const pwd: Builtin = {
  name: 'pwd',
  async run(call) {
    await call.out(
      `${call.argv[1] === '-P' ? await call.shell.fs.realpath(call.shell.state.cwd) : call.shell.state.cwd}\n`,
    );
    return 0;
  },
};

async function showStack(call: BuiltinCall): Promise<void> {
  const { state } = call.shell;
  const home = state.variables.get('HOME') ?? '/';
  const shown = [state.cwd, ...stackOf(call)].map((path) =>
    path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path,
  );
  await call.out(`${shown.join(' ')}\n`);
}

const pushd: Builtin = {
  name: 'pushd',
  async run(call) {
    const stack = stackOf(call);
    const here = call.shell.state.cwd;
    const target = call.argv[1] ?? stack.shift();
    if (target === undefined) return call.fail('no other directory');
    if (!(await change(call, target))) return 1;
    stack.unshift(here);
    await showStack(call);
    return 0;
  },
};

const popd: Builtin = {
  name: 'popd',
  async run(call) {
    const target = stackOf(call).shift();
    if (target === undefined) return call.fail('directory stack empty');
    if (!(await change(call, target))) return 1;
    await showStack(call);
    return 0;
  },
};

const dirs: Builtin = {
  name: 'dirs',
  async run(call) {
    await showStack(call);
    return 0;
  },
};

const umask: Builtin = {
  name: 'umask',
  async run(call) {
    if (call.argv.length === 1) await call.out('0022\n');
    return 0;
  },
};

export const folderBuiltins: readonly Builtin[] = [cd, pwd, pushd, popd, dirs, umask];
