import { listenHttp } from '../network/http-server.ts';
import type { NetworkAccess } from '../network/interface.ts';

/** Answers `/healthz`, `/livez` and `/readyz` with `ok`, as every component does for the kubelet's probes. */
export function serveHealth(net: NetworkAccess, port: number): void {
  listenHttp(net, port, (exchange) => {
    const [path = ''] = exchange.request.target.split('?');
    const known = /^\/(healthz|livez|readyz)$/.test(path);
    const text = known ? 'ok' : '404 page not found\n';
    exchange.respond({
      status: known ? 200 : 404,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: { type: 'text', text },
    });
  });
}
