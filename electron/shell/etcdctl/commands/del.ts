import type { FlagSet, FlagSpec } from '../../kubectl/flags.ts';
import type { DeleteRangeResponse } from '../client/messages.ts';
import type { Message } from '../client/schema.ts';
import { ExitError, exitCode } from '../errors.ts';
import type { CommandSpec } from '../interface.ts';
import { rangeOf } from './get.ts';

const flags: readonly FlagSpec[] = [
  {
    name: 'from-key',
    kind: 'bool',
    help: { en: 'every key from this one on', 'pt-BR': 'toda chave desta em diante' },
  },
  {
    name: 'prefix',
    kind: 'bool',
    help: { en: 'every key that begins so', 'pt-BR': 'toda chave que começa assim' },
  },
  { name: 'prev-kv', kind: 'bool', help: { en: 'show what is deleted', 'pt-BR': 'mostra o que é apagado' } },
];

/** The request that a `del` with these flags makes. @throws ExitError */
export function deleteRequest(set: FlagSet, args: readonly string[]): Message {
  const bad = (message: string): ExitError => new ExitError(exitCode.badArgs, message);
  const [first] = args;
  if (first === undefined)
    throw bad('del command needs one argument as key and an optional argument as range_end');
  const { prefix, fromKey } = { prefix: set.bool('prefix'), fromKey: set.bool('from-key') };
  if (prefix && fromKey) throw bad('`--prefix` and `--from-key` cannot be set at the same time, choose one');
  if (args.length > 1 && (prefix || fromKey)) {
    throw bad('too many arguments, only accept one argument when `--prefix` or `--from-key` is set');
  }
  const { key, end } = rangeOf(first, args[1], prefix, fromKey);
  return { key, range_end: end, prev_kv: set.bool('prev-kv') };
}

export const del: CommandSpec = {
  name: 'del',
  usage: '[options] <key> [range_end]',
  short: {
    en: 'Deletes a key or a range of keys [key, range_end)',
    'pt-BR': 'Apaga uma chave ou um intervalo [key, range_end)',
  },
  flags,
  async run(session, set, args) {
    const request = deleteRequest(set, args);
    const client = await session.client();
    await session.show(
      'Del',
      await client.call<DeleteRangeResponse>('DeleteRange', request, { timeout: session.timeout }),
    );
  },
};
