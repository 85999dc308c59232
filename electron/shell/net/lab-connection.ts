import { request } from 'node:http';
import type { Socket } from 'node:net';

/** Why an address inside could not be reached, with Node's own codes. */
export class LabDialError extends Error {
  override readonly name = 'LabDialError';
  readonly code: string;
  /** How long it took there, in milliseconds of the cluster's time. */
  readonly elapsed: number;

  constructor(code: string, elapsed: number, target: string) {
    super(`connect ${code} ${target}`);
    this.code = code;
    this.elapsed = elapsed;
  }
}

export interface LabConnection {
  readonly socket: Socket;
  /** The address that a name led to. */
  readonly address: string;
}

/** True for addresses of this computer itself, which a console reaches without the lab. */
export function isOwnLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

/**
 * Opens a connection to an address of the cluster's machines, as `program` on the machine `LEME_MACHINE` (or on the
 * console) would: the host dials it inside. Undefined where the environment names no host. @throws LabDialError
 */
export async function openInLab(
  env: Readonly<Record<string, string>>,
  program: string,
  target: { readonly host: string; readonly port: number },
  signal?: AbortSignal,
): Promise<LabConnection | undefined> {
  const url = env['LEME_MACHINES_URL'];
  if (url === undefined || url === '') return undefined;
  const machine = env['LEME_MACHINE'];
  const { hostname, port } = new URL(url);
  const path = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`;
  return new Promise((resolve, reject) => {
    const call = request({
      host: hostname,
      port,
      method: 'CONNECT',
      path,
      agent: false,
      headers: {
        authorization: `Bearer ${env['LEME_MACHINES_TOKEN'] ?? ''}`,
        'leme-program': program,
        ...(machine === undefined ? {} : { 'leme-machine': machine }),
      },
      ...(signal === undefined ? {} : { signal }),
    });
    call.on('connect', (answer, stream, head) => {
      const socket = stream as Socket;
      if (answer.statusCode === 200) {
        if (head.length > 0) socket.unshift(head);
        resolve({ socket, address: String(answer.headers['leme-address'] ?? target.host) });
        return;
      }
      socket.destroy();
      const code = String(answer.headers['leme-error'] ?? 'ECONNREFUSED');
      reject(new LabDialError(code, Number(answer.headers['leme-elapsed'] ?? '0'), path));
    });
    call.on('error', reject);
    call.end();
  });
}
