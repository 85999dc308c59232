import { describe, expect, it } from 'vitest';
import { contract } from '../shared/contract/contract.ts';
import type { Contract } from '../shared/contract/contract.ts';
import type { SessionState } from '../shared/contract/session.ts';
import { channelPair } from '../shared/rpc/channel.ts';
import { contractHash } from '../shared/rpc/contract-hash.ts';
import { RpcClient } from '../shared/rpc/rpc-client.ts';
import { WorkspaceUnavailable } from './open-store.ts';
import { UnavailableHost } from './unavailable-host.ts';

async function connect(error: unknown, log: string[] = []): Promise<RpcClient<Contract>> {
  const host = new UnavailableHost(error, {
    dataDir: '/home/learner/w',
    appVersion: '0.1.0',
    log: (line) => log.push(line),
  });
  const [page, own] = channelPair();
  host.serve(own);
  const client = new RpcClient<Contract>(page);
  await client.hello(contractHash(contract));
  return client;
}

function session(client: RpcClient<Contract>): Promise<SessionState> {
  return new Promise((resolve, reject) => {
    client.stream(
      'session.watch',
      {},
      { onItem: resolve, onEnd: (error) => reject(new Error(String(error))) },
    );
  });
}

describe('a host without its workspace', () => {
  it('tells which workspace is busy, in a code that the app words', async () => {
    const log: string[] = [];
    const client = await connect(new WorkspaceUnavailable('busy', 'The workspace is open.'), log);
    expect(await session(client)).toMatchObject({
      phase: 'failed',
      failure: { code: 'workspace.busy', params: { workspace: '/home/learner/w/workspace.leme' } },
      workspace: '/home/learner/w/workspace.leme',
      endpoints: null,
    });
    expect(log).toEqual(['The workspace is open.']);
  });

  it('tells any other reason in its own words', async () => {
    const client = await connect(new WorkspaceUnavailable('failed', 'unable to open database file'));
    expect((await session(client)).failure).toEqual({
      code: 'host.failed',
      params: { message: 'unable to open database file' },
    });
  });

  it('gives default settings and refuses what needs a cluster', async () => {
    const client = await connect(new Error('no'));
    expect(await client.call('settings.get', {})).toMatchObject({ locale: 'system' });
    await expect(client.call('lab.restart', {})).rejects.toMatchObject({
      code: 'Disconnected',
      message: 'no',
    });
  });
});
