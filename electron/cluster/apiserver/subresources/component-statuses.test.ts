import { describe, expect, it } from 'vitest';
import { STRATEGIES } from '../../api/registry.ts';
import { serveHealth } from '../../client/health-server.ts';
import { TestCluster, valueOf } from '../testing/test-cluster.testing.ts';

const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
const CS = '/api/v1/componentstatuses';

describe('componentstatuses', () => {
  it('tell what the probes of scheduler, controller manager and etcd give, with a warning', async () => {
    const cluster = await TestCluster.start(STRATEGIES);
    cluster.apiMachine.spawn({
      name: 'kube-scheduler',
      program: (process) => {
        serveHealth(process.net, 10_259);
        return new Promise(() => undefined);
      },
    });
    const answer = await cluster.call('GET', CS, undefined, TABLE);
    expect(answer.warnings ?? []).toEqual(['v1 ComponentStatus is deprecated in v1.19+']);
    const refused = 'dial tcp 127.0.0.1:10257: connect: connection refused';
    expect((valueOf(answer)['rows'] as { cells: unknown[] }[]).map(({ cells }) => cells)).toEqual([
      ['controller-manager', 'Unhealthy', `Get "https://127.0.0.1:10257/healthz": ${refused}`, ''],
      ['scheduler', 'Healthy', 'ok', ''],
      ['etcd-0', 'Healthy', 'ok', ''],
    ]);
    expect(valueOf(await cluster.call('GET', `${CS}/scheduler`))).toMatchObject({
      conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
    });
    const one = valueOf(await cluster.call('GET', `${CS}?fieldSelector=metadata.name%3Detcd-0`));
    expect(one['items']).toHaveLength(1);
  });

  it('are no objects that somebody could make, and know no others', async () => {
    const cluster = await TestCluster.start(STRATEGIES);
    const unknown = await cluster.call('GET', `${CS}/nosuch`);
    expect([unknown.status, valueOf(unknown).message]).toEqual([500, 'Component not found: nosuch']);
    expect((await cluster.call('POST', CS, { metadata: { name: 'x' } })).status).toBe(405);
    expect((await cluster.call('DELETE', `${CS}/scheduler`)).status).toBe(405);
  });
});
