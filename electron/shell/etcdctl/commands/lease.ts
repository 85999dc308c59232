import type { FlagSet } from '../../kubectl/flags.ts';
import type { Header, LeaseResponse } from '../client/messages.ts';
import { keepAlive, keepAliveOnce } from '../client/keep-alive.ts';
import { CallError, ExitError, exitCode } from '../errors.ts';
import type { CommandSpec } from '../interface.ts';
import { parseInt64 } from '../numbers.ts';
import { leaseId } from '../print/go-text.ts';

function idFrom(text: string): string {
  try {
    return parseInt64(text, 16);
  } catch (error) {
    throw new ExitError(
      exitCode.badArgs,
      `bad lease ID arg (${(error as Error).message}), expecting ID in Hex`,
    );
  }
}

function only(args: readonly string[], message: string): string {
  if (args.length !== 1) throw new ExitError(exitCode.badArgs, message);
  return args[0] as string;
}

/** Runs a call whose failure is told in a sentence, with a code of its own. */
async function told<T>(call: Promise<T>, code: number, sentence: (reason: string) => string): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof CallError) throw new ExitError(code, sentence(error.message));
    throw error;
  }
}

const grant: CommandSpec = {
  name: 'grant',
  usage: '<ttl>',
  short: { en: 'Creates a lease of so many seconds', 'pt-BR': 'Cria um lease de tantos segundos' },
  async run(session, _flags, args) {
    const text = only(args, 'lease grant command needs TTL argument');
    let ttl: string;
    try {
      ttl = parseInt64(text, 10);
    } catch (error) {
      throw new ExitError(exitCode.badArgs, `bad TTL (${(error as Error).message})`);
    }
    const client = await session.client();
    const call = client.call<LeaseResponse>('LeaseGrant', { TTL: ttl }, { timeout: session.timeout });
    await session.show('Grant', await told(call, exitCode.error, (why) => `failed to grant lease (${why})`));
  },
};

const revoke: CommandSpec = {
  name: 'revoke',
  usage: '<leaseID>',
  short: { en: 'Ends a lease; its keys are deleted', 'pt-BR': 'Encerra um lease; suas chaves são apagadas' },
  async run(session, _flags, args) {
    const id = idFrom(only(args, 'lease revoke command needs 1 argument'));
    const client = await session.client();
    const call = client.call<{ header: Header }>('LeaseRevoke', { ID: id }, { timeout: session.timeout });
    const answer = await told(call, exitCode.error, (why) => `failed to revoke lease (${why})`);
    await session.show('Revoke', { ...answer, id });
  },
};

const timetolive: CommandSpec = {
  name: 'timetolive',
  usage: '<leaseID> [options]',
  short: { en: 'How long a lease still lives', 'pt-BR': 'Quanto um lease ainda vive' },
  flags: [
    {
      name: 'keys',
      kind: 'bool',
      help: { en: 'also the keys attached to it', 'pt-BR': 'também as chaves presas a ele' },
    },
  ],
  async run(session, flags: FlagSet, args) {
    const id = idFrom(only(args, 'lease timetolive command needs lease ID as argument'));
    const client = await session.client();
    const call = client.call<LeaseResponse>('LeaseTimeToLive', { ID: id, keys: flags.bool('keys') });
    const answer = await told(call, exitCode.badConnection, (why) => why);
    await session.show('TimeToLive', { ...answer, withKeys: flags.bool('keys') });
  },
};

const list: CommandSpec = {
  name: 'list',
  usage: '',
  short: { en: 'Lists the leases there are', 'pt-BR': 'Lista os leases existentes' },
  async run(session) {
    const client = await session.client();
    const call = client.call<{ header: Header; leases: { ID: string }[] }>('LeaseLeases', {});
    await session.show('Leases', await told(call, exitCode.badConnection, (why) => why));
  },
};

const keepAliveCommand: CommandSpec = {
  name: 'keep-alive',
  usage: '[options] <leaseID>',
  short: { en: 'Renews a lease again and again', 'pt-BR': 'Renova um lease repetidamente' },
  flags: [
    {
      name: 'once',
      kind: 'bool',
      help: { en: 'renew it once and end', 'pt-BR': 'renova uma vez e termina' },
    },
  ],
  async run(session, flags, args) {
    const id = idFrom(only(args, 'lease keep-alive command needs lease ID as argument'));
    const client = await session.client();
    const { signal } = session.io;
    if (flags.bool('once')) {
      const answer = await told(keepAliveOnce(client, id, signal), exitCode.badConnection, (why) => why);
      return session.show('KeepAlive', answer);
    }
    try {
      for await (const answer of keepAlive(client, id, signal)) await session.show('KeepAlive', answer);
    } catch (error) {
      if (error instanceof CallError) throw new ExitError(exitCode.badConnection, error.message);
      throw error;
    }
    if (!signal.aborted) {
      await session.print(`lease ${leaseId(id)} expired or revoked.\n`);
    }
  },
};

export const lease: CommandSpec = {
  name: 'lease',
  usage: '<subcommand>',
  short: {
    en: 'Leases: keys that live only for a time',
    'pt-BR': 'Leases: chaves que vivem só por um tempo',
  },
  subcommands: [grant, keepAliveCommand, list, revoke, timetolive],
};
