import { describe, expect, it } from 'vitest';
import { CausalLog } from '../../base/causal-log.ts';
import { newTestSimulation } from '../../base/simulation.testing.ts';
import { MemoryBackend } from '../../cluster/etcd/backend/memory.ts';
import type { KeyValue } from '../../cluster/etcd/client/interface.ts';
import { ObjectView } from '../object-view.ts';
import { parseHostOptions } from '../options.ts';
import { readObject } from './object-service.ts';
import { RecordsService } from './records-service.ts';

const message = (summary: string): Parameters<CausalLog['append']>[0] => ({
  kind: 'message',
  to: 'cp-1/kube-apiserver',
  protocol: 'https',
  phase: 'request',
  summary,
  connection: 1,
  call: 1,
  latency: 0.3,
});

describe('RecordsService', () => {
  const setUp = (): {
    log: CausalLog;
    service: RecordsService;
    batches: { records: { summary: string }[]; flows: { count: number }[] }[];
  } => {
    const log = new CausalLog(1000);
    const service = new RecordsService(log, () => 10_000);
    const batches: { records: { summary: string }[]; flows: { count: number }[] }[] = [];
    service.watch(
      { includePeriodic: false, limit: 2 },
      {
        next: (batch) => void batches.push(batch),
        end: () => undefined,
        fail: () => undefined,
        onEnd: () => undefined,
      },
    );
    return { log, service, batches };
  };

  it('leaves routine and its consequences out, and turns what is too much into flows', () => {
    const { log, service, batches } = setUp();
    const lease = log.append(
      message('PUT /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/worker-1'),
      1,
      0,
      'worker-1/kubelet',
    );
    log.append(message('Txn put /registry/pods/x'), 2, lease, 'cp-1/kube-apiserver');
    const input = log.append(
      { kind: 'input', action: 'request', detail: { method: 'POST', target: '/api/v1/pods' } },
      3,
      0,
      'console/gateway',
    );
    for (let index = 0; index < 5; index += 1)
      log.append(message(`POST ${index}`), 4, input, 'console/gateway');
    service.flush();
    expect(batches.at(-1)?.records.map(({ summary }) => summary)).toEqual([
      'POST /api/v1/pods',
      'POST 0',
      'POST 1',
    ]);
    expect(batches.at(-1)?.flows).toEqual([
      { from: 'console/gateway', to: 'cp-1/kube-apiserver', protocol: 'https', count: 3, last: 8 },
    ]);
  });

  it('takes a watch that begins anew when its time is over for routine, and one whose server went away for news', () => {
    const { log, service, batches } = setUp();
    const input = log.append({ kind: 'input', action: 'click' }, 1, 0, 'learner');
    const before = log.append(message('GET /api/v1/pods?watch=true'), 2, input, 'cp-1/kube-scheduler');
    service.flush();
    const over = log.append(message('end of stream (timeout)'), 3, before, 'cp-1/kube-apiserver');
    log.append(message('GET /api/v1/pods?watch=true'), 4, over, 'cp-1/kube-scheduler');
    log.append(message('end of stream'), 5, before, 'cp-1/kube-apiserver');
    service.flush();
    expect(batches.at(-1)?.records.map(({ summary }) => summary)).toEqual(['end of stream']);
  });

  it('marks what was before the stream as history, and only that', () => {
    const log = new CausalLog(1000);
    log.append(message('POST old'), 1, 0, 'console/gateway');
    const seen: { history?: boolean | undefined; records: { summary: string }[] }[] = [];
    const service = new RecordsService(log, () => 10_000);
    service.watch(
      { includePeriodic: false, limit: 2 },
      {
        next: (batch) => void seen.push(batch),
        end: () => undefined,
        fail: () => undefined,
        onEnd: () => undefined,
      },
    );
    log.append(message('POST new'), 2, 0, 'console/gateway');
    service.flush();
    expect(seen.map(({ history, records }) => [history, records.map(({ summary }) => summary)])).toEqual([
      [true, ['POST old']],
      [undefined, ['POST new']],
    ]);
  });

  it('opens a record with its causes and consequences, and says when it is gone', () => {
    const { log, service } = setUp();
    const root = log.append({ kind: 'input', action: 'click' }, 1, 0, 'learner');
    const middle = log.append({ ...message('POST /x'), body: { kind: 'Pod' } } as never, 2, root, 'learner');
    log.append(message('response'), 3, middle, 'cp-1/kube-apiserver');
    expect(service.get(middle)).toMatchObject({
      body: 'kind: Pod\n',
      causes: [{ id: root }],
      consequences: [{ summary: 'response' }],
    });
    expect(() => service.get(99)).toThrow('record 99 is no longer kept');
  });
});

