import { serialize } from '../parse/grammar.ts';
import { quoteForShell } from '../expand/parameter-ops.ts';
import { lookupCommand } from '../exec/lookup.ts';
import { runBuiltin } from './run-builtin.ts';
import type { Builtin, BuiltinCall } from './interface.ts';

const keywords = new Set([
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'case',
  'esac',
  'for',
  'while',
  'until',
  'do',
  'done',
  'in',
  'function',
  'time',
  '{',
  '}',
  '!',
  '[[',
  ']]',
]);

function bodyText(call: BuiltinCall, name: string): string {
  const node = call.shell.state.functions.get(name);
  if (node === undefined) return '';
  return `${serialize({ type: 'Script', statements: [{ type: 'Statement', operators: [], background: false, pipelines: [{ type: 'Pipeline', negated: false, commands: [node] }] }] })}\n`;
}

async function describe(call: BuiltinCall, name: string, style: 'long' | 'word' | 'path'): Promise<boolean> {
  const { state } = call.shell;
  const say = (word: string, long: string, path = name): Promise<void> =>
    call.out(`${style === 'word' ? word : style === 'path' ? path : long}\n`);
  const alias = state.aliases.get(name);
  if (alias !== undefined) await say('alias', `${name} is aliased to \`${alias}'`);
  else if (keywords.has(name)) await say('keyword', `${name} is a shell keyword`);
  else if (state.functions.has(name))
    await say('function', `${name} is a function\n${bodyText(call, name).trimEnd()}`);
  else {
    const found = await lookupCommand(call.shell, name);
    if (found === null || (found.kind === 'file' && !(await call.shell.fs.exists(found.path)))) return false;
    if (found.kind === 'builtin')
      await say('builtin', `${name} is a shell builtin`, style === 'path' ? name : name);
    else await say('file', `${name} is ${found.path}`, found.path);
  }
  return true;
}

const type: Builtin = {
  name: 'type',
  async run(call) {
    let style: 'long' | 'word' | 'path' = 'long';
    let code = 0;
    for (const word of call.argv.slice(1)) {
      if (word === '-t') style = 'word';
      else if (word === '-p' || word === '-P') style = 'path';
      else if (word === '-a') continue;
      else if (!(await describe(call, word, style)))
        code = style === 'long' ? await call.fail(`${word}: not found`) : 1;
    }
    return code;
  },
};

const command: Builtin = {
  name: 'command',
  async run(call) {
    const args = call.argv.slice(1);
    let mode = '';
    while (/^-[pvV]+$/.test(args[0] ?? '')) mode += (args.shift() ?? '').slice(1);
    if (args[0] === '--') args.shift();
    const name = args[0];
    if (name === undefined) return 0;
    if (mode.includes('v') || mode.includes('V')) {
      const { state } = call.shell;
      const alias = state.aliases.get(name);
      if (mode.includes('V'))
        return (await describe(call, name, 'long')) ? 0 : call.fail(`${name}: not found`);
      if (alias !== undefined) {
        await call.out(`alias ${name}=${quoteForShell(alias)}\n`);
        return 0;
      }
      if (keywords.has(name) || state.functions.has(name)) {
        await call.out(`${name}\n`);
        return 0;
      }
      return (await describe(call, name, 'path')) ? 0 : 1;
    }
    const found = await lookupCommand(call.shell, name);
    if (found === null) return call.shell.complain(call.frame, `${name}: command not found`, 127);
    return found.run(call.shell, args, call.frame);
  },
};

const builtin: Builtin = {
  name: 'builtin',
  async run(call) {
    const name = call.argv[1];
    if (name === undefined) return 0;
    const found = call.shell.services.builtins.get(name);
    if (found === undefined) return call.fail(`${name}: not a shell builtin`);
    return runBuiltin(call.shell, found, call.argv.slice(1), call.frame);
  },
};

const alias: Builtin = {
  name: 'alias',
  async run(call) {
    const { aliases } = call.shell.state;
    const words = call.argv.slice(1).filter((word) => word !== '-p');
    if (words.length === 0) {
      for (const name of [...aliases.keys()].sort())
        await call.out(`alias ${name}=${quoteForShell(aliases.get(name) ?? '')}\n`);
      return 0;
    }
    let code = 0;
    for (const word of words) {
      const at = word.indexOf('=');
      if (at > 0) aliases.set(word.slice(0, at), word.slice(at + 1));
      else if (aliases.has(word)) await call.out(`alias ${word}=${quoteForShell(aliases.get(word) ?? '')}\n`);
      else code = await call.fail(`${word}: not found`);
    }
    return code;
  },
};

const unalias: Builtin = {
  name: 'unalias',
  async run(call) {
    const { aliases } = call.shell.state;
    let code = 0;
    for (const word of call.argv.slice(1)) {
      if (word === '-a') aliases.clear();
      else if (!aliases.delete(word)) code = await call.fail(`${word}: not found`);
    }
    return code;
  },
};

const history: Builtin = {
  name: 'history',
  async run(call) {
    const { history: lines } = call.shell.state.shared;
    const first = call.argv[1];
    if (first === '-c') {
      lines.length = 0;
      return 0;
    }
    if (first !== undefined && !/^\d+$/.test(first)) return call.fail(`${first}: numeric argument required`);
    const from = first === undefined ? 0 : Math.max(0, lines.length - Number(first));
    let text = '';
    for (let at = from; at < lines.length; at++)
      text += `${String(at + 1).padStart(5)}  ${lines[at] ?? ''}\n`;
    await call.out(text);
    return 0;
  },
};

const hash: Builtin = {
  name: 'hash',
  async run(call) {
    if (call.argv.length === 1) await call.out('hash: hash table empty\n');
    return 0;
  },
};

const nothing = (name: string): Builtin => ({ name, run: () => Promise.resolve(0) });

export const nameBuiltins: readonly Builtin[] = [
  type,
  command,
  builtin,
  alias,
  unalias,
  history,
  hash,
  nothing('ulimit'),
];
