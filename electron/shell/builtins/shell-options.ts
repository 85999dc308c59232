import { quoteForShell } from '../expand/parameter-ops.ts';
import type { ShellOptions } from '../state/shell-state.ts';
import type { Builtin, BuiltinCall } from './interface.ts';

const letters: Readonly<Record<string, keyof ShellOptions>> = {
  e: 'errexit',
  u: 'nounset',
  x: 'xtrace',
  f: 'noglob',
  C: 'noclobber',
  a: 'allexport',
  n: 'noexec',
};
const optionNames: readonly (keyof ShellOptions)[] = [
  'allexport',
  'errexit',
  'noclobber',
  'noexec',
  'noglob',
  'nounset',
  'pipefail',
  'xtrace',
];
/** Accepted without effect: they describe what this shell always or never does. */
const fixed = new Set(['h', 'm', 'b', 'B', 'H', 'E', 'T', 'P', 'v', 'k', 'p', 't']);
const fixedNames = new Set([
  'braceexpand',
  'hashall',
  'histexpand',
  'history',
  'monitor',
  'emacs',
  'vi',
  'interactive-comments',
  'posix',
  'errtrace',
  'functrace',
  'notify',
  'ignoreeof',
  'verbose',
  'physical',
]);

const set: Builtin = {
  name: 'set',
  async run(call) {
    const { state } = call.shell;
    const args = call.argv.slice(1);
    if (args.length === 0) return listVariables(call);
    for (let at = 0; at < args.length; at++) {
      const word = args[at] as string;
      if (word === '--' || word === '-') {
        state.positional = args.slice(at + 1);
        return 0;
      }
      if (!/^[-+]./.test(word)) {
        state.positional = args.slice(at);
        return 0;
      }
      const on = word.startsWith('-');
      for (const letter of word.slice(1)) {
        const name = letters[letter];
        if (name !== undefined) state.options[name] = on;
        else if (letter === 'o') {
          const wanted = args[++at];
          if (wanted === undefined) return listOptions(call, on);
          if ((optionNames as readonly string[]).includes(wanted))
            state.options[wanted as keyof ShellOptions] = on;
          else if (!fixedNames.has(wanted)) return call.fail(`${wanted}: invalid option name`, 2);
        } else if (!fixed.has(letter)) return call.fail(`${word.charAt(0)}${letter}: invalid option`, 2);
      }
    }
    return 0;
  },
};

async function listVariables(call: BuiltinCall): Promise<number> {
  const { variables } = call.shell.state;
  for (const name of variables.names()) {
    const value = variables.get(name);
    if (value !== undefined)
      await call.out(`${name}=${/^[\w@%+=:,./-]*$/.test(value) ? value : quoteForShell(value)}\n`);
  }
  return 0;
}

async function listOptions(call: BuiltinCall, readable: boolean): Promise<number> {
  const { options } = call.shell.state;
  for (const name of optionNames) {
    await call.out(
      readable
        ? `${name.padEnd(15)}\t${options[name] ? 'on' : 'off'}\n`
        : `set ${options[name] ? '-' : '+'}o ${name}\n`,
    );
  }
  return 0;
}

const shopt: Builtin = {
  name: 'shopt',
  async run(call) {
    const { state } = call.shell;
    let mode: 's' | 'u' | 'q' | '' = '';
    const names: string[] = [];
    for (const word of call.argv.slice(1)) {
      if (word === '-s' || word === '-u' || word === '-q') mode = word.charAt(1) as 's' | 'u' | 'q';
      else if (!word.startsWith('-')) names.push(word);
    }
    let code = 0;
    for (const name of names.length === 0 ? state.shopt.keys() : names) {
      const value = state.shopt.get(name);
      if (value === undefined) code = await call.fail(`${name}: invalid shell option name`);
      else if (mode === 's' && names.length > 0) state.shopt.set(name, true);
      else if (mode === 'u' && names.length > 0) state.shopt.set(name, false);
      else {
        if (mode !== 'q') await call.out(`${name.padEnd(15)}\t${value ? 'on' : 'off'}\n`);
        if (!value && names.length > 0) code = 1;
      }
    }
    return code;
  },
};

