import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { testShell, type TestShell } from '../shell.testing.ts';
import { BytesSource } from '../streams/sources.ts';
import { loadGrammar } from '../parse/grammar.ts';
import { isPlain } from './remote-shell.ts';

let server: Server;
let test: TestShell;
let seen: { argv: string[]; stdin?: string }[];
let closed: Promise<void>;

/** A host with one machine, answering by what is asked. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.headers.authorization !== 'Bearer secret') return void response.writeHead(401).end();
  if (request.url === '/machines')
    return void response.end(JSON.stringify([{ name: 'cp-1', address: '10.0.0.1', os: 'Debian' }]));
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString()) as { argv: string[]; stdin?: string };
  seen.push(body);
  const say = (piece: object): void => void response.write(`${JSON.stringify(piece)}\n`);
  const line = body.argv.join(' ');
  if (line.startsWith('journalctl -f')) {
    say({ stdout: 'line 1\n' });
    closed = new Promise((resolve) => response.on('close', () => resolve()));
    return;
  }
  if (line === 'die') return void response.end();
  say({ stdout: `ran ${line}${body.stdin === undefined ? '' : ` <${body.stdin.trim()}>`}\n` });
  say({ stderr: line === 'bad' ? 'oops\n' : '' });
  response.end(`${JSON.stringify({ exit: line === 'bad' ? 3 : 0 })}\n`);
}

beforeEach(async () => {
  seen = [];
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  test = await testShell({ env: { LEME_MACHINES_URL: url, LEME_MACHINES_TOKEN: 'secret' } });
});
afterEach(async () => {
  test.dispose();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it('runs a command on a machine: output, errors and exit code come back', async () => {
  expect(await test.start('ssh cp-1 systemctl status kubelet; ssh root@10.0.0.1 bad; echo $?').done).toBe(0);
  expect(test.stdout.text).toBe('ran systemctl status kubelet\nran bad\n3\n');
  expect(test.stderr.text).toBe('oops\n');
});

it('sends what is piped in, and a whole line of plain commands as one', async () => {
  await test.start(`echo data | ssh cp-1 'cat > f && cat f | grep "a b"'`).done;
  expect(seen).toEqual([{ argv: ['cat > f && cat f | grep "a b"'], stdin: 'data\n' }]);
});

it('runs variables, loops and missing filters on this side, each command over there', async () => {
  await test.start(`ssh cp-1 'for u in kubelet etcd; do systemctl status $u; done | awk "{print \\$4}"'`)
    .done;
  expect(test.stdout.text).toBe('kubelet\netcd\n');
  expect(seen.map((body) => body.argv)).toEqual([['systemctl status kubelet'], ['systemctl status etcd']]);
});

it('prints a stream as it comes and hangs up on Ctrl-C and on a reader that leaves', async () => {
  const run = test.start('ssh cp-1 journalctl -f');
  await test.stdout.until('line 1\n');
  run.interrupt();
  expect(await run.done).toBe(130);
  await closed;
  await test.start('ssh cp-1 journalctl -f | head -1').done;
  await closed;
  expect(test.stdout.text).toBe('line 1\nline 1\n');
});

it('reads a session line by line and keeps its variables', async () => {
  const input = new BytesSource('x=kubelet\nsystemctl stop $x\nif true; then\nuptime\nfi\nexit 4\n');
  expect(await test.start('ssh cp-1', input).done).toBe(4);
  expect(seen.map((body) => body.argv[0])).toEqual(['systemctl stop kubelet', 'uptime']);
});

it('says what ssh says for unknown hosts and lost connections', async () => {
  expect(await test.start('ssh nowhere ls').done).toBe(255);
  expect(await test.start('ssh cp-1 die').done).toBe(255);
  expect(await test.start('unset LEME_MACHINES_URL; ssh cp-1 ls').done).toBe(255);
  expect(test.stderr.text).toBe(
    'ssh: Could not resolve hostname nowhere: Name or service not known\nConnection to cp-1 closed by remote host.\nssh: Could not resolve hostname cp-1: Name or service not known\n',
  );
});

it('has no files of this computer behind a remote line', async () => {
  await test.start(`ssh cp-1 'x=1; echo $x > /tmp/out'`).done;
  expect(test.stderr.text).toContain('/tmp/out: Not a directory');
});

it.each([
  ['systemctl stop kubelet', true],
  ['cat "a b" | grep x > out 2>&1 && echo done', true],
  ['echo $HOME', false],
  ['ls *.yaml', false],
  ['sleep 1 &', false],
  ['ps | awk 1', false],
  ['exit 3', false],
])('knows whether a machine can take %j as it is: %j', async (line, plain) => {
  await loadGrammar();
  expect(isPlain(line)).toBe(plain);
});
