import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { testShell, type TestShell } from '../shell.testing.ts';
import { BytesSource } from '../streams/sources.ts';

let server: Server;
let test: TestShell;
let seen: { argv: string[]; cwd: string; stdin?: string }[];
let closed: Promise<void>;
/** The machine's boot id; empty when it has no power, undefined when it has no such file. */
let boot: string | undefined;

/** A host with one machine, answering by what is asked. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.headers.authorization !== 'Bearer secret') return void response.writeHead(401).end();
  if (request.url === '/machines')
    return void response.end(
      JSON.stringify([
        { name: 'cp-1', address: '10.0.0.1', os: 'Debian', powered: true, reachable: true },
        { name: 'win-1', address: '10.0.0.3', os: 'windows', powered: true, reachable: true },
        { name: 'off-1', address: '10.0.0.9', os: 'Debian', powered: false, reachable: false },
      ]),
    );
  if (request.url?.includes('boot_id') === true && boot !== undefined) {
    if (boot !== '') return void response.end(`${boot}\n`);
    return void response.writeHead(503).end(JSON.stringify({ code: 'EHOSTDOWN' }));
  }
  if (request.url?.includes('/files') === true) return void response.writeHead(404).end();
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString()) as {
    argv: string[];
    cwd: string;
    stdin?: string;
  };
  seen.push(body);
  const say = (piece: object): void => void response.write(`${JSON.stringify(piece)}\n`);
  const line = body.argv.join(' ');
  if (line.startsWith('journalctl -f')) {
    say({ stdout: 'line 1\n' });
    closed = new Promise((resolve) => response.on('close', () => resolve()));
    return;
  }
  if (line === 'reboot' || line === 'poweroff') {
    boot = line === 'reboot' ? 'second' : '';
    return void response.end(`${JSON.stringify({ exit: 255 })}\n`);
  }
  // While it slept.
  if (line === 'sleep 60') boot = 'second';
  if (line === 'uptime -p') return void response.end();
  say({ stdout: `ran ${line}${body.stdin === undefined ? '' : ` <${body.stdin.trim()}>`}\n` });
  say({ stderr: line === 'uname bad' ? 'oops\n' : '' });
  response.end(`${JSON.stringify({ exit: line === 'uname bad' ? 3 : 0 })}\n`);
}

beforeEach(async () => {
  seen = [];
  boot = undefined;
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
  expect(
    await test.start('ssh cp-1 systemctl status kubelet; ssh root@10.0.0.1 uname bad; echo $?').done,
  ).toBe(0);
  expect(test.stdout.text).toBe('ran systemctl status kubelet\nran uname bad\n3\n');
  expect(test.stderr.text).toBe('oops\n');
});

it('gives a program its words, folder and standard input as they are', async () => {
  await test.start(`echo data | ssh cp-1 'kubeadm "a b" c'`).done;
  expect(seen).toEqual([{ argv: ['kubeadm', 'a b', 'c'], cwd: '/root', stdin: 'data\n' }]);
});

it('runs variables, loops and filters on this side, each program of the machine over there', async () => {
  await test.start(`ssh cp-1 'for u in kubelet etcd; do sudo systemctl status $u; done | awk "{print \\$4}"'`)
    .done;
  expect(test.stdout.text).toBe('kubelet\netcd\n');
  expect(seen.map((body) => body.argv.join(' '))).toEqual([
    'systemctl status kubelet',
    'systemctl status etcd',
  ]);
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

it('reads a session line by line and keeps its variables and functions', async () => {
  const input = new BytesSource(
    'x=kubelet\nsystemctl stop $x\nif true; then\nuptime\nfi\nf() { uname $1; }\nf -r\nfrob\nexit 4\n',
  );
  expect(await test.start('ssh cp-1', input).done).toBe(4);
  expect(seen.map((body) => body.argv.join(' '))).toEqual(['systemctl stop kubelet', 'uptime', 'uname -r']);
  expect(test.stderr.text).toBe('-bash: line 1: frob: command not found\n');
});

it('says what ssh says for unknown hosts, machines without power and lost connections', async () => {
  expect(await test.start('ssh nowhere ls').done).toBe(255);
  expect(await test.start('ssh off-1 ls').done).toBe(255);
  expect(await test.start('ssh cp-1 uptime -p').done).toBe(255);
  expect(await test.start('unset LEME_MACHINES_URL; ssh cp-1 ls').done).toBe(255);
  expect(test.stderr.text).toBe(
    'ssh: Could not resolve hostname nowhere: Name or service not known\nssh: connect to host off-1 port 22: Connection timed out\nConnection to cp-1 closed by remote host.\nssh: Could not resolve hostname cp-1: Name or service not known\n',
  );
});

it.each(['reboot', 'poweroff'])('ends a session when its machine does, by %s', async (how) => {
  boot = 'first';
  const input = new BytesSource(`uptime\n${how}\nuname -r\n`);
  expect(await test.start('ssh cp-1', input).done).toBe(255);
  expect(seen.map((body) => body.argv.join(' '))).toEqual(['uptime', how]);
  expect(test.stderr.text).toBe('Connection to cp-1 closed by remote host.\n');
});

it('ends a session whose machine was switched off and on between two lines', async () => {
  boot = 'first';
  const input = new BytesSource('uptime\nsleep 60\nuname -r\n');
  expect(await test.start('ssh cp-1', input).done).toBe(255);
  expect(seen.map((body) => body.argv.join(' '))).toEqual(['uptime', 'sleep 60']);
  expect(test.stderr.text).toBe('Connection to cp-1 closed by remote host.\n');
});

it('has no commands of the console', async () => {
  await test.start(`ssh cp-1 'virsh list; lab status'`).done;
  expect(test.stderr.text).toBe(
    'bash: line 1: virsh: command not found\nbash: line 1: lab: command not found\n',
  );
});

it('gives a line for a Windows machine to PowerShell there, as it is', async () => {
  expect(await test.start("ssh win-1 'Get-Service kubelet | Select-Object Name'").done).toBe(0);
  expect(seen).toEqual([
    {
      argv: ['powershell.exe', '-Command', 'Get-Service kubelet | Select-Object Name'],
      cwd: '/Users/Administrator',
    },
  ]);
  expect(test.stdout.text).toBe('ran powershell.exe -Command Get-Service kubelet | Select-Object Name\n');
});
