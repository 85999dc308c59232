import type { ProcessContext } from '../../machine/interface.ts';
import { listenHttp } from '../../network/http-server.ts';

/** The kubelet's health on a port of its own, without TLS: `/healthz` says `ok` while it runs. 0: none. Models cmd/kubelet/app/server.go (v1.34). */
export function listenHealthz({ net }: ProcessContext, port: number): void {
  if (port === 0) return;
  listenHttp(net, port, (exchange) => {
    const isHealth = exchange.request.target === '/healthz';
    exchange.respond({
      status: isHealth ? 200 : 404,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: { type: 'text', text: isHealth ? 'ok' : '404 page not found\n' },
    });
  });
}
