import { describe, expect, it } from 'vitest';
import type { Pod } from '../api/types.ts';
import type { HttpFrame, HttpRequest } from '../network/http.ts';
import type { CloseReason, Connection, NetworkAccess } from '../network/interface.ts';
import { DialError } from '../network/interface.ts';
import { statusOf } from './api-errors.ts';
import { formatKubeConfig, parseKubeConfig, readClientConfig } from './kubeconfig.ts';
import { NetworkApiClient } from './network-api-client.ts';
import { resourceTypes } from './resource-types.ts';
import { TestSimulation } from './testing/test-simulation.testing.ts';

const peer = { actor: 'x', machine: 'cp-1', ip: '10.0.0.10' };

/** A network with one server on it, answering by `serve`. */
function fakeNet(
  test: TestSimulation,
  serve: (request: HttpRequest, send: (frame: HttpFrame) => void, call: number) => void,
) {
  const { clock } = test.component('net');
  const dials: Connection[] = [];
  const requests: HttpRequest[] = [];
  const state = { refuse: false, shut: (_: CloseReason): void => undefined };
  const net: NetworkAccess = {
    listen: () => ({ dispose: () => undefined }),
    dial: async () => {
      await clock.sleep(1);
      if (state.refuse)
        throw new DialError('ECONNREFUSED', 'dial tcp 10.0.0.10:6443: connect: connection refused');
      let handler: (payload: unknown, record: number) => void = () => undefined;
      const closers = new Set<(reason: CloseReason) => void>();
      const connection = {
        id: dials.length,
        protocol: 'https',
        local: peer,
        remote: peer,
        closed: false,
        send: (payload: unknown) => {
          const frame = payload as HttpFrame;
          if (frame.type !== 'request') return;
          requests.push(frame.request);
          serve(frame.request, (answer) => void clock.setTimeout(() => handler(answer, 0), 1), frame.call);
        },
        onMessage: (next: typeof handler) => void (handler = next),
        onClose: (closer: (reason: CloseReason) => void) => {
          closers.add(closer);
          return { dispose: () => void closers.delete(closer) };
        },
        close: () => undefined,
      };
      state.shut = (reason) => {
        connection.closed = true;
        for (const closer of closers) closer(reason);
      };
      dials.push(connection as Connection);
      return connection as Connection;
    },
  };
  return { net, dials, requests, state };
}

const config = {
  server: 'https://10.0.0.10:6443',
  userAgent: 'kube-scheduler/v1.34.9',
  limits: { qps: 50, burst: 100 },
};

