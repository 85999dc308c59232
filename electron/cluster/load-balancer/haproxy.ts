import type { ProcessContext, Program } from '../machine/interface.ts';
import { HttpClientConnection } from '../network/http-client.ts';
import { httpStatusText } from '../network/http-status.ts';
import { endSummary } from '../network/http.ts';
import type { HttpFrame } from '../network/http.ts';
import type { Connection, MessageMeta } from '../network/interface.ts';
import type { HaproxyConfig, HaproxyServer } from './haproxy-config.ts';
import { HAPROXY_CONFIG, parseHaproxyConfig } from './haproxy-config.ts';

const CONNECT_TIMEOUT = 5000;

interface Backend {
  readonly server: HaproxyServer;
  up: boolean;
  /** Checks in a row that say the opposite of `up`. */
  against: number;
  readonly sessions: Set<Connection>;
}

/**
 * A TCP load balancer in front of the API servers, as kubeadm's guide sets it up: round robin over the servers
 * whose `/readyz` answers 200; who is connected to one that goes down is cut off and connects anew. TLS goes
 * through untouched: the API server sees the client's certificate. Exit codes: 0 after SIGTERM, 1 for a bad
 * configuration or a taken port.
 */
export const haproxyProgram: Program = async (process) => {
  const config = process.files.exists(HAPROXY_CONFIG)
    ? parseHaproxyConfig(process.files.read(HAPROXY_CONFIG))
    : `[ALERT] Cannot open configuration file ${HAPROXY_CONFIG}`;
  if (typeof config === 'string') {
    process.stderr(config);
    return 1;
  }
  const backends = config.servers.map((server): Backend => ({
    server,
    up: true,
    against: 0,
    sessions: new Set(),
  }));
  let next = 0;
  try {
    process.net.listen(config.port, 'https', (client) => {
      const order = backends.map((_, index) => backends[(next + index) % backends.length] as Backend);
      next += 1;
      process.go(() =>
        serve(
          process,
          client,
          order.filter(({ up }) => up),
        ),
      );
    });
  } catch (error) {
    process.stderr(
      `[ALERT] Starting frontend apiserver: ${error instanceof Error ? error.message : String(error)}`,
    );
    return 1;
  }
  for (const backend of backends) process.go(() => checkForever(process, config, backend));
  await new Promise<void>((resolve) => process.onTerminate(resolve));
  return 0;
};

/** Joins a client to the first server that takes the connection. */
async function serve(
  process: ProcessContext,
  client: Connection,
  candidates: readonly Backend[],
): Promise<void> {
  const early: HttpFrame[] = [];
  client.onMessage((payload) => early.push(payload as HttpFrame));
  for (const backend of candidates) {
    let server: Connection;
    try {
      const { certificate } = client.remote;
      server = await process.net.dial(backend.server, {
        protocol: 'https',
        timeout: CONNECT_TIMEOUT,
        ...(certificate === undefined ? {} : { certificate }),
      });
    } catch {
      // Refused or silent: the next one. Whether it is down is for the checks to say.
      continue;
    }
    if (client.closed) {
      server.close();
      return;
    }
    backend.sessions.add(server);
    const pass = (to: Connection) => (payload: unknown) => to.send(payload, metaOf(payload as HttpFrame));
    for (const frame of early) pass(server)(frame);
    client.onMessage(pass(server));
    server.onMessage(pass(client));
    client.onClose(() => server.close());
    server.onClose(() => {
      backend.sessions.delete(server);
      client.close();
    });
    return;
  }
  client.close();
}

async function checkForever(process: ProcessContext, config: HaproxyConfig, backend: Backend): Promise<void> {
  for (;;) {
    await process.clock.sleep(config.interval);
    const good = await isReady(process, config, backend.server);
    if (good === backend.up) {
      backend.against = 0;
      continue;
    }
    backend.against += 1;
    if (backend.against < (good ? config.rise : config.fall)) continue;
    backend.up = good;
    backend.against = 0;
    process.stderr(`[WARNING] Server apiserverbackend/${backend.server.name} is ${good ? 'UP' : 'DOWN'}`);
    if (!good) for (const session of [...backend.sessions]) session.close();
  }
}

async function isReady(
  process: ProcessContext,
  config: HaproxyConfig,
  server: HaproxyServer,
): Promise<boolean> {
  try {
    const connection = await process.net.dial(server, { protocol: 'https', timeout: config.interval });
    const http = new HttpClientConnection(connection, process.clock);
    try {
      const response = await http.call(
        { method: 'GET', target: config.checkPath, headers: {} },
        { timeout: config.interval },
      );
      return response.status === 200;
    } finally {
      http.close();
    }
  } catch {
    // Whatever the reason: a server that does not answer is not ready.
    return false;
  }
}

function metaOf(frame: HttpFrame): MessageMeta {
  const { call } = frame;
  switch (frame.type) {
    case 'request':
      return { phase: 'request', summary: `${frame.request.method} ${frame.request.target}`, call };
    case 'response':
      return {
        phase: 'response',
        summary: `${frame.response.status} ${httpStatusText(frame.response.status)}`,
        call,
      };
    case 'upload':
    case 'item':
      return { phase: 'item', summary: 'item', call };
    case 'cancel':
      return { phase: 'end', summary: 'cancel', call };
    case 'end':
      return { phase: 'end', summary: endSummary(frame.reason), call };
  }
}
