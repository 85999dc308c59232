import type { Context } from '../../../base/context.ts';
import type { Container } from '../../api/types.ts';
import type { CriClient } from '../../cri/interface.ts';
import { CriError } from '../../cri/interface.ts';
import { checkHealth } from '../../network/grpc-health.ts';
import { HttpCallError, HttpClientConnection } from '../../network/http-client.ts';
import type { NetworkAccess } from '../../network/interface.ts';
import { DialError } from '../../network/interface.ts';

/** What a handler came to: `output` is what the event says of a failure. `warning`: a success of which something is to be said. `errored`: nothing can be said of the container. */
export type HandlerResult =
  | { readonly outcome: 'success'; readonly output: string }
  | { readonly outcome: 'warning'; readonly output: string }
  | { readonly outcome: 'failure'; readonly output: string }
  | { readonly outcome: 'errored'; readonly error: string };

export interface HandlerDependencies {
  readonly context: Context;
  readonly net: NetworkAccess;
  readonly cri: CriClient;
  /** e.g. `v1.34.9` */
  readonly version: string;
}

type Port = number | string | { readonly valueOf: () => unknown };

export interface HttpGet {
  readonly host?: string | undefined;
  readonly path?: string | undefined;
  readonly port: Port;
  readonly scheme?: string | undefined;
  readonly httpHeaders?: readonly { readonly name: string; readonly value: string }[] | undefined;
}

/** A port that is none. */
export class PortError extends Error {}

/** A port by number or by its name in the container. @throws PortError */
export function resolvePort(port: Port, container: Container): number {
  const named = container.ports?.find(({ name }) => name === port)?.containerPort;
  const number = named ?? Number(port);
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
  throw new PortError(
    typeof port === 'string' && Number.isNaN(Number(port))
      ? `strconv.Atoi: parsing "${port}": invalid syntax`
      : `invalid port number: ${number}`,
  );
}

export function urlOf(get: HttpGet, podIp: string, container: Container): string {
  const host = get.host === undefined || get.host === '' ? podIp : get.host;
  const path = get.path ?? '/';
  const scheme = (get.scheme ?? 'HTTP').toLowerCase();
  return `${scheme}://${host}:${resolvePort(get.port, container)}${path.startsWith('/') ? '' : '/'}${path}`;
}

const success = (output: string): HandlerResult => ({ outcome: 'success', output });
const failure = (output: string): HandlerResult => ({ outcome: 'failure', output });

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 10;
/** Of an answer's body, in characters. */
const MAX_BODY = 10 * 1024;

/**
 * GET; from 200 to 299 is success. Redirects are followed on the same host; one that leads elsewhere is a success with a warning. `timeout`
 * in milliseconds, for all of it. Models pkg/probe/http (v1.34).
 */
export async function httpGet(
  dependencies: HandlerDependencies,
  url: string,
  headers: HttpGet['httpHeaders'],
  timeout: number,
): Promise<HandlerResult> {
  const { context } = dependencies;
  const deadline = context.clock.now() + timeout;
  let at = url;
  for (let followed = 0; ; followed += 1) {
    const answer = await get(dependencies, at, headers, Math.max(1, deadline - context.clock.now()));
    if (typeof answer === 'string') return failure(`Get "${at}": ${answer}`);
    const { status, location, body } = answer;
    if (status < 200 || status >= 400) return failure(`HTTP probe failed with statuscode: ${status}`);
    if (status < 300) return success('');
    const next = REDIRECTS.has(status) && location !== undefined ? new URL(location, at) : undefined;
    if (next === undefined || next.hostname !== new URL(url).hostname)
      return {
        outcome: 'warning',
        output: `Probe terminated redirects, Response body: ${body.slice(0, MAX_BODY)}`,
      };
    if (followed + 1 >= MAX_REDIRECTS) return failure(`Get "${location}": stopped after 10 redirects`);
    at = next.href;
  }
}

interface HttpAnswer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
}

