import { FlagError, FlagSet } from '../../kubectl/flags.ts';
import { argify } from '../argify.ts';
import type { TxnResponse } from '../client/messages.ts';
import type { Message } from '../client/schema.ts';
import { ExitError, exitCode } from '../errors.ts';
import type { CommandSpec } from '../interface.ts';
import { LineReader } from '../line-reader.ts';
import type { Session } from '../session.ts';
import { Panic, parseCompare } from './compare.ts';
import { del, deleteRequest } from './del.ts';
import { get, rangeRequest } from './get.ts';
import { put, putRequest } from './put.ts';

const commands = { get, put, del } as const;

/** One request line of a transaction. @throws ExitError */
async function parseOp(line: string): Promise<Message> {
  const words = argify(line);
  if (words.length < 2) throw new ExitError(exitCode.invalidInput, `invalid txn compare request: ${line}`);
  const name = words[0] as string;
  const command = Object.hasOwn(commands, name) ? commands[name as keyof typeof commands] : undefined;
  if (command === undefined) throw new ExitError(exitCode.invalidInput, `invalid txn request: ${line}`);
  const flags = new FlagSet(command.flags ?? []);
  try {
    const args = flags.parse(words.slice(1));
    if (command === get) return { request_range: rangeRequest(flags, args) };
    if (command === put)
      return { request_put: await putRequest(flags, args, () => Promise.resolve(new Uint8Array())) };
    return { request_delete_range: deleteRequest(flags, args) };
  } catch (error) {
    if (error instanceof FlagError)
      throw new ExitError(exitCode.invalidInput, `invalid txn request: ${line}`);
    throw error;
  }
}

/** Lines up to an empty one. @throws ExitError at the end of input */
async function section<T>(
  session: Session,
  lines: LineReader,
  prompt: string,
  parse: (line: string) => T | Promise<T>,
): Promise<T[]> {
  if (session.flags.bool('interactive')) await session.print(`${prompt}\n`);
  const found: T[] = [];
  for (;;) {
    const line = await lines.next();
    if (line === null) throw new ExitError(exitCode.invalidInput, 'EOF');
    if (line.trim() === '') return found;
    found.push(await parse(line.trim()));
  }
}

export const txn: CommandSpec = {
  name: 'txn',
  usage: '[options]',
  short: {
    en: 'Carries out several requests as one transaction',
    'pt-BR': 'Executa vários pedidos como uma transação',
  },
  long: {
    en: `Reads a transaction from standard input, in three parts that each end with an empty line:
comparisons, requests for when all of them hold, requests for when one does not.
$ etcdctl txn -i
mod("key1") > "0"

put key1 "there was one"

put key1 "created"

`,
    'pt-BR': `Lê uma transação da entrada padrão, em três partes que terminam cada uma com uma linha vazia:
comparações, pedidos para quando todas valem, pedidos para quando alguma não vale.
$ etcdctl txn -i
mod("key1") > "0"

put key1 "já existia"

put key1 "criada"

`,
  },
  flags: [
    {
      name: 'interactive',
      short: 'i',
      kind: 'bool',
      help: { en: 'say which part is asked for', 'pt-BR': 'diz que parte é pedida' },
    },
  ],
  async run(session, _flags, args) {
    if (args.length > 0) throw new ExitError(exitCode.badArgs, 'txn command does not accept argument');
    const lines = new LineReader(session.io.stdin);
    const client = await session.client();
    let request: Message;
    try {
      request = {
        compare: await section(session, lines, 'compares:', (line) => parseCompare(line, session.version)),
        success: await section(session, lines, 'success requests (get, put, del):', parseOp),
        failure: await section(session, lines, 'failure requests (get, put, del):', parseOp),
      };
    } catch (error) {
      if (!(error instanceof Panic)) throw error;
      await session.io.stderr.write(`panic: ${error.message}\n`);
      return error.code;
    }
    await session.show('Txn', await client.call<TxnResponse>('Txn', request));
    return 0;
  },
};
