import type { Context } from '../../base/context.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { Address, Connection, NetworkAccess } from './interface.ts';
import { DialError } from './interface.ts';

export type ServingStatus = 'UNKNOWN' | 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';

/** Payloads of `Check` of grpc.health.v1.Health. The server's settings come first: they tell a client that it speaks HTTP/2. */
type HealthFrame =
  | { readonly type: 'settings' }
  | { readonly type: 'check'; readonly service: string }
  | { readonly type: 'status'; readonly status: ServingStatus }
  | { readonly type: 'error'; readonly code: HealthErrorCode; readonly desc: string };

export type HealthErrorCode = 'Unimplemented' | 'NotFound' | 'Unavailable';

/** What a check came to. `no-connection`: nobody who speaks gRPC was reached in time; `late`: one who did not answer in time. */
export type HealthOutcome =
  | { readonly type: 'status'; readonly status: ServingStatus }
  | { readonly type: 'error'; readonly code: HealthErrorCode; readonly desc: string }
  | { readonly type: 'no-connection' }
  | { readonly type: 'late' };

/** What a server knows of its services. */
export interface HealthServer {
  /** False: it speaks gRPC, but has no health service. */
  readonly implemented: boolean;
  /** Virtual milliseconds before an answer. */
  readonly latency: number;
  /** Undefined: there is no such service. */
  statusOf(service: string): ServingStatus | undefined;
}

/** Answers checks on one connection. */
export function serveHealth(
  connection: Connection,
  server: HealthServer,
  clock: Pick<Context['clock'], 'setTimeout'>,
): void {
  connection.send({ type: 'settings' } satisfies HealthFrame, {
    phase: 'item',
    summary: 'SETTINGS',
    call: 0,
  });
  connection.onMessage((payload) => {
    const frame = payload as HealthFrame;
    if (frame.type !== 'check') return;
    const answer = (): void => {
      if (connection.closed) return;
      const reply = replyOf(server, frame.service);
      const summary = reply.type === 'status' ? reply.status : `${reply.code}: ${reply.desc}`;
      connection.send(reply, { phase: 'response', summary: `Health/Check ${summary}`, call: 1 });
    };
    if (server.latency === 0) answer();
    else clock.setTimeout(answer, server.latency);
  });
}

function replyOf(
  server: HealthServer,
  service: string,
): Extract<HealthFrame, { readonly type: 'status' | 'error' }> {
  if (!server.implemented)
    return { type: 'error', code: 'Unimplemented', desc: 'unknown service grpc.health.v1.Health' };
  const status = server.statusOf(service);
  if (status === undefined) return { type: 'error', code: 'NotFound', desc: 'unknown service' };
  return { type: 'status', status };
}

/** Asks once for the health of a service; `timeout` in virtual milliseconds, for all of it. */
export async function checkHealth(
  { clock }: Context,
  net: NetworkAccess,
  address: Address,
  service: string,
  timeout: number,
): Promise<HealthOutcome> {
  const deadline = clock.now() + timeout;
  let connection: Connection;
  try {
    connection = await net.dial(address, { protocol: 'grpc', timeout });
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    // gRPC goes on trying until its time is up.
    await clock.sleep(Math.max(0, deadline - clock.now()));
    return { type: 'no-connection' };
  }
  let timer: Disposable | undefined;
  try {
    return await new Promise<HealthOutcome>((resolve) => {
      let asked = false;
      const late = (): void => resolve({ type: asked ? 'late' : 'no-connection' });
      timer = clock.setTimeout(late, Math.max(0, deadline - clock.now()));
      connection.onMessage((payload) => {
        const frame = payload as HealthFrame;
        if (frame.type === 'settings' && !asked) {
          asked = true;
          const check: HealthFrame = { type: 'check', service };
          connection.send(check, { phase: 'request', summary: `Health/Check ${service}`.trimEnd(), call: 1 });
        } else if (asked && (frame.type === 'status' || frame.type === 'error')) resolve(frame);
      });
      connection.onClose(() => {
        // Before it said that it speaks gRPC it may still come; after, what was asked is lost.
        if (asked) resolve({ type: 'error', code: 'Unavailable', desc: 'error reading from server: EOF' });
      });
    });
  } finally {
    timer?.dispose();
    connection.close();
  }
}
