import { parse } from '../parse/grammar.ts';
import { assign } from '../exec/assign.ts';
import { ExpansionError } from '../expand/expansion-error.ts';
import { quoteForShell } from '../expand/parameter-ops.ts';
import type { Variable } from '../state/variable.ts';
import type { Builtin, BuiltinCall } from './interface.ts';

const identifier = /^([A-Za-z_]\w*)(\[[^\]]*\])?(?:(\+?)=(.*))?$/s;

interface Flags {
  letters: Set<string>;
  removed: Set<string>;
  words: string[];
  bad?: string;
}

function splitFlags(argv: readonly string[], allowed: string): Flags {
  const flags: Flags = { letters: new Set(), removed: new Set(), words: [] };
  let at = 1;
  for (; at < argv.length; at++) {
    const word = argv[at] as string;
    if (word === '--') {
      at++;
      break;
    }
    if (!/^[-+][A-Za-z]+$/.test(word)) break;
    for (const letter of word.slice(1)) {
      if (!allowed.includes(letter)) flags.bad = `${word.charAt(0)}${letter}`;
      else (word.startsWith('-') ? flags.letters : flags.removed).add(letter);
    }
  }
  flags.words = argv.slice(at);
  return flags;
}

/** A line of `declare -p`. */
function described(name: string, variable: Variable): string {
  const letters = `${variable.kind === 'indexed' ? 'a' : ''}${variable.kind === 'associative' ? 'A' : ''}${variable.integer ? 'i' : ''}${variable.readonly ? 'r' : ''}${variable.exported ? 'x' : ''}`;
  const head = `declare -${letters === '' ? '-' : letters} ${name}`;
  if (variable.value === undefined) return `${head}\n`;
  if (variable.value instanceof Map) {
    const pairs = [...(variable.value as Map<string | number, string>)].map(
      ([key, value]) => `[${String(key)}]=${doubleQuoted(value)}`,
    );
    return `${head}=(${pairs.join(' ')}${variable.kind === 'associative' && pairs.length > 0 ? ' ' : ''})\n`;
  }
  return `${head}=${doubleQuoted(variable.value)}\n`;
}

function doubleQuoted(value: string): string {
  if (/[\x00-\x1f\x7f]/.test(value)) return quoteForShell(value);
  return `"${value.replace(/[\\"$`]/g, '\\$&')}"`;
}

async function declareWords(
  call: BuiltinCall,
  flags: Flags,
  apply: (name: string, hasValue: boolean) => Variable,
): Promise<number> {
  let code = 0;
  for (const word of flags.words) {
    const match = identifier.exec(word);
    if (match === null) {
      code = await call.fail(`\`${word}': not a valid identifier`);
      continue;
    }
    const [, name = '', subscript, plus, value] = match;
    const variable = apply(name, value !== undefined);
    if (value === undefined) continue;
    const wasReadonly = variable.readonly;
    if (wasReadonly) {
      const { shell, frame } = call;
      code = await shell.complain(frame, `${name}: readonly variable`);
      continue;
    }
    if (value.startsWith('(') && value.endsWith(')') && subscript === undefined) {
      const parsed = parse(`${name}${plus ?? ''}=${value}`).statements[0]?.pipelines[0]?.commands[0];
      const node = parsed?.type === 'SimpleCommand' ? parsed.assignments[0] : undefined;
      if (node !== undefined) await call.shell.within(call.frame, () => assign(call.shell, node));
    } else {
      await call.shell.within(call.frame, () =>
        assign(call.shell, {
          type: 'Assignment',
          name: `${name}${subscript ?? ''}`,
          append: plus === '+',
          array: null,
          value: { type: 'Word', parts: [{ type: 'SingleQuoted', value }] },
        }),
      );
    }
  }
  return code;
}

function setFlags(variable: Variable, flags: Flags): void {
  if (flags.letters.has('i')) variable.integer = true;
  if (flags.removed.has('i')) variable.integer = false;
  if (flags.letters.has('x')) variable.exported = true;
  if (flags.removed.has('x')) variable.exported = false;
  if (flags.letters.has('l')) variable.fold = 'lower';
  if (flags.letters.has('u')) variable.fold = 'upper';
  if (flags.letters.has('a') && !(variable.value instanceof Map)) {
    variable.kind = 'indexed';
    variable.value =
      variable.value === undefined ? new Map<number, string>() : new Map([[0, variable.value]]);
  }
  if (flags.letters.has('A') && variable.kind !== 'associative') {
    variable.kind = 'associative';
    variable.value = new Map<string, string>();
  }
}

