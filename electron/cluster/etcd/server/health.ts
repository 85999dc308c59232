import type { HttpExchange, HttpResponse } from '../../network/http.ts';
import type { EtcdServer } from './etcd-server.ts';

/**
 * `/health`, `/livez`, `/readyz` as the kubelet's probes ask for them. Models server/etcdserver/api/etcdhttp/health.go.
 * Ready and healthy: a linearizable read works. Live: the process answers. `/metrics` is not there yet.
 */
export function serveHealth(exchange: HttpExchange, server: EtcdServer): void {
  const { method, target } = exchange.request;
  const path = target.split('?')[0];
  if (method !== 'GET') {
    exchange.respond(text(405, 'Method Not Allowed\n'));
    return;
  }
  if (path === '/livez') {
    exchange.respond(text(200, 'ok\n'));
    return;
  }
  if (path !== '/health' && path !== '/readyz') {
    exchange.respond(text(404, '404 page not found\n'));
    return;
  }
  server.call('Range', { key: 'a', limit: 1 }, (outcome) => {
    if (path === '/readyz') {
      if ('error' in outcome) exchange.respond(text(503, `[-]linearizable_read failed: ${outcome.error.message}\n`));
      else exchange.respond(text(200, 'ok\n'));
      return;
    }
    const failed = 'error' in outcome;
    const body = { health: failed ? 'false' : 'true', reason: failed ? `RANGE ERROR:${outcome.error.message}` : '' };
    exchange.respond({
      status: failed ? 503 : 200,
      headers: { 'content-type': 'application/json' },
      body: { type: 'text', text: JSON.stringify(body) },
    });
  });
}

function text(status: number, body: string): HttpResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: { type: 'text', text: body } };
}
