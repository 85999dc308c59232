import { latin1ToBytes, bytesToLatin1, utf8Encode } from '../../network/byte-text.ts';
import { HttpCallError, HttpClientConnection } from '../../network/http-client.ts';
import { httpStatusText } from '../../network/http-status.ts';
import type { HttpResponse } from '../../network/http.ts';
import { DialError } from '../../network/interface.ts';
import type { Task, Tool } from '../container/interface.ts';
import { parseArguments, pathIn } from './arguments.ts';

interface Target {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly secure: boolean;
}

function parseUrl(typed: string): Target | undefined {
  const match = /^(?:(https?):\/\/)?([^/:?#]+)(?::(\d+))?([/?][^#]*)?$/.exec(typed);
  if (match === null) return undefined;
  const secure = match[1] === 'https';
  const path = match[4] ?? '/';
  return {
    host: match[2] ?? '',
    port: Number(match[3] ?? (secure ? 443 : 80)),
    path: path.startsWith('?') ? `/${path}` : path,
    secure,
  };
}

async function call(
  task: Task,
  target: Target,
  method: string,
  headers: Record<string, string>,
  data: string | undefined,
): Promise<HttpResponse> {
  // In a Pod's network namespace the loopback interface is the Pod's own.
  const host = target.host === 'localhost' || target.host.startsWith('127.') ? task.process.ip : target.host;
  const connection = await task.process.net.dial(
    { host, port: target.port },
    { protocol: 'https', timeout: 10_000 },
  );
  const http = new HttpClientConnection(connection, task.process.clock);
  try {
    return await http.call({
      method,
      target: target.path,
      headers: { host: target.host, ...headers },
      ...(data === undefined ? {} : { body: { type: 'bytes' as const, bytes: latin1ToBytes(data) } }),
    });
  } finally {
    http.close();
  }
}

function bodyOf({ body }: HttpResponse): string {
  if (body === undefined) return '';
  if (body.type === 'bytes') return bytesToLatin1(body.bytes);
  return body.type === 'text' ? utf8Encode(body.text) : `${JSON.stringify(body.value)}\n`;
}

/** `curl`: HTTP to what listens in the simulated network. Names of Services need a DNS, which is not modelled. */
export const curl: Tool = async (task) => {
  const { flags, values, rest } = parseArguments(task, 'sSfkvLiIG', 'XHdomuwA', {
    silent: 's', 'show-error': 'S', fail: 'f', insecure: 'k', include: 'i', head: 'I', request: 'X', data: 'd', output: 'o',
    'max-time': 'm', 'connect-timeout': 'm', 'write-out': 'w', header: 'H', location: 'L',
  }); // prettier-ignore
  const [typed] = rest;
  const target = typed === undefined ? undefined : parseUrl(typed);
  const fail = (code: number, text: string): number => {
    if (!flags.has('s') || flags.has('S')) task.stderr.write(`curl: (${code}) ${text}\n`);
    return code;
  };
  if (target === undefined)
    return fail(
      typed === undefined ? 2 : 3,
      typed === undefined ? 'no URL specified' : 'URL rejected: Malformed input to a URL function',
    );
  const data = values.get('d');
  const method = values.get('X') ?? (flags.has('I') ? 'HEAD' : data === undefined ? 'GET' : 'POST');
  const given = /^([^:]+):\s*(.*)$/.exec(values.get('H') ?? '');
  try {
    const response = await call(
      task,
      target,
      method,
      {
        'user-agent': 'curl/8.14.1',
        accept: '*/*',
        ...(given === null ? {} : { [(given[1] ?? '').toLowerCase()]: given[2] ?? '' }),
      },
      data,
    );
    if (flags.has('f') && response.status >= 400)
      return fail(22, `The requested URL returned error: ${response.status}`);
    const head = `HTTP/1.1 ${response.status} ${httpStatusText(response.status)}\r\n${Object.entries(
      response.headers,
    )
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n`;
    const text = (flags.has('i') || flags.has('I') ? head : '') + (method === 'HEAD' ? '' : bodyOf(response));
    const output = values.get('o');
    if (output === undefined) task.stdout.write(text);
    else if (output !== '/dev/null') task.world.files.write(pathIn(task, output), text);
    const format = values.get('w');
    if (format !== undefined)
      task.stdout.write(format.replace(/%\{http_code\}/g, String(response.status)).replace(/\\n/g, '\n'));
    return 0;
  } catch (error) {
    if (error instanceof DialError && error.code === 'ENOTFOUND')
      return fail(6, `Could not resolve host: ${target.host}`);
    if (error instanceof DialError)
      return fail(
        error.code === 'ECONNREFUSED' ? 7 : 28,
        `Failed to connect to ${target.host} port ${target.port} after 0 ms: Could not connect to server`,
      );
    if (error instanceof HttpCallError) return fail(52, 'Empty reply from server');
    throw error;
  }
};

/** `wget -qO- URL`, as busybox has it. */
export const wget: Tool = async (task) => {
  const { flags, values, rest } = parseArguments(task, 'qS', 'OT', {
    spider: 's',
    timeout: 'T',
    'output-document': 'O',
    quiet: 'q',
  });
  const target = parseUrl(rest[0] ?? '');
  if (target === undefined) {
    task.stderr.write(`wget: not an http or ftp url: ${rest[0] ?? ''}\n`);
    return 1;
  }
  const say = (text: string): void => {
    if (!flags.has('q')) task.stderr.write(text);
  };
  try {
    say(`Connecting to ${target.host}:${target.port}\n`);
    const response = await call(task, target, 'GET', { 'user-agent': 'Wget' }, undefined);
    if (response.status >= 400) {
      task.stderr.write(
        `wget: server returned error: HTTP/1.1 ${response.status} ${httpStatusText(response.status)}\n`,
      );
      return 1;
    }
    const output = values.get('O') ?? (target.path.split('/').at(-1) || 'index.html');
    if (flags.has('s')) return 0;
    if (output === '-') task.stdout.write(bodyOf(response));
    else if (output !== '/dev/null') task.world.files.write(pathIn(task, output), bodyOf(response));
    return 0;
  } catch (error) {
    if (error instanceof DialError && error.code === 'ENOTFOUND')
      task.stderr.write(`wget: bad address '${target.host}'\n`);
    else if (error instanceof DialError)
      task.stderr.write(
        `wget: can't connect to remote host (${target.host}): ${error.code === 'ECONNREFUSED' ? 'Connection refused' : 'Operation timed out'}\n`,
      );
    else if (error instanceof HttpCallError) task.stderr.write('wget: error getting response\n');
    else throw error;
    return 1;
  }
};
