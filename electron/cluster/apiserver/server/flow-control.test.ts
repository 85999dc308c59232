import { beforeEach, describe, expect, it } from 'vitest';
import { STRATEGIES } from '../../api/registry.ts';
import type { HttpResponse } from '../../network/http.ts';
import { certificate, TestCluster, valueOf } from '../testing/test-cluster.testing.ts';

const GROUP = '/apis/flowcontrol.apiserver.k8s.io/v1';
const ANA = certificate('ana');
const UIDS = ['x-kubernetes-pf-flowschema-uid', 'x-kubernetes-pf-prioritylevel-uid'];
let cluster: TestCluster;

/** Ana may do everything, and counts as `schema`, at a level of her own. */
async function limit(limitResponse: object, nominalConcurrencyShares = 1): Promise<void> {
  await cluster.call('POST', `${GROUP}/prioritylevelconfigurations`, {
    metadata: { name: 'narrow' },
    spec: { type: 'Limited', limited: { nominalConcurrencyShares, limitResponse } },
  });
  await cluster.call('POST', `${GROUP}/flowschemas`, {
    metadata: { name: 'ana' },
    spec: {
      priorityLevelConfiguration: { name: 'narrow' },
      matchingPrecedence: 500,
      distinguisherMethod: { type: 'ByUser' },
      rules: [
        {
          subjects: [{ kind: 'User', user: { name: 'ana' } }],
          resourceRules: [
            { verbs: ['get', 'watch'], apiGroups: [''], resources: ['*'], namespaces: ['*'], clusterScope: true },
          ],
        },
      ],
    },
  }); // prettier-ignore
  await cluster.run(1_000);
}

/** So many reads of an object at once, over one connection. */
function reads(count: number): Promise<HttpResponse[]> {
  return cluster.do(async () => {
    const connection = await cluster.connection(ANA);
    const request = { method: 'GET', target: '/api/v1/namespaces/default', headers: {} };
    return Promise.all(Array.from({ length: count }, () => connection.call(request)));
  });
}

const codes = (responses: readonly HttpResponse[]): number[] => responses.map(({ status }) => status);

async function metric(text: string): Promise<string[]> {
  const metrics = String(valueOf(await cluster.call('GET', '/metrics'))['text']);
  return metrics.split('\n').filter((line) => line.includes(text) && !line.startsWith('#'));
}

beforeEach(async () => {
  cluster = await TestCluster.start(STRATEGIES, {}, [
    '--max-requests-inflight=2',
    '--max-mutating-requests-inflight=0',
  ]);
  await cluster.call('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    metadata: { name: 'ana' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ana' }],
  });
});

describe('every answer', () => {
  it('says by UIDs what the request counted as, a refusal too, and its record by names', async () => {
    const uid = async (path: string) =>
      (valueOf(await cluster.call('GET', `${GROUP}/${path}`)) as { metadata: { uid: string } }).metadata.uid;
    const schema = await uid('flowschemas/global-default');
    const level = await uid('prioritylevelconfigurations/global-default');
    for (const target of ['/api/v1/namespaces/default', '/api/v1/namespaces/nowhere', '/version', '/api']) {
      const { headers } = await cluster.call('GET', target, undefined, {}, ANA);
      expect([target, ...UIDS.map((name) => headers[name])]).toEqual([target, schema, level]);
    }
    const forbidden = await cluster.call('GET', '/api/v1/pods', undefined, {}, certificate('bo'));
    expect([forbidden.status, forbidden.headers[UIDS[0] as string]]).toEqual([403, schema]);
    const details = [...cluster.simulation.log.range(0, 1e9)].flatMap((record) =>
      record.kind === 'message' && record.detail?.['user'] === 'ana' ? [record.detail['flowControl']] : [],
    );
    expect(details).toContain('global-default (global-default)');
  });

  it('does not when flow control is off, and an unauthenticated one was not classified', async () => {
    const unknown = { ...ANA, issuer: 'somebody' };
    const refused = await cluster.call('GET', '/api', undefined, {}, unknown);
    expect([refused.status, refused.headers[UIDS[0] as string]]).toEqual([401, undefined]);
    const off = await TestCluster.start(STRATEGIES, {}, ['--enable-priority-and-fairness=false']);
    const { headers, status } = await off.call('GET', '/version');
    expect([status, headers[UIDS[0] as string]]).toEqual([200, undefined]);
  });
});

