import type { Gateway, GatewayHandlers, HttpGatewayCall } from '../cluster/gateway/interface.ts';
import type { HttpRequest } from '../cluster/network/http.ts';
import type { PeerCertificate } from '../cluster/network/interface.ts';
import type { Pacer } from './pacer.ts';

/** What calls are let into: a cluster's gateway and the pacer of its time. */
export interface GatewaySession {
  readonly gateway: Gateway;
  readonly pacer: Pacer;
  /** Virtual milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/**
 * The gateway of the cluster that runs at the moment, as seen from real time: what comes in is let in by the pacer, which
 * hurries while somebody waits for the head of an answer.
 */
export class InjectedGateway implements Gateway {
  readonly #session: () => GatewaySession | undefined;

  constructor(session: () => GatewaySession | undefined) {
    this.#session = session;
  }

  call(
    request: HttpRequest,
    certificate: PeerCertificate | undefined,
    handlers: GatewayHandlers,
  ): HttpGatewayCall {
    const session = this.#session();
    if (session === undefined) {
      handlers.onEnd(new Error('the cluster is being built; try again'));
      return { send: () => undefined, cancel: () => undefined };
    }
    const { gateway, pacer } = session;
    const hurry = pacer.hurry();
    const call = pacer.inject(() =>
      gateway.call(request, certificate, {
        onResponse: (response) => {
          hurry.dispose();
          // Virtual time: clients that compute ages by themselves go by the server's clock.
          const date = new Date(session.now()).toUTCString();
          handlers.onResponse({ ...response, headers: { ...response.headers, date } });
        },
        onItem: (body) => handlers.onItem(body),
        onEnd: (error) => {
          hurry.dispose();
          handlers.onEnd(error);
        },
      }),
    );
    return {
      send: (body, summary) => void pacer.inject(() => call.send(body, summary)),
      cancel: () => {
        hurry.dispose();
        pacer.inject(() => call.cancel());
      },
    };
  }
}
