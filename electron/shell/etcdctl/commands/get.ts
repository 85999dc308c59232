import type { FlagSet, FlagSpec } from '../../kubectl/flags.ts';
import { goQuote } from '../print/go-text.ts';
import type { Message } from '../client/schema.ts';
import type { RangeResponse } from '../client/messages.ts';
import { ExitError, exitCode } from '../errors.ts';
import type { CommandSpec } from '../interface.ts';
import { NO_END, prefixEnd } from '../range.ts';

const flags: readonly FlagSpec[] = [
  {
    name: 'consistency',
    kind: 'string',
    initial: 'l',
    values: ['l', 's'],
    help: {
      en: 'l asks the majority (linearizable), s only the member itself (serializable)',
      'pt-BR': 'l pergunta à maioria (linearizável), s só ao próprio membro (serializável)',
    },
  },
  {
    name: 'count-only',
    kind: 'bool',
    help: { en: 'only how many there are', 'pt-BR': 'só quantas existem' },
  },
  {
    name: 'from-key',
    kind: 'bool',
    help: { en: 'every key from this one on', 'pt-BR': 'toda chave desta em diante' },
  },
  { name: 'keys-only', kind: 'bool', help: { en: 'keys without values', 'pt-BR': 'chaves sem valores' } },
  { name: 'limit', kind: 'int', initial: '0', help: { en: 'at most so many', 'pt-BR': 'no máximo tantas' } },
  {
    name: 'order',
    kind: 'string',
    values: ['ASCEND', 'DESCEND'],
    help: { en: 'ASCEND (default) or DESCEND', 'pt-BR': 'ASCEND (padrão) ou DESCEND' },
  },
  {
    name: 'prefix',
    kind: 'bool',
    help: { en: 'every key that begins so', 'pt-BR': 'toda chave que começa assim' },
  },
  {
    name: 'print-value-only',
    kind: 'bool',
    help: { en: 'values without keys, in the simple form', 'pt-BR': 'valores sem chaves, na forma simples' },
  },
  {
    name: 'rev',
    kind: 'int',
    initial: '0',
    help: { en: 'as it was at this revision', 'pt-BR': 'como era nesta revisão' },
  },
  {
    name: 'sort-by',
    kind: 'string',
    values: ['CREATE', 'KEY', 'MODIFY', 'VALUE', 'VERSION'],
    help: { en: 'CREATE, KEY, MODIFY, VALUE or VERSION', 'pt-BR': 'CREATE, KEY, MODIFY, VALUE ou VERSION' },
  },
];

const orders: Readonly<Record<string, string>> = { ASCEND: 'ASCEND', DESCEND: 'DESCEND', '': 'NONE' };
const targets: Readonly<Record<string, string>> = {
  CREATE: 'CREATE', KEY: 'KEY', MODIFY: 'MOD', VALUE: 'VALUE', VERSION: 'VERSION', '': 'KEY',
}; // prettier-ignore

/** The request that a `get` with these flags makes, alone or inside a transaction. @throws ExitError */
export function rangeRequest(set: FlagSet, args: readonly string[]): Message {
  const bad = (message: string): ExitError => new ExitError(exitCode.badArgs, message);
  const [first] = args;
  if (first === undefined)
    throw bad('get command needs one argument as key and an optional argument as range_end');
  const { prefix, fromKey } = { prefix: set.bool('prefix'), fromKey: set.bool('from-key') };
  if (prefix && fromKey) throw bad('`--prefix` and `--from-key` cannot be set at the same time, choose one');
  if (set.bool('keys-only') && set.bool('count-only')) {
    throw bad('`--keys-only` and `--count-only` cannot be set at the same time, choose one');
  }
  const consistency = set.string('consistency');
  if (consistency !== 'l' && consistency !== 's') {
    throw new ExitError(exitCode.badFeature, `unknown consistency flag ${goQuote(consistency)}`);
  }
  if (args.length > 1 && (prefix || fromKey)) {
    throw bad('too many arguments, only accept one argument when `--prefix` or `--from-key` is set');
  }
  const order = orders[set.string('order').toUpperCase()];
  if (order === undefined) throw new ExitError(exitCode.badFeature, `bad sort order ${set.string('order')}`);
  const target = targets[set.string('sort-by').toUpperCase()];
  if (target === undefined)
    throw new ExitError(exitCode.badFeature, `bad sort target ${set.string('sort-by')}`);
  const { key, end } = rangeOf(first, args[1], prefix, fromKey);
  return {
    key,
    range_end: end,
    limit: set.number('limit'),
    revision: Math.max(0, set.number('rev')),
    // Keys come in ascending order by themselves: not asking for it spares the server a sort.
    sort_order: target === 'KEY' && order === 'ASCEND' ? 'NONE' : order,
    sort_target: target,
    serializable: consistency === 's',
    keys_only: set.bool('keys-only'),
    count_only: set.bool('count-only'),
  };
}

/** Key and end of what `KEY [END]`, `--prefix` or `--from-key` mean. */
export function rangeOf(
  first: string,
  second: string | undefined,
  prefix: boolean,
  fromKey: boolean,
): { readonly key: Buffer; readonly end: Buffer } {
  const key = Buffer.from(first);
  if (fromKey || (prefix && key.length === 0)) return { key: key.length === 0 ? NO_END : key, end: NO_END };
  if (prefix) return { key, end: prefixEnd(key) };
  return { key, end: Buffer.from(second ?? '') };
}

export const get: CommandSpec = {
  name: 'get',
  usage: '[options] <key> [range_end]',
  short: { en: 'Reads a key or a range of keys', 'pt-BR': 'Lê uma chave ou um intervalo de chaves' },
  flags,
  async run(session, set, args) {
    const request = rangeRequest(set, args);
    const client = await session.client();
    const answer = await client.call<RangeResponse>('Range', request, { timeout: session.timeout });
    const format = set.string('write-out');
    if (set.bool('count-only') && format !== 'fields') {
      throw new ExitError(exitCode.badArgs, '--count-only is only for `--write-out=fields`');
    }
    const valueOnly = set.bool('print-value-only');
    if (valueOnly && format !== 'simple') {
      throw new ExitError(exitCode.badArgs, 'print-value-only is only for `--write-out=simple`');
    }
    await session.show('Get', { ...answer, valueOnly });
  },
};