function declareBuiltin(name: 'declare' | 'typeset' | 'local'): Builtin {
  return {
    name,
    async run(call) {
      const { state } = call.shell;
      if (name === 'local' && state.functionDepth === 0) return call.fail('can only be used in a function');
      const flags = splitFlags(call.argv, 'aAfFgiIlnprtux');
      if (flags.bad !== undefined) return call.fail(`${flags.bad}: invalid option`, 2);
      if (flags.letters.has('f') || flags.letters.has('F')) return functionsList(call, flags);
      if (flags.letters.has('p') || flags.words.length === 0) return printVariables(call, flags);
      const global = flags.letters.has('g') || state.functionDepth === 0;
      const code = await declareWords(call, flags, (word) => {
        const variable = global ? state.variables.ensure(word) : state.variables.declareLocal(word);
        setFlags(variable, flags);
        return variable;
      });
      if (flags.letters.has('r')) for (const word of flags.words) markReadonly(call, word);
      return code;
    },
  };
}

function markReadonly(call: BuiltinCall, word: string): void {
  const name = identifier.exec(word)?.[1];
  if (name !== undefined) call.shell.state.variables.ensure(name).readonly = true;
}

async function functionsList(call: BuiltinCall, flags: Flags): Promise<number> {
  const { functions } = call.shell.state;
  const names = flags.words.length > 0 ? flags.words : [...functions.keys()].sort();
  let code = 0;
  for (const name of names) {
    if (functions.has(name)) await call.out(flags.words.length > 0 ? `${name}\n` : `declare -f ${name}\n`);
    else code = 1;
  }
  return code;
}

async function printVariables(call: BuiltinCall, flags: Flags): Promise<number> {
  const { variables } = call.shell.state;
  let code = 0;
  for (const name of flags.words.length > 0 ? flags.words : variables.names()) {
    const variable = variables.lookup(name);
    if (variable === undefined) code = await call.fail(`${name}: not found`);
    else if (
      flags.words.length > 0 ||
      ((!flags.letters.has('x') || variable.exported) && (!flags.letters.has('r') || variable.readonly))
    ) {
      await call.out(described(name, variable));
    }
  }
  return code;
}

const exportBuiltin: Builtin = {
  name: 'export',
  async run(call) {
    const flags = splitFlags(call.argv, 'fnp');
    if (flags.bad !== undefined) return call.fail(`${flags.bad}: invalid option`, 2);
    if (flags.letters.has('p') || flags.words.length === 0)
      return printVariables(call, { ...flags, letters: new Set(['x']), words: [] });
    return declareWords(call, flags, (name) => {
      const variable = call.shell.state.variables.ensure(name);
      variable.exported = !flags.letters.has('n');
      return variable;
    });
  },
};

const readonlyBuiltin: Builtin = {
  name: 'readonly',
  async run(call) {
    const flags = splitFlags(call.argv, 'aAfp');
    if (flags.bad !== undefined) return call.fail(`${flags.bad}: invalid option`, 2);
    if (flags.letters.has('p') || flags.words.length === 0)
      return printVariables(call, { ...flags, letters: new Set(['r']), words: [] });
    const code = await declareWords(call, flags, (name) => {
      const variable = call.shell.state.variables.ensure(name);
      setFlags(variable, flags);
      return variable;
    });
    for (const word of flags.words) markReadonly(call, word);
    return code;
  },
};

const unset: Builtin = {
  name: 'unset',
  async run(call) {
    const flags = splitFlags(call.argv, 'fvn');
    const { state, expander } = call.shell;
    let code = 0;
    for (const word of flags.words) {
      const match = /^([A-Za-z_]\w*)(?:\[(.*)\])?$/s.exec(word);
      if (match === null) {
        code = await call.fail(`\`${word}': not a valid identifier`);
        continue;
      }
      const name = match[1] as string;
      const variable = state.variables.lookup(name);
      if (flags.letters.has('f') || (variable === undefined && !flags.letters.has('v')))
        state.functions.delete(name);
      if (flags.letters.has('f')) continue;
      if (variable?.readonly === true) code = await call.fail(`${name}: cannot unset: readonly variable`);
      else if (match[2] !== undefined && variable?.value instanceof Map)
        (variable.value as Map<string | number, string>).delete(await expander.subscript(name, match[2]));
      else state.variables.unset(name);
    }
    return code;
  },
};

const letBuiltin: Builtin = {
  name: 'let',
  async run(call) {
    let value = 0n;
    try {
      for (const word of call.argv.slice(1)) value = await call.shell.expander.arithmetic.text(word);
    } catch (error) {
      if (error instanceof ExpansionError && !error.fatal) return call.fail(error.message);
      throw error;
    }
    return value === 0n ? 1 : 0;
  },
};

export const variableBuiltins: readonly Builtin[] = [
  declareBuiltin('declare'),
  declareBuiltin('typeset'),
  declareBuiltin('local'),
  exportBuiltin,
  readonlyBuiltin,
  unset,
  letBuiltin,
];
