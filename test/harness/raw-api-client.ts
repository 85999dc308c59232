import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { connect } from 'node:tls';
import { parse } from 'yaml';
import type { Served } from './serve.ts';

export interface Answer {
  /** 0: the connection was closed without an answer. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface KubeconfigFile {
  readonly clusters: readonly { readonly cluster: { readonly 'certificate-authority-data': string } }[];
  readonly users: readonly {
    readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string };
  }[];
}

/** Sends what no client library would, with the administrator's certificate. */
export class RawApiClient {
  readonly url: URL;
  readonly #credentials: { ca: Buffer; cert: Buffer; key: Buffer; servername: string };
  readonly #agent: Agent;

  constructor(served: Served) {
    this.url = new URL(served.apiServer);
    const config = parse(readFileSync(served.kubeconfig, 'utf8')) as KubeconfigFile;
    const decode = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64');
    const user = config.users[0]?.user;
    this.#credentials = {
      ca: decode(config.clusters[0]?.cluster['certificate-authority-data']),
      cert: decode(user?.['client-certificate-data']),
      key: decode(user?.['client-key-data']),
      servername: 'localhost',
    };
    this.#agent = new Agent({ keepAlive: true, maxSockets: 4, ...this.#credentials });
  }

  send(
    method: string,
    path: string,
    body?: string | Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const options = { agent: this.#agent, method, headers: { ...type, ...headers } };
    return new Promise((resolve) => {
      const closed = (): void => resolve({ status: 0, headers: {}, body: '' });
      const outgoing = request(`${this.url.origin}${path}`, options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', closed);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      });
      outgoing.on('error', closed);
      outgoing.end(body);
    });
  }

  /** A TLS connection that speaks no HTTP of its own accord. */
  open(): Promise<TLSSocket> {
    const { hostname, port } = this.url;
    return new Promise((resolve, reject) => {
      const options = { ...this.#credentials, host: hostname, port: Number(port) };
      const socket = connect(options, () => resolve(socket));
      socket.on('error', reject);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
