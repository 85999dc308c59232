import type { FlagSet, FlagSpec } from '../../kubectl/flags.ts';
import type { PutResponse } from '../client/messages.ts';
import type { Message } from '../client/schema.ts';
import { ExitError, exitCode } from '../errors.ts';
import type { CommandSpec } from '../interface.ts';
import { parseInt64 } from '../numbers.ts';

const flags: readonly FlagSpec[] = [
  {
    name: 'ignore-lease',
    kind: 'bool',
    help: { en: 'keep the lease the key has', 'pt-BR': 'mantém o lease que a chave tem' },
  },
  {
    name: 'ignore-value',
    kind: 'bool',
    help: { en: 'keep the value the key has', 'pt-BR': 'mantém o valor que a chave tem' },
  },
  {
    name: 'lease',
    kind: 'string',
    initial: '0',
    help: {
      en: 'lease to attach the key to, in hexadecimal',
      'pt-BR': 'lease a que prender a chave, em hexadecimal',
    },
  },
  {
    name: 'prev-kv',
    kind: 'bool',
    help: { en: 'show what the key held before', 'pt-BR': 'mostra o que a chave tinha antes' },
  },
];

const NEEDS = 'put command needs 1 argument and input from stdin or 2 arguments';

/** The request that a `put` with these flags makes; `input` gives a value that is no argument. @throws ExitError */
export async function putRequest(
  set: FlagSet,
  args: readonly string[],
  input: () => Promise<Uint8Array>,
): Promise<Message> {
  const bad = (message: string): ExitError => new ExitError(exitCode.badArgs, message);
  const [key, typed] = args;
  if (key === undefined) throw bad(NEEDS);
  const ignoreValue = set.bool('ignore-value');
  if (ignoreValue && args.length > 1)
    throw bad("put command needs only 1 argument when 'ignore-value' is set");
  let value: Uint8Array = Buffer.from(typed ?? '');
  if (!ignoreValue && typed === undefined) {
    value = await input();
    if (value.length === 0) throw bad(NEEDS);
  }
  let lease: string;
  try {
    lease = parseInt64(set.string('lease'), 16);
  } catch (error) {
    throw bad(`bad lease ID (${(error as Error).message}), expecting ID in Hex`);
  }
  return {
    key: Buffer.from(key),
    value,
    lease,
    prev_kv: set.bool('prev-kv'),
    ignore_value: ignoreValue,
    ignore_lease: set.bool('ignore-lease'),
  };
}

export const put: CommandSpec = {
  name: 'put',
  usage: '[options] <key> <value> (<value> can also be given from stdin)',
  short: { en: 'Writes a key', 'pt-BR': 'Escreve uma chave' },
  long: {
    en: `Writes a key. Without a value (and without --ignore-value) the value is read from standard input.
A value that begins with '-' needs '--' before it:
$ put <key> -- <value>
$ put -- <key> <value>
The content of a file as the value:
$ cat file | put <key>`,
    'pt-BR': `Escreve uma chave. Sem um valor (e sem --ignore-value) o valor é lido da entrada padrão.
Um valor que começa com '-' precisa de '--' antes:
$ put <key> -- <value>
$ put -- <key> <value>
O conteúdo de um arquivo como valor:
$ cat file | put <key>`,
  },
  flags,
  async run(session, set, args) {
    const request = await putRequest(set, args, () => readAll(session.io.stdin));
    const client = await session.client();
    await session.show('Put', await client.call<PutResponse>('Put', request, { timeout: session.timeout }));
  },
};

async function readAll(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}
