import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { closeConnections } from './agents.ts';
import { runKubectl } from './kubectl.ts';
import { kubeconfigFor, MemoryFs, testIo } from './testing/test-io.testing.ts';

let server: Server | undefined;

afterEach(async () => {
  closeConnections();
  server?.closeAllConnections();
  await new Promise((done) => server?.close(done));
});

/** A server of its own, one command against it, and how long the command was told to wait. */
async function against(
  listener: RequestListener,
  line: string,
): Promise<{ code: number; stdout: string; stderr: string; slept: number[] }> {
  const made = createServer(listener);
  server = made;
  await new Promise<void>((done) => made.listen(0, '127.0.0.1', done));
  const fs = new MemoryFs();
  fs.files.set('/home/u/config', kubeconfigFor(`http://127.0.0.1:${(made.address() as AddressInfo).port}`));
  const slept: number[] = [];
  const io = testIo(line.split(' '), fs, { env: { KUBECONFIG: '/home/u/config' } });
  const code = await runKubectl({
    ...io,
    sleep: (ms) => {
      slept.push(ms);
      return Promise.resolve();
    },
  });
  return { code, stdout: io.out.join(''), stderr: io.errors.join(''), slept };
}

test('a request the server is too busy for is made again when it says to', async () => {
  let asked = 0;
  const ran = await against((_request, response) => {
    if (asked++ < 3) response.writeHead(asked === 2 ? 503 : 429, { 'Retry-After': String(asked) }).end();
    else response.end('done');
  }, 'kubectl get --raw=/x');
  expect(ran).toEqual({ code: 0, stdout: 'done', stderr: '', slept: [1000, 2000, 3000] });
});

test('ten times, then what it said is told', async () => {
  let asked = 0;
  const ran = await against((_request, response) => {
    asked++;
    response.writeHead(429, { 'Retry-After': '1' }).end();
  }, 'kubectl get --raw=/x');
  expect(ran.stderr).toBe(
    'Error from server (TooManyRequests): the server has received too many requests and has asked us to try again later\n',
  );
  expect({ asked, slept: ran.slept.length, code: ran.code }).toEqual({ asked: 11, slept: 10, code: 1 });
});

test('without a time to wait it is not made again', async () => {
  let asked = 0;
  const ran = await against((_request, response) => {
    asked++;
    response.writeHead(503).end();
  }, 'kubectl get --raw=/x');
  expect({ asked, slept: ran.slept, code: ran.code }).toEqual({ asked: 1, slept: [], code: 1 });
});

test('--request-timeout: no answer, and half an answer', async () => {
  const none = await against(() => undefined, 'kubectl get --raw=/x --request-timeout=50ms');
  expect(none.stderr).toBe(
    'Unable to connect to the server: net/http: request canceled (Client.Timeout exceeded while awaiting headers)\n',
  );
  server?.closeAllConnections();
  const half = await against(
    (_request, response) => void response.write('{'),
    'kubectl get --raw=/x --request-timeout=50ms',
  );
  expect(half.stderr).toBe(
    'error: net/http: request canceled (Client.Timeout or context cancellation while reading body)\n',
  );
});
