import { once } from 'node:events';
import type { ClientHttp2Session, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import { connect } from 'node:http2';
import { request } from 'node:https';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { STRATEGIES } from '../../cluster/api/registry.ts';
import type { GatewayHandlers } from '../../cluster/gateway/interface.ts';
import { openHttpsListener } from './https-listener.ts';
import { ServedCluster } from './testing/served-cluster.testing.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const JSON_TYPE = { 'content-type': 'application/json' };

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

let served: ServedCluster;
let session: ClientHttp2Session;

function open(url: string, withCertificate = true): ClientHttp2Session {
  const { certificate, key } = served.authority.client('admin', 'unused', []);
  return connect(url, {
    ca: served.authority.pem,
    ...(withCertificate ? { cert: certificate, key } : {}),
  });
}

async function send(
  over: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body?: string | Buffer,
): Promise<Answer> {
  const stream = over.request(headers);
  stream.end(body);
  const [received] = (await once(stream, 'response')) as [IncomingHttpHeaders];
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return {
    status: Number(received[':status']),
    headers: received,
    text: Buffer.concat(chunks).toString(),
  };
}

beforeAll(async () => {
  served = await ServedCluster.start(STRATEGIES);
});

afterAll(async () => {
  await served.stop();
});

beforeEach(() => {
  session = open(served.listener.url);
});

afterEach(() => {
  session.destroy();
});

describe('the HTTPS listener over HTTP/2', () => {
  it('is what a client that offers both gets, with 100 requests at once as upstream', async () => {
    const [settings] = (await once(session, 'remoteSettings')) as [{ maxConcurrentStreams: number }];
    expect([session.alpnProtocol, settings.maxConcurrentStreams]).toEqual(['h2', 100]);
  });

  it('knows who asks by the certificate of the connection', async () => {
    expect((await send(session, { ':path': '/api/v1/nodes' })).status).toBe(200);
    const anonymous = open(served.listener.url, false);
    const refused = await send(anonymous, { ':path': '/api/v1/nodes' });
    anonymous.destroy();
    expect([refused.status, JSON.parse(refused.text)]).toEqual([
      403,
      expect.objectContaining({
        message:
          'nodes is forbidden: User "system:anonymous" cannot list resource "nodes" in API group "" at the cluster scope',
      }),
    ]);
  });

  it('serves writes beside a watch on one connection, and lets go of the watch alone', async () => {
    const watch = session.request({ ':path': `${MAPS}?watch=1` });
    let frames = '';
    watch.on('data', (chunk: Buffer) => (frames += chunk.toString()));
    await once(watch, 'response');
    const names = Array.from({ length: 20 }, (_, index) => `many-${index}`);
    const answers = await Promise.all(
      names.map((name) =>
        send(
          session,
          { ':method': 'POST', ':path': MAPS, ...JSON_TYPE },
          JSON.stringify({ metadata: { name } }),
        ),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    const seen = (): string[] =>
      frames
        .split('\n')
        .slice(0, -1)
        .map(
          (frame) => (JSON.parse(frame) as { object: { metadata: { name: string } } }).object.metadata.name,
        );
    await expect
      .poll(() =>
        seen()
          .filter((name) => name.startsWith('many-'))
          .sort(),
      )
      .toEqual(names.sort());
    watch.close();
    const metrics = async (): Promise<string> => (await send(session, { ':path': '/metrics' })).text;
    await expect.poll(metrics).toContain('apiserver_registered_watchers{group="",kind="ConfigMap"} 0');
  });

  it('gives nothing under another name', async () => {
    const answer = await send(session, { ':path': '/version', ':authority': 'evil.example:6443' });
    expect([answer.status, answer.text]).toEqual([403, expect.stringContaining('unexpected Host')]);
    const port = served.listener.port;
    expect((await send(session, { ':path': '/version', ':authority': `localhost:${port}` })).status).toBe(
      200,
    );
  });

  it('refuses a body beyond 3 MiB with the Status of upstream and goes on with the connection', async () => {
    const answer = await send(
      session,
      { ':method': 'POST', ':path': MAPS, ...JSON_TYPE },
      Buffer.alloc(3 * 1024 * 1024 + 10, 0x20),
    );
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      413,
      expect.objectContaining({ message: 'Request entity too large: limit is 3145728' }),
    ]);
    expect((await send(session, { ':path': '/healthz' })).text).toBe('ok');
  });

  it('refuses connections while no API server listens, and is back at the same port', async () => {
    const get = (): Promise<Answer> => {
      const over = open(served.listener.url);
      return new Promise((resolve, reject) => {
        over.on('error', reject);
        send(over, { ':path': '/healthz' }).then(resolve, reject);
      }).finally(() => over.destroy()) as Promise<Answer>;
    };
    await once(session, 'remoteSettings');
    const gone = once(session, 'close');
    served.listener.follow(false);
    await gone;
    await expect(get()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    served.listener.follow(true);
    await expect.poll(() => get().catch(() => undefined)).toMatchObject({ status: 200, text: 'ok' });
    const old = await new Promise<number | undefined>((resolve, reject) => {
      const options = { ca: served.authority.pem, agent: false, ALPNProtocols: ['http/1.1'] };
      request(`${served.listener.url}/healthz`, options, ({ statusCode }) => resolve(statusCode))
        .on('error', reject)
        .end();
    });
    expect(old).toBe(200);
  });

  it('breaks the connection when the server behind it is gone', async () => {
    let asked: GatewayHandlers | undefined;
    const listener = await openHttpsListener({
      gateway: {
        call: (_request, _certificate, handlers) => {
          asked = handlers;
          return { send: () => undefined, cancel: () => undefined };
        },
      },
      barrier: { afterCommit: (fn) => fn() },
      caPem: served.authority.pem,
      server: served.server,
      port: 0,
      log: () => undefined,
    });
    const other = open(listener.url);
    const stream = other.request({ ':path': '/version' });
    stream.on('error', () => undefined);
    await expect.poll(() => asked).toBeDefined();
    const closed = once(other, 'close');
    asked?.onEnd(new Error('connection refused'));
    await closed;
    expect(stream.rstCode).not.toBe(0);
    listener.dispose();
  });
});
