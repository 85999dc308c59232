import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { testShell, type TestShell } from '../../shell.testing.ts';

let server: Server;
let test: TestShell;
let port: number;

beforeEach(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (request.url === '/missing') return void response.writeHead(404).end('no\n');
      if (request.url === '/moved') return void response.writeHead(302, { location: '/there' }).end();
      if (request.url === '/stream') return void response.write('first\n');
      response.end(
        `${request.method ?? ''} ${request.url ?? ''} ${request.headers['content-type'] ?? '-'} ${request.headers.authorization ?? '-'} ${String(request.headers['x-a'] ?? '-')} ${body}\n`,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  test = await testShell({ env: { U: `http://127.0.0.1:${String(port)}` } });
});
afterEach(async () => {
  test.dispose();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it('gets, posts, sets headers and credentials', async () => {
  await test.start(
    "curl -s $U/a?b=1; curl -sd x=1 -d y=2 $U; curl -s -X PUT -H 'X-A: v' -H 'Content-Type: application/json' -d '{}' $U/p; curl -su a:b localhost:${U##*:}",
  ).done;
  expect(test.stdout.text).toBe(
    'GET /a?b=1 - - - \nPOST / application/x-www-form-urlencoded - - x=1&y=2\nPUT /p application/json - v {}\nGET / - Basic YTpi - \n',
  );
});

it('shows the status, fails on request, follows, writes files', async () => {
  await test.start(
    "curl -s -o /dev/null -w '%{http_code}\\n' $U/missing; curl -sf $U/missing; echo $?; curl -sL $U/moved; curl -so f $U/x; cat f; curl -si $U/missing | head -1",
  ).done;
  expect(test.stdout.text).toBe('404\n22\nGET /there - - - \nGET /x - - - \nHTTP/1.1 404 Not Found\r\n');
});

it('prints a stream as it comes and ends with its reader', async () => {
  await test.start('curl -sN $U/stream | head -1').done;
  expect(test.stdout.text).toBe('first\n');
});

it('reaches only this lab, with the texts and codes of curl', async () => {
  await test.start(
    'curl http://example.com; echo $?; curl -s https://example.com; echo $?; curl ftp://localhost; echo $?; curl; echo $?; curl -s -S https://10.9.8.7:6443/; echo $?; curl http://127.0.0.1:1/ 2>&1 | sed "s/after .* ms/after N ms/"; curl -Z x; echo $?',
  ).done;
  expect(test.stdout.text).toBe(
    "6\n6\n1\n2\n7\ncurl: (7) Failed to connect to 127.0.0.1 port 1 after N ms: Couldn't connect to server\n2\n",
  );
  expect(test.stderr.text).toBe(
    'curl: (6) Could not resolve host: example.com\n' +
      'curl: (1) Protocol "ftp" not supported or disabled in libcurl\n' +
      "curl: (2) no URL specified\ncurl: try 'curl --help' for more information\n" +
      "curl: (7) Failed to connect to 10.9.8.7 port 6443 after 0 ms: Couldn't connect to server\n" +
      "curl: option -Z: is unknown\ncurl: try 'curl --help' for more information\n",
  );
});