/** One request; the text of what went wrong. */
async function get(
  { context, net, version }: HandlerDependencies,
  url: string,
  headers: HttpGet['httpHeaders'],
  timeout: number,
): Promise<HttpAnswer | string> {
  const { hostname, port, protocol, pathname, search } = new URL(url);
  const number = Number(port === '' ? (protocol === 'https:' ? 443 : 80) : port);
  const deadline = context.clock.now() + timeout;
  try {
    const connection = await net.dial({ host: hostname, port: number }, { protocol: 'https', timeout });
    const http = new HttpClientConnection(connection, context.clock);
    try {
      const own = Object.fromEntries((headers ?? []).map(({ name, value }) => [name.toLowerCase(), value]));
      const agent = `kube-probe/${version.replace(/^v(\d+\.\d+).*$/, '$1')}`;
      const { status, headers: answered, body } = await http.call(
        {
          method: 'GET',
          target: `${pathname}${search}`,
          headers: { host: `${hostname}:${number}`, 'user-agent': agent, accept: '*/*', connection: 'close', ...own },
        },
        { timeout: Math.max(1, deadline - context.clock.now()) },
      ); // prettier-ignore
      return { status, location: answered['location'], body: body?.type === 'text' ? body.text : '' };
    } finally {
      http.close();
    }
  } catch (error) {
    if (error instanceof DialError) {
      const late = error.code === 'ETIMEDOUT';
      return late
        ? 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
        : error.message;
    }
    if (error instanceof HttpCallError) return error.message.replace(/^unexpected EOF$/, 'EOF');
    throw error;
  }
}

/** A connection is enough. Models pkg/probe/tcp (v1.34). */
export async function tcpSocket(
  { net }: HandlerDependencies,
  host: string,
  port: number,
  timeout: number,
): Promise<HandlerResult> {
  try {
    (await net.dial({ host, port }, { protocol: 'tcp', timeout })).close();
    return success('');
  } catch (error) {
    if (error instanceof DialError) return failure(error.message);
    throw error;
  }
}

/** Asks for the health of a service; SERVING is success. Models pkg/probe/grpc (v1.34). */
export async function grpcHealth(
  { context, net }: HandlerDependencies,
  { host, port }: { readonly host: string; readonly port: number },
  service: string,
  timeout: number,
): Promise<HandlerResult> {
  const outcome = await checkHealth(context, net, { host, port }, service, timeout);
  const within = `${timeout / 1000}s`;
  switch (outcome.type) {
    case 'status':
      return outcome.status === 'SERVING'
        ? success('service healthy')
        : failure(`service unhealthy (responded with "${outcome.status}")`);
    case 'no-connection':
      return failure(
        `timeout: failed to connect service "${host}:${port}" within ${within}: context deadline exceeded`,
      );
    case 'late':
      return failure(`timeout: health rpc did not complete within ${within}`);
    case 'error':
      return failure(
        outcome.code === 'Unimplemented'
          ? `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${outcome.desc}`
          : `error: health rpc probe failed: rpc error: code = ${outcome.code} desc = ${outcome.desc}`,
      );
  }
}

/** A command in the container; exit code 0 is success. Models pkg/probe/exec (v1.34). */
export async function execCommand(
  { cri }: HandlerDependencies,
  containerId: string,
  command: readonly string[],
  timeoutSeconds: number,
): Promise<HandlerResult & { readonly exitCode?: number; readonly stderr?: string }> {
  try {
    const { stdout, stderr, exitCode } = await cri.call('ExecSync', {
      containerId,
      cmd: command,
      timeout: timeoutSeconds,
    });
    const output = stdout + stderr;
    return exitCode === 0 ? success(output) : { ...failure(output), exitCode, stderr };
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    return error.code === 'DeadlineExceeded'
      ? failure(`command ${JSON.stringify(command.join(' '))} timed out`)
      : { outcome: 'errored', error: error.message };
  }
}
