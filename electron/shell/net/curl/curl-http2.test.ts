import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { CertificateAuthority } from '../../../host/listeners/certificates.ts';
import { testShell, type TestShell } from '../../shell.testing.ts';

let server: Http2SecureServer;
const sockets = new Set<Socket>();
let test: TestShell;

beforeAll(async () => {
  const files = new Map<string, string>();
  const authority = CertificateAuthority.open({
    load: (name) => files.get(name),
    save: (name, pem) => void files.set(name, pem),
  });
  const { certificate, key } = authority.server();
  server = createSecureServer({ cert: certificate, key, allowHTTP1: true }, (request, response) => {
    if (request.url === '/reset') return void ('stream' in request && request.stream.close(8));
    if (request.url === '/cut') {
      response.write('half');
      if ('stream' in request) request.stream.close(2);
      return;
    }
    if (request.url === '/gone') {
      for (const socket of sockets) socket.destroy();
      return;
    }
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      response.sendDate = false;
      response.statusCode = request.url === '/missing' ? 404 : 200;
      response.setHeader('x-a', String(request.headers['x-a'] ?? '-'));
      const asked = `${request.method ?? ''} ${String(request.headers[':authority'] ?? request.headers.host)}`;
      response.end(`${asked.replace(/:\d+$/, ':PORT')} ${request.url ?? ''} ${body}\n`);
    });
  });
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

beforeEach(async () => {
  const port = (server.address() as AddressInfo).port;
  test = await testShell({ env: { U: `https://127.0.0.1:${String(port)}` } });
});

afterEach(() => test.dispose());

it('speaks HTTP/2 where the server does, and HTTP/1.1 when told to', async () => {
  await test.start(
    [
      'curl -sk $U/a',
      "curl -sk -X PUT -H 'X-A: v' -H 'Content-Type: application/json' -d '{}' -i $U/b",
      "curl -sk -o /dev/null -w '%{http_version} %{http_code} %{num_headers}\\n' $U/missing",
      "curl -sk --http1.1 -w '%{http_version}\\n' $U/c",
    ].join('; '),
  ).done;
  expect(test.stdout.text).toBe(
    'GET 127.0.0.1:PORT /a \n' +
      'HTTP/2 200 \r\nx-a: v\r\n\r\nPUT 127.0.0.1:PORT /b {}\n' +
      '2 404 1\n' +
      'GET 127.0.0.1:PORT /c \n1.1\n',
  );
});

it('tells with -v what was agreed and what was sent, as curl does', async () => {
  await test.start("curl -skv -o /dev/null -H 'X-A: v' $U/a").done;
  const lines = test.stderr.text.replace(/:\d+(?=\D|$)/g, ':PORT').split('\n');
  expect(lines.filter((line) => /^[<>]|ALPN|HTTP\/|h2h3/.test(line))).toEqual([
    '* ALPN: offers h2,http/1.1',
    '* ALPN: server accepted h2',
    '* using HTTP/2',
    '* h2h3 [:method: GET]',
    '* h2h3 [:path: /a]',
    '* h2h3 [:scheme: https]',
    '* h2h3 [:authority: 127.0.0.1:PORT]',
    '* h2h3 [user-agent: curl/7.88.1]',
    '* h2h3 [accept: */*]',
    '* h2h3 [x-a: v]',
    '> GET /a HTTP/2',
    '> Host: 127.0.0.1:PORT',
    '> user-agent: curl/7.88.1',
    '> accept: */*',
    '> x-a: v',
    '> ',
    '< HTTP/2 200 ',
    '< x-a: v',
    '< ',
  ]);
});

it('says how a stream ended before its time', async () => {
  await test.start('curl -sSk $U/reset; echo $?; curl -sSk $U/cut; echo " $?"; curl -sSk $U/gone; echo $?')
    .done;
  expect(test.stdout.text).toBe('92\nhalf 92\n18\n');
  expect(test.stderr.text).toBe(
    'curl: (92) HTTP/2 stream 1 was not closed cleanly: CANCEL (err 8)\n' +
      'curl: (92) HTTP/2 stream 1 was not closed cleanly: INTERNAL_ERROR (err 2)\n' +
      'curl: (18) HTTP/2 stream 1 was not closed cleanly before end of the underlying stream\n',
  );
});