describe('NetworkApiClient', () => {
  it('shares one connection, sends paths and bodies, decodes answers', async () => {
    const test = new TestSimulation();
    const fake = fakeNet(test, (request, send, call) => {
      send({
        type: 'response',
        call,
        response: { status: 200, headers: {}, body: { type: 'object', value: { got: request.target } } },
      });
    });
    const client = new NetworkApiClient(test.component('cp-1/kube-scheduler'), fake.net, config);
    const pods = client.resource<Pod>(resourceTypes.pods, 'default');
    const answers = await test.do(() =>
      Promise.all([
        pods.get('web'),
        pods.list({ labelSelector: 'app=web,tier!=x', limit: 500 }),
        pods.createSubresource('web', 'binding', { target: { name: 'w' } }),
        client.resource(resourceTypes.deployments, 'a').updateStatus({ metadata: { name: 'd' } }),
        client.resource(resourceTypes.nodes).patch('n', 'application/merge-patch+json', {}),
      ]),
    );
    expect(fake.dials).toHaveLength(1);
    expect(answers[0]).toEqual({ got: '/api/v1/namespaces/default/pods/web' });
    expect(fake.requests.map((request) => `${request.method} ${request.target}`)).toEqual([
      'GET /api/v1/namespaces/default/pods/web',
      'GET /api/v1/namespaces/default/pods?labelSelector=app%3Dweb%2Ctier!%3Dx&limit=500',
      'POST /api/v1/namespaces/default/pods/web/binding',
      'PUT /apis/apps/v1/namespaces/a/deployments/d/status',
      'PATCH /api/v1/nodes/n',
    ]);
    expect(fake.requests[4]?.headers).toMatchObject({
      'content-type': 'application/merge-patch+json',
      'user-agent': 'kube-scheduler/v1.34.9',
    });
  });

  it('comes back when it is told to, ten times and no more', async () => {
    const test = new TestSimulation();
    let refusals = 2;
    const fake = fakeNet(test, (_, send, call) => {
      refusals -= 1;
      const refused = {
        status: 429,
        headers: { 'retry-after': '2', 'content-type': 'text/plain; charset=utf-8' },
        body: { type: 'text', text: 'Too many requests, please try again later.\n' },
      } as const;
      const served = { status: 200, headers: {}, body: { type: 'object', value: { ok: true } } } as const;
      send({ type: 'response', call, response: refusals >= 0 ? refused : served });
    });
    const client = new NetworkApiClient(test.component('cp-1/kube-scheduler'), fake.net, config);
    const { clock } = test.component('test');
    const begun = clock.now();
    expect(await test.do(() => client.request('GET', '/version'))).toEqual({ ok: true });
    expect([fake.requests.length, Math.floor((clock.now() - begun) / 1000)]).toEqual([3, 4]);
    refusals = Infinity;
    const failed = await test.do(() => client.request('GET', '/version').catch((error: unknown) => error));
    expect(fake.requests).toHaveLength(3 + 11);
    expect(statusOf(failed)).toMatchObject({
      reason: 'TooManyRequests',
      message: 'the server has received too many requests and has asked us to try again later',
    });
  });

  it('throws the server Status, or Go-like texts when there is no answer', async () => {
    const test = new TestSimulation();
    const status = {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      reason: 'NotFound',
      code: 404,
      message: 'pods "web" not found',
    };
    let answer = true;
    const fake = fakeNet(test, (_, send, call) => {
      if (answer)
        send({
          type: 'response',
          call,
          response: { status: 404, headers: {}, body: { type: 'object', value: status } },
        });
    });
    const client = new NetworkApiClient(test.component('cp-1/x'), fake.net, config);
    const pods = client.resource<Pod>(resourceTypes.pods);
    const error = await test.do(() => pods.get('web').catch((reason: unknown) => reason));
    expect(statusOf(error)).toMatchObject(status);
    answer = false;
    const broken = test.do(() => pods.list().catch((reason: unknown) => (reason as Error).message), 5000);
    test.simulation.schedule(test.simulation.now + 10, () => fake.state.shut('reset'));
    expect(await broken).toBe(
      'Get "https://10.0.0.10:6443/api/v1/pods": read tcp 10.0.0.10->10.0.0.10: read: connection reset by peer',
    );
    fake.state.refuse = true;
    const refused = await test.do(() => pods.list().catch((reason: unknown) => (reason as Error).message));
    expect(refused).toBe(
      'Get "https://10.0.0.10:6443/api/v1/pods": dial tcp 10.0.0.10:6443: connect: connection refused',
    );
    fake.state.refuse = false;
    answer = true;
    await test.do(() => pods.get('web').catch(() => undefined));
    expect(fake.dials).toHaveLength(2);
  });

  it('streams watch items and ends with the connection', async () => {
    const test = new TestSimulation();
    const fake = fakeNet(test, (_, send, call) => {
      send({ type: 'response', call, response: { status: 200, headers: {}, stream: true } });
      send({
        type: 'item',
        call,
        body: { type: 'object', value: { type: 'ADDED', object: { metadata: { name: 'a' } } } },
      });
    });
    const client = new NetworkApiClient(test.component('cp-1/x'), fake.net, config);
    const seen: unknown[] = [];
    await test.do(async () => {
      client.resource<Pod>(resourceTypes.pods).watch(
        { resourceVersion: '5', allowWatchBookmarks: true },
        {
          onEvent: (event) => seen.push(event.type, event.object.metadata?.name),
          onEnd: (error) => seen.push(error?.message),
        },
      );
    });
    await test.run(100);
    fake.state.shut('timeout');
    expect(fake.requests[0]?.target).toBe(
      '/api/v1/pods?allowWatchBookmarks=true&resourceVersion=5&watch=true',
    );
    expect(seen).toEqual(['ADDED', 'a', 'http2: client connection lost']);
  });
});

describe('kubeconfig', () => {
  const path = '/etc/kubernetes/scheduler.conf';
  const text = formatKubeConfig({
    server: 'https://10.0.0.10:6443',
    user: {
      commonName: 'system:kube-scheduler',
      organizations: ['a'],
      issuer: 'kubernetes',
      notBefore: '2026-01-01T00:00:00Z',
      notAfter: '2027-01-01T00:00:00Z',
    },
  });

  it('is read from the machine', () => {
    const files = { exists: () => true, read: () => text } as never;
    expect(readClientConfig(files, path, 'agent')).toEqual({
      server: 'https://10.0.0.10:6443',
      userAgent: 'agent',
      certificate: {
        commonName: 'system:kube-scheduler',
        organizations: ['a'],
        issuer: 'kubernetes',
        notBefore: Date.UTC(2026, 0, 1),
        notAfter: Date.UTC(2027, 0, 1),
      },
    });
  });

  it('is refused when it is broken or missing', () => {
    expect(() => parseKubeConfig('server: ftp://x', path)).toThrow(
      `error loading config file "${path}": server: want https://HOST:PORT, got "ftp://x"`,
    );
    expect(() => parseKubeConfig('{', path)).toThrow(`error loading config file "${path}": `);
    const files = { exists: () => false } as never;
    expect(() => readClientConfig(files, path, 'agent')).toThrow(`open ${path}: no such file or directory`);
  });
});