describe('heartbeats between members of etcd', () => {
  it('are no records but beats, and elections are news whatever began them', () => {
    const log = new CausalLog(1000);
    const seen: { records: { summary: string }[]; beats?: { from: string; to: string; count: number }[] }[] =
      [];
    const service = new RecordsService(log, () => 10_000);
    service.watch(
      { includePeriodic: false, limit: 20 },
      {
        next: (batch) => void seen.push(batch),
        end: () => undefined,
        fail: () => undefined,
        onEnd: () => undefined,
      },
    );
    const peer = (summary: string, cause = 0): number =>
      log.append({ ...message(summary), to: 'cp-2/etcd', phase: 'item' } as never, 1, cause, 'cp-1/etcd');
    const beat = peer('MsgHeartbeat');
    peer('MsgHeartbeatResp', beat);
    peer('MsgHeartbeat');
    service.flush();
    expect(seen).toEqual([
      {
        records: [],
        flows: [],
        beats: [{ from: 'cp-1/etcd', to: 'cp-2/etcd', protocol: 'https', count: 2, last: 3 }],
      },
    ]);
    peer('MsgPreVote term 4, last index 17', beat);
    service.flush();
    expect(seen[1]?.records.map(({ summary }) => summary)).toEqual(['MsgPreVote term 4, last index 17']);
    expect(seen[1]?.beats).toBeUndefined();
    service.flush();
    expect(seen).toHaveLength(2);
  });

  it('by which a read is made sure of are beats too, but what the read leads to is news', () => {
    const log = new CausalLog(1000);
    const seen: { records: { summary: string }[]; beats?: { count: number }[] }[] = [];
    const service = new RecordsService(log, () => 10_000);
    service.watch(
      { includePeriodic: false, limit: 20 },
      {
        next: (batch) => void seen.push(batch),
        end: () => undefined,
        fail: () => undefined,
        onEnd: () => undefined,
      },
    );
    const to = (target: string, summary: string, cause: number): number =>
      log.append({ ...message(summary), to: target } as never, 1, cause, 'cp-1/etcd');
    const read = to('cp-1/etcd', 'Range /registry/pods/x', 0);
    const beat = to('cp-2/etcd', 'MsgHeartbeat for a read', read);
    const answer = to('cp-1/etcd', 'MsgHeartbeatResp for a read', beat);
    to('cp-1/kube-apiserver', 'OK', answer);
    service.flush();
    expect(seen.map(({ records }) => records.map(({ summary }) => summary))).toEqual([
      ['Range /registry/pods/x', 'OK'],
    ]);
    expect(seen[0]?.beats).toMatchObject([{ count: 1 }]);
  });
});

describe('ObjectView', () => {
  const put = (
    key: string,
    revision: number,
    object: object,
  ): { kv: KeyValue; sub: number; tombstone: boolean } => ({
    kv: {
      key,
      value: JSON.stringify(object),
      modRevision: revision,
      createRevision: revision,
      version: 1,
      lease: '0',
    } as unknown as KeyValue,
    sub: 0,
    tombstone: false,
  });

  it('follows what is written, tells what changed, and forgets what is deleted', () => {
    const view = new ObjectView();
    const backend = view.observe('cp-1', new MemoryBackend());
    const seen: string[] = [];
    view.onDidChange(
      (change) =>
        void seen.push(`${change.prefix} ${change.key} ${change.object === undefined ? 'gone' : 'there'}`),
    );
    backend.append([put('/registry/pods/default/a', 2, { kind: 'Pod', metadata: { name: 'a', uid: 'u1' } })]);
    backend.append([
      put('/registry/services/specs/default/s', 3, { kind: 'Service', metadata: { name: 's' } }),
    ]);
    expect(view.get('pods', 'default/a')).toMatchObject({ metadata: { name: 'a', resourceVersion: '2' } });
    expect(view.list('services/specs', 'default')).toHaveLength(1);
    backend.append([{ ...put('/registry/pods/default/a', 4, {}), tombstone: true }]);
    expect(view.list('pods')).toEqual([]);
    expect(seen).toEqual(['pods default/a there', 'services/specs default/s there', 'pods default/a gone']);
    expect(view.revision).toBe(4);
  });

  it('reads one object as YAML, or says that it does not exist', () => {
    const view = new ObjectView();
    view
      .observe('cp-1', new MemoryBackend())
      .append([put('/registry/pods/default/a', 2, { kind: 'Pod', metadata: { name: 'a', uid: 'u1' } })]);
    const place = { group: '', resource: 'pods', namespace: 'default', name: 'a' };
    expect(readObject(view, place).yaml).toContain('name: a');
    expect(() => readObject(view, { ...place, name: 'b' })).toThrow('pods default/b does not exist');
  });
});

describe('parseHostOptions', () => {
  it('takes the stable flags and refuses what makes no sense', () => {
    expect(
      parseHostOptions(['--data', '/x', '--topology', 'oke-3', '--api-port', '0', '--json'], '/d'),
    ).toMatchObject({
      dataDir: '/x',
      topology: 'oke-3',
      apiPort: 0,
      port: 0,
      speed: 1,
      json: true,
    });
    expect(() => parseHostOptions(['--speed', '1000'], '/d')).toThrow(
      '--speed must be between 0.5 and 100, not 1000',
    );
    expect(() => parseHostOptions(['--port', '70000'], '/d')).toThrow(
      '--port must be a port number from 0 to 65535, not 70000',
    );
    expect(() => parseHostOptions(['--nonsense'], '/d')).toThrow("Unknown option '--nonsense'");
  });
});

describe('a step', () => {
  it('stops at the first thing that is no routine', async () => {
    const simulation = newTestSimulation();
    const service = new RecordsService(simulation.log, () => simulation.now);
    const context = simulation.createContext('cp-1/kubelet');
    context.clock.setInterval(() => void context.tracer.record(message('PUT /x/leases/y') as never), 10);
    context.clock.setTimeout(
      () => void context.tracer.record({ kind: 'decision', subject: 's', action: 'a' }),
      35,
    );
    await simulation.runUntil(simulation.now + 100, () =>
      [...simulation.log.range(1)].some((record) => !service.isRoutine(record)),
    );
    expect(simulation.log.nextId - 1).toBe(4);
  });
});
