import { goUnquote } from '../argify.ts';
import type { Message } from '../client/schema.ts';
import { ExitError, exitCode } from '../errors.ts';
import { parseInt64 } from '../numbers.ts';
import { goQuote } from '../print/go-text.ts';
import type { Version } from '../print/interface.ts';

const results: Readonly<Record<string, string>> = {
  '=': 'EQUAL',
  '!=': 'NOT_EQUAL',
  '>': 'GREATER',
  '<': 'LESS',
};
const targets: Readonly<Record<string, readonly [string, string]>> = {
  ver: ['VERSION', 'version'],
  version: ['VERSION', 'version'],
  c: ['CREATE', 'create_revision'],
  create: ['CREATE', 'create_revision'],
  m: ['MOD', 'mod_revision'],
  mod: ['MOD', 'mod_revision'],
  val: ['VALUE', 'value'],
  value: ['VALUE', 'value'],
  lease: ['LEASE', 'lease'],
};

/** One line `target("key") op "value"` of a transaction. Models ParseCompare of etcdctl. @throws ExitError */
export function parseCompare(line: string, version: Version): Message {
  const invalid = (message: string): ExitError => new ExitError(exitCode.invalidInput, message);
  const open = line.indexOf('(');
  if (open < 0) throw invalid(`malformed comparison: ${line}`);
  const target = line.slice(0, open);
  const { key, op, value, count } = scan(line.slice(open + 1));
  if (count !== 3) {
    throw invalid(`malformed comparison: ${line}; got ${target}(${goQuote(key)}) ${op} ${goQuote(value)}`);
  }
  const known = targets[target];
  if (known === undefined) throw invalid(`malformed comparison: ${line} (unknown target ${target})`);
  const [name, field] = known;
  // The stock client of 3.4 dies here: it hands the text on as it is.
  if (name === 'LEASE' && version === '3.4') throw panic('bad value');
  let operand: unknown = Buffer.from(value);
  if (name !== 'VALUE') {
    try {
      operand = parseInt64(value, name === 'LEASE' ? 16 : 10);
    } catch (error) {
      throw invalid(
        `invalid txn compare request: ${line}${version === '3.4' ? '' : ` (${(error as Error).message})`}`,
      );
    }
  }
  const result = results[op];
  if (result === undefined) throw panic('Unknown result op');
  return { result, target: name, key: Buffer.from(key), [field]: operand };
}

/** Go programs that panic end with 2. */
export class Panic extends ExitError {}

function panic(message: string): Panic {
  return new Panic(2, message);
}

/** Go's Sscanf of `%q) %s %q`: what was read, and how much of it. */
function scan(text: string): { key: string; op: string; value: string; count: number } {
  const none = { key: '', op: '', value: '', count: 0 };
  const literal = /^\s*("(?:[^"\\]|\\.)*"|`[^`]*`)/;
  const key = literal.exec(text);
  if (key === null) return none;
  const found = { ...none, key: goUnquote(key[1] as string), count: 1 };
  const rest = text.slice(key[0].length);
  if (!rest.startsWith(')')) return found;
  const op = /^\s*(\S+)/.exec(rest.slice(1));
  if (op === null) return found;
  found.op = op[1] as string;
  found.count = 2;
  const value = literal.exec(rest.slice(1 + op[0].length));
  if (value === null) return found;
  return { ...found, value: goUnquote(value[1] as string), count: 3 };
}