describe('a level without queues', () => {
  it('refuses what it has no seat for: 429 in plain text, and later with a longer Retry-After', async () => {
    await limit({ type: 'Reject' });
    const [first, second] = await reads(2);
    expect(first?.status).toBe(200);
    expect(second?.status).toBe(429);
    expect(second?.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'retry-after': '1',
    });
    expect(second?.headers[UIDS[0] as string]).toBe(first?.headers[UIDS[0] as string]);
    expect(valueOf(second as HttpResponse)['text']).toBe('Too many requests, please try again later.\n');
    await reads(9);
    await cluster.run(1_000);
    const later = await reads(2);
    expect(later[1]?.headers['retry-after']).toBe('2');
    expect(await metric('rejected_requests_total')).toEqual([
      'apiserver_flowcontrol_rejected_requests_total{flow_schema="ana",priority_level="narrow",reason="concurrency-limit"} 10',
    ]);
    const dump = await cluster.call('GET', '/debug/api_priority_and_fairness/dump_priority_levels');
    const lines = String(valueOf(dump)['text']).split('\n');
    expect(lines[0]).toBe(
      'PriorityLevelName, ActiveQueues, IsIdle, IsQuiescing, WaitingRequests, ExecutingRequests, DispatchedRequests, RejectedRequests, TimedoutRequests, CancelledRequests',
    );
    expect(lines.find((line) => line.startsWith('narrow'))).toBe(
      'narrow,            0,            true,   false,       0,               0,                 3,                  10,               0,                0',
    );
    expect((await cluster.call('GET', '/debug/api_priority_and_fairness/dump_queues')).status).toBe(404);
    expect(await metric('current_executing_seats{priority_level="narrow"')).toEqual([
      'apiserver_flowcontrol_current_executing_seats{priority_level="narrow"} 0',
    ]);
  });

  it('lets everything through again once its schema is gone, and the administrator always', async () => {
    await limit({ type: 'Reject' });
    await cluster.call('DELETE', `${GROUP}/flowschemas/ana`);
    await cluster.run(100);
    expect(codes(await reads(4))).toEqual([200, 200, 200, 200]);
    expect((await cluster.call('GET', '/api/v1/namespaces/default')).status).toBe(200);
  });

  it('gives a watch its seat back once it has begun', async () => {
    await limit({ type: 'Reject' });
    const begun = await cluster.do(async () => {
      const connection = await cluster.connection(ANA);
      const handlers = { onItem: () => undefined, onEnd: () => undefined };
      const request = { method: 'GET', target: '/api/v1/namespaces?watch=true', headers: {} };
      const streams = [];
      for (let count = 0; count < 3; count += 1) streams.push(await connection.stream(request, handlers));
      return streams.map(({ response }) => [
        response.status,
        response.headers[UIDS[0] as string] !== undefined,
      ]);
    });
    expect(begun).toEqual([[200, true], [200, true], [200, true]]); // prettier-ignore
    expect(codes(await reads(1))).toEqual([200]);
    expect(await metric('dispatched_requests_total{flow_schema="ana"')).toEqual([
      'apiserver_flowcontrol_dispatched_requests_total{flow_schema="ana",priority_level="narrow"} 4',
    ]);
  });
});

