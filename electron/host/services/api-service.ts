import type { GatewayCall, GatewayHandlers } from '../../cluster/gateway/interface.ts';
import type { HttpBody, HttpRequest, HttpResponse } from '../../cluster/network/http.ts';
import type { ApiAnswer, ApiRequest, TableItem } from '../../shared/contract/api.ts';
import { RpcError } from '../../shared/rpc/rpc-error.ts';
import type { StreamSink } from '../../shared/rpc/rpc-server.ts';
import { bodyBytes } from '../listeners/json-bytes.ts';
import { TableStream } from './table-stream.ts';

/** Lets a request of the administrator into the simulation. Handlers are called after the commit that holds what they tell. */
export type SendToApi = (request: HttpRequest, handlers: GatewayHandlers) => GatewayCall;

const USER_AGENT = 'leme-explorer';

/** The app as a client of the API server: every request is a message on the simulated network, as anybody else's. */
export class ApiService {
  readonly #send: SendToApi;
  readonly #tables = new Set<TableStream>();

  constructor(send: SendToApi) {
    this.#send = send;
  }

  /** @throws RpcError `Unreachable` */
  async call(request: ApiRequest): Promise<ApiAnswer> {
    const { method, target, accept = 'application/json', contentType = 'application/json', body } = request;
    const response = await new Promise<HttpResponse>((resolve, reject) => {
      this.#send(
        {
          method,
          target,
          headers: {
            accept,
            'user-agent': USER_AGENT,
            ...(body === undefined ? {} : { 'content-type': contentType }),
          },
          ...(body === undefined ? {} : { body: bytes(body) }),
        },
        {
          onResponse: resolve,
          onItem: () => undefined,
          onEnd: (error) => {
            if (error !== undefined) reject(new RpcError('Unreachable', error.message));
          },
        },
      );
    });
    return {
      status: response.status,
      body: response.body === undefined ? '' : new TextDecoder().decode(bodyBytes(response.body)),
      warnings: [...(response.warnings ?? [])],
    };
  }

  table(target: string, sink: StreamSink<TableItem>): void {
    const stream = new TableStream(target, (request, handlers) => this.#send(request, handlers), sink);
    this.#tables.add(stream);
    sink.onEnd(() => {
      this.#tables.delete(stream);
      stream.dispose();
    });
    stream.start();
  }

  /** Called by the host a few times a second: what came since goes to the app, and what broke is tried again. */
  flush(): void {
    for (const stream of this.#tables) stream.flush();
  }

  dispose(): void {
    for (const stream of this.#tables) stream.dispose();
    this.#tables.clear();
  }
}

function bytes(text: string): HttpBody {
  return { type: 'bytes', bytes: new TextEncoder().encode(text) };
}