const shift: Builtin = {
  name: 'shift',
  async run(call) {
    const { state } = call.shell;
    const by = Number(call.argv[1] ?? '1');
    if (!Number.isInteger(by)) return call.fail(`${call.argv[1] ?? ''}: numeric argument required`);
    if (by < 0) return call.fail(`${String(by)}: shift count out of range`);
    if (by > state.positional.length) return 1;
    state.positional = state.positional.slice(by);
    return 0;
  },
};

const getopts: Builtin = {
  name: 'getopts',
  async run(call) {
    const { state } = call.shell;
    const spec = call.argv[1];
    const name = call.argv[2];
    if (spec === undefined || name === undefined)
      return call.fail('usage: getopts optstring name [arg ...]', 2);
    const args = call.argv.length > 3 ? call.argv.slice(3) : state.positional;
    const silent = spec.startsWith(':');
    let index = Number(state.variables.get('OPTIND') ?? '1');
    const word = args[index - 1];
    const end = (): number => {
      state.variables.set(name, '?');
      state.variables.set('OPTIND', String(index));
      state.getoptsOffset = 0;
      return 1;
    };
    if (word === undefined || !word.startsWith('-') || word === '-') return end();
    if (word === '--') {
      index++;
      return end();
    }
    const at = state.getoptsOffset === 0 ? 1 : state.getoptsOffset;
    const letter = word.charAt(at);
    const known = letter !== ':' && spec.includes(letter);
    const takes = known && spec.charAt(spec.indexOf(letter) + 1) === ':';
    state.variables.unset('OPTARG');
    state.getoptsOffset = at + 1 < word.length ? at + 1 : 0;
    if (state.getoptsOffset === 0) index++;
    let value = known ? letter : '?';
    if (!known) {
      if (silent) state.variables.set('OPTARG', letter);
      else await call.shell.complain(call.frame, `illegal option -- ${letter}`);
    } else if (takes) {
      const inline = at + 1 < word.length ? word.slice(at + 1) : args[index - 1];
      if (at + 1 < word.length) index++;
      else if (inline !== undefined) index++;
      state.getoptsOffset = 0;
      if (inline !== undefined) state.variables.set('OPTARG', inline);
      else {
        value = silent ? ':' : '?';
        if (silent) state.variables.set('OPTARG', letter);
        else await call.shell.complain(call.frame, `option requires an argument -- ${letter}`);
      }
    }
    state.variables.set(name, value);
    state.variables.set('OPTIND', String(index));
    return 0;
  },
};

const trap: Builtin = {
  name: 'trap',
  async run(call) {
    const { traps } = call.shell.state;
    const args = call.argv.slice(1).filter((word) => word !== '--');
    if (args.length === 0 || args[0] === '-p') {
      for (const [name, action] of traps) await call.out(`trap -- ${quoteForShell(action)} ${name}\n`);
      return 0;
    }
    if (args[0] === '-l') {
      await call.out(' 1) SIGHUP\t 2) SIGINT\t 3) SIGQUIT\t 9) SIGKILL\t15) SIGTERM\n');
      return 0;
    }
    const only = args.length === 1;
    const action = only ? '-' : (args[0] as string);
    let code = 0;
    for (const typed of only ? args : args.slice(1)) {
      const name = signalName(typed);
      if (name === null) code = await call.fail(`${typed}: invalid signal specification`);
      else if (action === '-') traps.delete(name);
      else traps.set(name, action);
    }
    return code;
  },
};

const numbers: Readonly<Record<string, string>> = {
  '0': 'EXIT',
  '1': 'SIGHUP',
  '2': 'SIGINT',
  '3': 'SIGQUIT',
  '13': 'SIGPIPE',
  '15': 'SIGTERM',
};

function signalName(typed: string): string | null {
  const upper = typed.toUpperCase();
  if (numbers[upper] !== undefined) return numbers[upper];
  if (['EXIT', 'ERR', 'DEBUG', 'RETURN'].includes(upper)) return upper;
  const name = upper.startsWith('SIG') ? upper : `SIG${upper}`;
  return [
    'SIGHUP',
    'SIGINT',
    'SIGQUIT',
    'SIGPIPE',
    'SIGTERM',
    'SIGUSR1',
    'SIGUSR2',
    'SIGWINCH',
    'SIGCHLD',
    'SIGTSTP',
  ].includes(name)
    ? name
    : null;
}

export const optionBuiltins: readonly Builtin[] = [set, shopt, shift, getopts, trap];
