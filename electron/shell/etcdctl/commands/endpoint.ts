import type { FlagSpec } from '../../kubectl/flags.ts';
import type { Endpoint } from '../client/endpoint.ts';
import type { HashKvResponse, MembersResponse, StatusResponse } from '../client/messages.ts';
import { CallError, ExitError, exitCode } from '../errors.ts';
import type { CommandSpec } from '../interface.ts';
import type { AlarmMember, EndpointHealth, Shown } from '../print/interface.ts';
import type { Session } from '../session.ts';

const DENIED = 'etcdserver: permission denied';

export const clusterFlag: FlagSpec = {
  name: 'cluster',
  kind: 'bool',
  help: { en: 'ask every member of the cluster', 'pt-BR': 'pergunta a todos os membros do cluster' },
};

/** The endpoints that were given, or with `--cluster` those of the member list. @throws ExitError */
export async function endpointsOf(session: Session): Promise<readonly Endpoint[]> {
  if (!session.flags.bool('cluster')) return session.endpoints();
  const client = await session.client();
  try {
    const list = await client.call<MembersResponse>(
      'MemberList',
      { linearizable: session.version !== '3.4' },
      { timeout: session.timeout },
    );
    return list.message.members.flatMap((member) => member.clientURLs.map((url) => session.endpoint(url)));
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    throw new ExitError(
      exitCode.error,
      `failed to fetch endpoints from etcd cluster member list: ${error.message}`,
    );
  }
}

const status: CommandSpec = {
  name: 'status',
  usage: '',
  short: { en: 'Status of each endpoint', 'pt-BR': 'Estado de cada endpoint' },
  async run(session) {
    const client = await session.client();
    const shown: Shown['EndpointStatus'][number][] = [];
    let failed = false;
    for (const endpoint of await endpointsOf(session)) {
      try {
        const answer = await client.call<StatusResponse>(
          'Status',
          {},
          { timeout: session.timeout, endpoint },
        );
        shown.push({ endpoint: endpoint.text, answer });
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        failed = true;
        await session.io.stderr.write(
          `Failed to get the status of endpoint ${endpoint.text} (${error.message})\n`,
        );
      }
    }
    await session.show('EndpointStatus', shown);
    return failed ? exitCode.error : 0;
  },
};

const hashkv: CommandSpec = {
  name: 'hashkv',
  usage: '',
  short: {
    en: "Hash of each endpoint's history of keys",
    'pt-BR': 'Hash do histórico de chaves de cada endpoint',
  },
  flags: [
    {
      name: 'rev',
      kind: 'int',
      initial: '0',
      help: { en: 'up to this revision (0: all)', 'pt-BR': 'até esta revisão (0: todas)' },
    },
  ],
  async run(session, flags) {
    const client = await session.client();
    const shown: Shown['EndpointHashKV'][number][] = [];
    let failure: string | undefined;
    for (const endpoint of await endpointsOf(session)) {
      try {
        const request = { revision: flags.number('rev') };
        const answer = await client.call<HashKvResponse>('HashKV', request, {
          timeout: session.timeout,
          endpoint,
        });
        shown.push({ endpoint: endpoint.text, answer });
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        failure = error.message;
        await session.io.stderr.write(
          `Failed to get the hash of endpoint ${endpoint.text} (${error.message})\n`,
        );
      }
    }
    await session.show('EndpointHashKV', shown);
    if (failure !== undefined) throw new ExitError(exitCode.error, failure);
  },
};

const health: CommandSpec = {
  name: 'health',
  usage: '',
  short: {
    en: 'Whether each endpoint can serve a read',
    'pt-BR': 'Se cada endpoint consegue servir uma leitura',
  },
  async run(session) {
    session.printer();
    const shown: EndpointHealth[] = [];
    // In the order they answer, as upstream.
    await Promise.all(
      (await endpointsOf(session)).map(async (one) => void shown.push(await probe(session, one))),
    );
    await session.show('EndpointHealth', shown);
    if (shown.some((one) => !one.health)) throw new ExitError(exitCode.error, 'unhealthy cluster');
  },
};

/** Reads a key through the majority; being refused for lack of permission needs the majority too. */
async function probe(session: Session, endpoint: Endpoint): Promise<EndpointHealth> {
  const begun = performance.now();
  const result = (error: string, took = performance.now() - begun): EndpointHealth => ({
    endpoint: endpoint.text,
    health: error === '',
    took,
    error,
  });
  try {
    const client = await session.open([endpoint]);
    await client.authenticate();
    const { timeout } = session;
    try {
      await client.call('Range', { key: Buffer.from('health') }, { timeout });
    } catch (error) {
      if (!(error instanceof CallError) || error.message !== DENIED) throw error;
    }
    const took = performance.now() - begun;
    if (session.version === '3.4') return result('', took);
    const alarms = await client
      .call<{ alarms: AlarmMember[] }>('Alarm', { action: 'GET' }, { timeout })
      .catch((error: unknown) => {
        if (error instanceof CallError) return undefined;
        throw error;
      });
    if (alarms === undefined) return result('Unable to fetch the alarm list', took);
    const active = alarms.message.alarms.map(({ alarm }) => `${alarm} `).join('');
    return result(active === '' ? '' : `Active Alarm(s): ${active}`, took);
  } catch (error) {
    if (error instanceof CallError) return result(error.message);
    throw error;
  }
}

export const endpoint: CommandSpec = {
  name: 'endpoint',
  usage: '<subcommand>',
  short: { en: 'Endpoints: status, health, hashes', 'pt-BR': 'Endpoints: estado, saúde, hashes' },
  persistentFlags: [clusterFlag],
  subcommands: [hashkv, health, status],
};