describe('a level with queues', () => {
  it('lets the rest wait, and refuses what no queue has room for', async () => {
    await limit({ type: 'Queue', queuing: { queues: 1, handSize: 1, queueLengthLimit: 2 } });
    expect(codes(await reads(4))).toEqual([200, 200, 200, 429]);
    expect(await metric('reason="queue-full"')).toEqual([
      'apiserver_flowcontrol_rejected_requests_total{flow_schema="ana",priority_level="narrow",reason="queue-full"} 1',
    ]);
    const waited = [...cluster.simulation.log.range(0, 1e9)].flatMap((record) =>
      record.kind === 'message' ? [String(record.detail?.['flowControl'] ?? '')] : [],
    );
    expect(waited.filter((text) => text.startsWith('ana'))).toEqual([
      'ana (narrow)',
      expect.stringMatching(/^ana \(narrow\), waited \d+ ms$/),
      expect.stringMatching(/^ana \(narrow\), waited \d+ ms$/),
    ]);
    expect(waited).toContain('refused: ana (narrow): queue-full');
  });

  it('without a seat keeps requests waiting for a quarter of the request timeout', async () => {
    await limit({ type: 'Queue', queuing: { queues: 1, handSize: 1, queueLengthLimit: 2 } }, 0);
    const before = cluster.simulation.now;
    expect(codes(await reads(1))).toEqual([429]);
    expect(Math.floor((cluster.simulation.now - before) / 1000)).toBe(15);
    expect(await metric('reason="time-out"')).toHaveLength(1);
  });

  it('forgets who went away while waiting', async () => {
    await limit({ type: 'Queue', queuing: { queues: 1, handSize: 1, queueLengthLimit: 1 } }, 0);
    await cluster.do(async () => {
      const connection = await cluster.connection(ANA);
      void connection
        .call({ method: 'GET', target: '/api/v1/namespaces/default', headers: {} })
        .catch(() => undefined);
    });
    await cluster.run(1_000);
    expect(await metric('current_inqueue_requests{flow_schema="ana"')).toEqual([
      'apiserver_flowcontrol_current_inqueue_requests{flow_schema="ana",priority_level="narrow"} 1',
    ]);
    await cluster.do(async () => (await cluster.connection(ANA)).close());
    await cluster.run(1_000);
    expect(await metric('current_inqueue_requests{flow_schema="ana"')).toEqual([
      'apiserver_flowcontrol_current_inqueue_requests{flow_schema="ana",priority_level="narrow"} 0',
    ]);
  });
});

describe('the objects', () => {
  const conditionOf = async (name: string) =>
    (
      valueOf(await cluster.call('GET', `${GROUP}/flowschemas/${name}`)) as {
        status: { conditions: readonly Record<string, string>[] };
      }
    ).status.conditions[0];

  it('a schema says whether its level exists', async () => {
    expect(await conditionOf('catch-all')).toMatchObject({
      type: 'Dangling',
      status: 'False',
      reason: 'Found',
      message:
        'This FlowSchema references the PriorityLevelConfiguration object named "catch-all" and it exists',
    });
    await limit({ type: 'Reject' });
    await cluster.call('DELETE', `${GROUP}/prioritylevelconfigurations/narrow`);
    await cluster.run(1_000);
    expect(await conditionOf('ana')).toMatchObject({
      status: 'True',
      reason: 'NotFound',
      message:
        'This FlowSchema references the PriorityLevelConfiguration object named "narrow" but there is no such object',
    });
    expect(codes(await reads(2))).toEqual([200, 200]);
  });

  it('what belongs there comes back, and keeps its spec unless its annotation says otherwise', async () => {
    const shares = async () =>
      (
        valueOf(await cluster.call('GET', `${GROUP}/prioritylevelconfigurations/workload-low`)) as {
          spec: { limited: { nominalConcurrencyShares: number } };
        }
      ).spec.limited.nominalConcurrencyShares;
    const patch = (body: object) =>
      cluster.call('PATCH', `${GROUP}/prioritylevelconfigurations/workload-low`, body, {
        'content-type': 'application/merge-patch+json',
      });
    await cluster.call('DELETE', `${GROUP}/flowschemas/catch-all`);
    await patch({ spec: { limited: { nominalConcurrencyShares: 7 } } });
    await cluster.run(61_000);
    expect(await shares()).toBe(100);
    expect((await cluster.call('GET', `${GROUP}/flowschemas/catch-all`)).status).toBe(200);
    await patch({
      metadata: { annotations: { 'apf.kubernetes.io/autoupdate-spec': 'false' } },
      spec: { limited: { nominalConcurrencyShares: 7 } },
    });
    await cluster.run(61_000);
    expect(await shares()).toBe(7);
  });

  it('a queue of nonsense is refused', async () => {
    const create = async (queuing: object) =>
      valueOf(
        await cluster.call('POST', `${GROUP}/prioritylevelconfigurations`, {
          metadata: { name: 'x' },
          spec: { type: 'Limited', limited: { limitResponse: { type: 'Queue', queuing } } },
        }),
      ).message;
    const refused =
      'PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io "x" is invalid: spec.limited.limitResponse.queuing';
    expect(await create({ queues: 1_000_000_000, handSize: 1 })).toBe(
      `${refused}.queues: Invalid value: 1000000000: must not be greater than 10000000`,
    );
    expect(await create({ queues: 512, handSize: 8 })).toBe(
      `${refused}.handSize: Invalid value: 8: required entropy bits of deckSize 512 and handSize 8 should not be greater than 60`,
    );
  });
});
