import type { HttpFrame, HttpRequest, HttpResponse } from '../../network/http.ts';
import type { Connection } from '../../network/interface.ts';
import type { EtcdServer } from './etcd-server.ts';

/**
 * `/health`, `/livez`, `/readyz` as the kubelet's probes ask for them. Models server/etcdserver/api/etcdhttp/health.go.
 * Ready and healthy: a linearizable read works. Live: the process answers. `/metrics` is not there yet.
 */
export function serveHealthConnection(connection: Connection, server: EtcdServer): void {
  connection.onMessage((payload) => {
    const frame = payload as HttpFrame;
    if (frame.type !== 'request') return;
    const { call } = frame;
    answer(frame.request, server, (response) => {
      const reply: HttpFrame = { type: 'response', call, response };
      connection.send(reply, { phase: 'response', summary: String(response.status), call });
    });
  });
}

function answer(request: HttpRequest, server: EtcdServer, respond: (response: HttpResponse) => void): void {
  const path = request.target.split('?')[0];
  if (path !== '/livez' && path !== '/health' && path !== '/readyz') {
    respond(text(404, '404 page not found\n'));
  } else if (request.method !== 'GET') {
    respond(text(405, 'Method Not Allowed\n'));
  } else if (path === '/livez') {
    respond(text(200, 'ok\n'));
  } else {
    server.call('Range', { key: 'a', limit: 1 }, (outcome) => {
      const failure = 'error' in outcome ? outcome.error.message : undefined;
      respond(path === '/readyz' ? ready(failure) : health(failure));
    });
  }
}

function ready(failure: string | undefined): HttpResponse {
  if (failure === undefined) return text(200, 'ok\n');
  return text(503, `[-]linearizable_read failed: ${failure}\n`);
}

function health(failure: string | undefined): HttpResponse {
  const body =
    failure === undefined
      ? { health: 'true', reason: '' }
      : { health: 'false', reason: `RANGE ERROR:${failure}` };
  return {
    status: failure === undefined ? 200 : 503,
    headers: { 'content-type': 'application/json' },
    body: { type: 'text', text: JSON.stringify(body) },
  };
}

function text(status: number, body: string): HttpResponse {
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  return { status, headers, body: { type: 'text', text: body } };
}
