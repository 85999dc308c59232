import type { FlagSpec } from '../../kubectl/flags.ts';
import type { MembersResponse, RangeResponse } from '../client/messages.ts';
import { ExitError, exitCode } from '../errors.ts';
import type { CommandSpec } from '../interface.ts';
import { parseUint64 } from '../numbers.ts';
import { goQuote } from '../print/go-text.ts';
import type { Session } from '../session.ts';
import { parseUrls } from '../urls.ts';

const peerUrls: FlagSpec = {
  name: 'peer-urls',
  kind: 'string',
  help: {
    en: 'URLs for the other members, separated by commas',
    'pt-BR': 'URLs para os outros membros, separadas por vírgulas',
  },
};

function memberId(args: readonly string[]): string {
  if (args.length !== 1) throw new ExitError(exitCode.badArgs, 'member ID is not provided');
  try {
    return parseUint64(args[0] as string, 16);
  } catch (error) {
    throw new ExitError(
      exitCode.badArgs,
      `bad member ID arg (${(error as Error).message}), expecting ID in Hex`,
    );
  }
}

function urls(text: string): readonly string[] {
  if (text === '') throw new ExitError(exitCode.badArgs, 'member peer urls not provided');
  return text.split(',');
}

/** @throws ExitError */
function checked(list: readonly string[]): readonly string[] {
  try {
    return parseUrls(list);
  } catch (error) {
    throw new ExitError(exitCode.error, (error as Error).message);
  }
}

const add: CommandSpec = {
  name: 'add',
  usage: '<memberName> [options]',
  short: { en: 'Announces a new member', 'pt-BR': 'Anuncia um novo membro' },
  flags: [
    {
      name: 'learner',
      kind: 'bool',
      help: { en: 'it follows, but has no vote yet', 'pt-BR': 'ele acompanha, mas ainda não vota' },
    },
    peerUrls,
  ],
  async run(session, flags, args) {
    const [name] = args;
    if (args.length !== 1 || name === undefined)
      throw new ExitError(exitCode.badArgs, 'member name not provided');
    const peers = urls(flags.string('peer-urls'));
    const client = await session.client();
    const request = { peerURLs: checked(peers), isLearner: flags.bool('learner') };
    const answer = await client.call<MembersResponse>('MemberAdd', request, { timeout: session.timeout });
    await session.show('MemberAdd', answer);
    if (flags.string('write-out') !== 'simple') return;
    const members = await sameMembers(session, answer.message.header.member_id);
    const cluster = members.flatMap((member) =>
      member.peerURLs.map((url) => `${member.ID === answer.message.member.ID ? name : member.name}=${url}`),
    );
    await session.print(
      `\nETCD_NAME=${goQuote(name)}\nETCD_INITIAL_CLUSTER=${goQuote(cluster.join(','))}\n` +
        `ETCD_INITIAL_ADVERTISE_PEER_URLS=${goQuote(flags.string('peer-urls'))}\nETCD_INITIAL_CLUSTER_STATE="existing"\n`,
    );
  },
};

/** The member list from a member that knows of the change: the one that made it, or one that has read through the majority. */
async function sameMembers(session: Session, member: string): Promise<MembersResponse['members']> {
  const client = await session.client();
  const { timeout } = session;
  let wanted = member;
  for (;;) {
    const list = await client.call<MembersResponse>('MemberList', { linearizable: true }, { timeout });
    if (list.message.header.member_id === wanted) return list.message.members;
    const read = await client.call<RangeResponse>('Range', { key: Buffer.from('_') }, { timeout });
    wanted = read.message.header.member_id;
  }
}

const remove: CommandSpec = {
  name: 'remove',
  usage: '<memberID>',
  short: { en: 'Removes a member', 'pt-BR': 'Remove um membro' },
  async run(session, _flags, args) {
    const id = memberId(args);
    const client = await session.client();
    const answer = await client.call<MembersResponse>(
      'MemberRemove',
      { ID: id },
      { timeout: session.timeout },
    );
    await session.show('MemberRemove', { ...answer, id });
  },
};

const update: CommandSpec = {
  name: 'update',
  usage: '<memberID> [options]',
  short: { en: "Changes a member's peer URLs", 'pt-BR': 'Muda as URLs de um membro para os outros' },
  flags: [peerUrls],
  async run(session, flags, args) {
    const id = memberId(args);
    const peers = urls(flags.string('peer-urls'));
    const client = await session.client();
    const request = { ID: id, peerURLs: checked(peers) };
    const answer = await client.call<MembersResponse>('MemberUpdate', request, { timeout: session.timeout });
    await session.show('MemberUpdate', { ...answer, id });
  },
};

const promote: CommandSpec = {
  name: 'promote',
  usage: '<memberID>',
  short: { en: 'Gives a learner its vote', 'pt-BR': 'Dá voto a um aprendiz (learner)' },
  async run(session, _flags, args) {
    const id = memberId(args);
    const client = await session.client();
    const answer = await client.call<MembersResponse>(
      'MemberPromote',
      { ID: id },
      { timeout: session.timeout },
    );
    await session.show('MemberPromote', { ...answer, id });
  },
};

const list: CommandSpec = {
  name: 'list',
  usage: '',
  short: { en: 'Lists the members', 'pt-BR': 'Lista os membros' },
  long: {
    en: 'In the simple form: id, status, name, peer URLs, client URLs, is a learner.',
    'pt-BR': 'Na forma simples: id, estado, nome, URLs para membros, URLs para clientes, é aprendiz.',
  },
  flags: [
    {
      name: 'consistency',
      kind: 'string',
      initial: 'l',
      values: ['l', 's'],
      help: {
        en: 'l asks the majority, s the member itself',
        'pt-BR': 'l pergunta à maioria, s ao próprio membro',
      },
    },
  ],
  async run(session, flags) {
    const client = await session.client();
    const consistency = flags.string('consistency');
    if (consistency !== 'l' && consistency !== 's') {
      throw new ExitError(exitCode.badFeature, `unknown consistency flag ${goQuote(consistency)}`);
    }
    // 3.4 does not have the field; its members answer for themselves.
    const linearizable = consistency === 'l' && session.version !== '3.4';
    await session.show(
      'MemberList',
      await client.call<MembersResponse>('MemberList', { linearizable }, { timeout: session.timeout }),
    );
  },
};

export const member: CommandSpec = {
  name: 'member',
  usage: '<subcommand>',
  short: { en: 'Members of the cluster', 'pt-BR': 'Membros do cluster' },
  subcommands: [add, list, promote, remove, update],
};
