import type { IncomingMessage, ServerResponse } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { posix } from 'node:path';
import type { CommandSpec } from '../command-spec.ts';
import { KubectlError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import type { Session } from '../session.ts';

/** `proxy`: the API on a port of this computer, with our credentials. Models kubectl's proxy (v1.33). */
export const proxy: CommandSpec = {
  name: 'proxy',
  usage: '[--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix]',
  group: 'advanced',
  short: {
    en: 'Serve the API on a port of this computer, with your credentials.',
    'pt-BR': 'Serve a API numa porta deste computador, com suas credenciais.',
  },
  examples: ['kubectl proxy --port=8001', 'curl http://127.0.0.1:8001/api/v1/namespaces'],
  arguments: { of: 'nothing' },
  flags: [
    {
      name: 'port',
      short: 'p',
      kind: 'int',
      initial: '8001',
      help: { en: 'The port; 0 takes any free one.', 'pt-BR': 'A porta; 0 toma uma livre.' },
    },
    {
      name: 'address',
      kind: 'string',
      initial: '127.0.0.1',
      help: { en: 'The address, on loopback.', 'pt-BR': 'O endereço, em loopback.' },
    },
    {
      name: 'api-prefix',
      kind: 'string',
      initial: '/',
      help: { en: 'Path the API is served below.', 'pt-BR': 'Caminho sob o qual a API é servida.' },
    },
    {
      name: 'www',
      short: 'w',
      kind: 'string',
      help: { en: 'Folder of files to serve too.', 'pt-BR': 'Pasta de arquivos a servir também.' },
    },
    {
      name: 'www-prefix',
      short: 'P',
      kind: 'string',
      initial: '/static/',
      help: {
        en: 'Path the files are served below.',
        'pt-BR': 'Caminho sob o qual os arquivos são servidos.',
      },
    },
    {
      name: 'accept-paths',
      kind: 'string',
      initial: '^.*',
      help: { en: 'Paths that are let through.', 'pt-BR': 'Caminhos que passam.' },
    },
    {
      name: 'reject-paths',
      kind: 'string',
      initial: '^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach',
      help: { en: 'Paths that are refused.', 'pt-BR': 'Caminhos recusados.' },
    },
    {
      name: 'reject-methods',
      kind: 'string',
      initial: '^$',
      help: { en: 'Methods that are refused.', 'pt-BR': 'Métodos recusados.' },
    },
    {
      name: 'accept-hosts',
      kind: 'string',
      initial: '^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$',
      help: { en: 'Hosts that may be asked for.', 'pt-BR': 'Hosts que podem ser pedidos.' },
    },
    {
      name: 'disable-filter',
      kind: 'bool',
      help: { en: 'Refuse nothing.', 'pt-BR': 'Nada recusa.' },
    },
  ],
  run,
};

const patterns = (typed: string): RegExp[] =>
  typed
    .split(',')
    .filter((each) => each !== '')
    .map((each) => {
      try {
        return new RegExp(each);
      } catch {
        throw new KubectlError(`error parsing regexp: ${each}`);
      }
    });

/** Whether a request may pass; the host's port does not count. */
function filter(flags: FlagSet): (method: string, host: string, path: string) => boolean {
  if (flags.bool('disable-filter')) return () => true;
  const accept = patterns(flags.string('accept-paths'));
  const reject = patterns(flags.string('reject-paths'));
  const methods = patterns(flags.string('reject-methods'));
  const hosts = patterns(flags.string('accept-hosts'));
  return (method, host, path) =>
    !reject.some((each) => each.test(path)) &&
    !methods.some((each) => each.test(method)) &&
    accept.some((each) => each.test(path)) &&
    hosts.some((each) => each.test(host.replace(/:\d+$/, '')));
}

async function run(session: Session, flags: FlagSet): Promise<void> {
  const address = flags.string('address');
  if (!/^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(address))
    throw new KubectlError(`only addresses of loopback can be served here, not ${address}`);
  const port = flags.number('port');
  if (port < 0 || port > 65_535) throw new KubectlError(`listen tcp: address ${port}: invalid port`);
  const transport = await session.transport();
  const passes = filter(flags);
  const prefix = `/${flags.string('api-prefix').replace(/^\/|\/$/g, '')}/`.replace('//', '/');
  const server = http.createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (!passes(request.method ?? 'GET', request.headers.host ?? '', path)) {
      response.writeHead(403, { 'Content-Type': 'text/plain; charset=utf-8' });
      response.end('Forbidden');
      return;
    }
    const www = flags.string('www');
    if (www !== '' && path.startsWith(flags.string('www-prefix'))) {
      void serveFile(
        session,
        posix.join(www, posix.normalize(path.slice(flags.string('www-prefix').length))),
        response,
      );
      return;
    }
    if (!path.startsWith(prefix)) {
      response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' });
      response.end('404 page not found\n');
      return;
    }
    passOn(request, response, transport.passThrough(`/${(request.url ?? '/').slice(prefix.length)}`));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new KubectlError(
          `listen tcp ${address}:${flags.number('port')}: bind: ${error.code === 'EADDRINUSE' ? 'address already in use' : error.message}`,
        ),
      ),
    );
    server.listen(flags.number('port'), address, resolve);
  });
  try {
    const { port } = server.address() as AddressInfo;
    await session.out(`Starting to serve on ${address.includes(':') ? `[${address}]` : address}:${port}\n`);
    await new Promise<void>((done) => {
      if (session.io.signal.aborted) done();
      session.io.signal.addEventListener('abort', () => done(), { once: true });
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function serveFile(session: Session, typed: string, response: ServerResponse): Promise<void> {
  const path = session.io.path(typed);
  if (!(await session.io.fs.exists(path)) || (await session.io.fs.stat(path)).kind !== 'file') {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' });
    response.end('404 page not found\n');
    return;
  }
  response.end(await session.io.fs.readFile(path));
}

/** Headers of one hop, and those that are ours to give. */
const notPassed = new Set([
  'host',
  'connection',
  'authorization',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'proxy-connection',
]);

function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  to: https.RequestOptions & { readonly secure: boolean },
): void {
  const { secure, headers: own, ...options } = to;
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !notPassed.has(name)),
  );
  const call = (secure ? https : http).request(
    { ...options, method: request.method, headers: { ...headers, ...(own as http.OutgoingHttpHeaders) } },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  call.on('error', (error) => {
    if (!response.headersSent) response.writeHead(502, { 'Content-Type': 'text/plain; charset=utf-8' });
    response.end(error.message);
  });
  response.on('close', () => call.destroy());
  request.pipe(call);
}
