import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { testShell, type TestShell } from '../shell.testing.ts';

let server: Server;
let test: TestShell;
const powered = new Map<string, boolean>();

beforeEach(async () => {
  powered.clear();
  powered.set('cp-1', true).set('worker-1', true);
  server = createServer((request, response) => {
    if (request.url === '/machines') {
      const machines = [...powered].map(([name, on]) => ({
        name,
        address: '10.0.0.1',
        os: 'linux',
        powered: on,
      }));
      return void response.end(JSON.stringify(machines));
    }
    const name = /^\/machines\/([^/]+)\/power$/.exec(request.url ?? '')?.[1] ?? '';
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      powered.set(name, (JSON.parse(body) as { action: string }).action === 'start');
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  test = await testShell({ env: { LEME_MACHINES_URL: url, LEME_MACHINES_TOKEN: 'secret' } });
});
afterEach(async () => {
  test.dispose();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it('lists what runs, with --all also what does not, and presses the switch', async () => {
  expect(await test.start('virsh destroy worker-1; virsh list; virsh list --all').done).toBe(0);
  expect(test.stdout.text).toBe(
    `Domain 'worker-1' destroyed

 Id   Name   State
---------------------
 1    cp-1   running

 Id   Name       State
-------------------------
 1    cp-1       running
 -    worker-1   shut off

`,
  );
  expect(await test.start('virsh start worker-1; virsh domstate worker-1').done).toBe(0);
  expect(test.stdout.text).toContain("Domain 'worker-1' started\n\nrunning\n");
});

it('refuses what makes no sense, and says why', async () => {
  expect(await test.start('virsh start cp-1').done).toBe(1);
  expect(await test.start('virsh destroy cp-9').done).toBe(1);
  expect(await test.start('virsh explode cp-1').done).toBe(1);
  expect(test.stderr.text).toContain('error: Domain is already active\n');
  expect(test.stderr.text).toContain("error: Domain not found: no domain with matching name 'cp-9'\n");
  expect(test.stderr.text).toContain("error: unknown command: 'explode'\n");
  expect([...powered.values()]).toEqual([true, true]);
});
