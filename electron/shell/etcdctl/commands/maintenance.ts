import type { Header, StatusResponse } from '../client/messages.ts';
import { CallError, ExitError, exitCode } from '../errors.ts';
import type { CommandSpec } from '../interface.ts';
import { parseInt64, parseUint64 } from '../numbers.ts';
import { goDuration } from '../print/go-text.ts';
import type { AlarmMember, Shown } from '../print/interface.ts';
import { clusterFlag, endpointsOf } from './endpoint.ts';

type Alarms = Shown['Alarm']['message'];

const listAlarms: CommandSpec = {
  name: 'list',
  usage: '',
  short: { en: 'Lists the alarms', 'pt-BR': 'Lista os alarmes' },
  async run(session, _flags, args) {
    if (args.length > 0) throw new ExitError(exitCode.badArgs, 'alarm list command accepts no arguments');
    const client = await session.client();
    await session.show(
      'Alarm',
      await client.call<Alarms>('Alarm', { action: 'GET' }, { timeout: session.timeout }),
    );
  },
};

const disarm: CommandSpec = {
  name: 'disarm',
  usage: '',
  short: { en: 'Ends all alarms', 'pt-BR': 'Encerra todos os alarmes' },
  async run(session, _flags, args) {
    if (args.length > 0) throw new ExitError(exitCode.badArgs, 'alarm disarm command accepts no arguments');
    const client = await session.client();
    const { timeout } = session;
    const active = await client.call<Alarms>('Alarm', { action: 'GET' }, { timeout });
    const alarms: AlarmMember[] = [];
    for (const { memberID, alarm } of active.message.alarms) {
      const answer = await client.call<Alarms>(
        'Alarm',
        { action: 'DEACTIVATE', memberID, alarm },
        { timeout },
      );
      alarms.push(...answer.message.alarms);
    }
    await session.show('Alarm', { ...active, bytes: Buffer.alloc(0), message: { header: null, alarms } });
  },
};

export const alarm: CommandSpec = {
  name: 'alarm',
  usage: '<subcommand>',
  short: { en: 'Alarms of the cluster', 'pt-BR': 'Alarmes do cluster' },
  subcommands: [disarm, listAlarms],
};

export const defrag: CommandSpec = {
  name: 'defrag',
  usage: '',
  short: {
    en: "Gives the free space of members' files back",
    'pt-BR': 'Devolve o espaço livre dos arquivos dos membros',
  },
  flags: [clusterFlag],
  async run(session) {
    const client = await session.client();
    let failed = false;
    for (const endpoint of await endpointsOf(session)) {
      const begun = performance.now();
      const took = (): string =>
        session.version === '3.4' ? '' : `. took ${goDuration(performance.now() - begun)}`;
      try {
        await client.call('Defragment', {}, { timeout: session.timeout, endpoint });
        await session.print(`Finished defragmenting etcd member[${endpoint.text}]${took()}\n`);
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        failed = true;
        const end = session.version === '3.4' ? '' : `${took()}.`;
        await session.io.stderr.write(
          `Failed to defragment etcd member[${endpoint.text}]${end} (${error.message})\n`,
        );
      }
    }
    return failed ? exitCode.error : 0;
  },
};

export const compaction: CommandSpec = {
  name: 'compaction',
  usage: '[options] <revision>',
  short: {
    en: 'Forgets the history before a revision',
    'pt-BR': 'Esquece o histórico anterior a uma revisão',
  },
  flags: [
    {
      name: 'physical',
      kind: 'bool',
      help: {
        en: 'answer only when the space has been freed',
        'pt-BR': 'responde só quando o espaço foi liberado',
      },
    },
  ],
  async run(session, flags, args) {
    if (args.length !== 1) throw new ExitError(exitCode.badArgs, 'compaction command needs 1 argument');
    let revision: string;
    try {
      revision = parseInt64(args[0] as string, 10);
    } catch (error) {
      throw new ExitError(exitCode.error, (error as Error).message);
    }
    const client = await session.client();
    await client.call(
      'Compact',
      { revision, physical: flags.bool('physical') },
      { timeout: session.timeout },
    );
    await session.print(`compacted revision ${revision}\n`);
  },
};

export const moveLeader: CommandSpec = {
  name: 'move-leader',
  usage: '<transferee-member-id>',
  short: { en: 'Hands leadership to another member', 'pt-BR': 'Passa a liderança a outro membro' },
  async run(session, _flags, args) {
    if (args.length !== 1) throw new ExitError(exitCode.badArgs, 'move-leader command needs 1 argument');
    let target: string;
    try {
      target = parseUint64(args[0] as string, 16);
    } catch (error) {
      throw new ExitError(exitCode.badArgs, (error as Error).message);
    }
    const client = await session.client();
    const { timeout } = session;
    for (const endpoint of client.endpoints) {
      const { message } = await client.call<StatusResponse>('Status', {}, { timeout, endpoint });
      if (message.header.member_id !== message.leader) continue;
      const answer = await client.call<{ header: Header }>(
        'MoveLeader',
        { targetID: target },
        { timeout, endpoint },
      );
      return session.show('MoveLeader', { ...answer, leader: message.leader, target });
    }
    throw new ExitError(
      exitCode.badArgs,
      `no leader endpoint given at [${client.endpoints.map(({ text }) => text).join(' ')}]`,
    );
  },
};
