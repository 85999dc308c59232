import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Channel } from '../../shared/rpc/channel.ts';
import type { AppServer } from './app-server.ts';
import { openAppServer } from './app-server.ts';
import { fileBelow } from './file-below.ts';

let folder: string;
let server: AppServer;
let channels: Channel[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leme-app-'));
  await writeFile(join(folder, 'index.html'), '<!doctype html>ok');
  channels = [];
  server = await openAppServer({
    root: folder,
    port: 0,
    token: 'secret',
    onChannel: (channel) => void channels.push(channel),
  });
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

function get(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string; csp: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port: server.port, path, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body,
          csp: String(response.headers['content-security-policy']),
        }),
      );
    });
    call.on('error', reject);
    call.end();
  });
}

function upgrade(origin: string | undefined, protocols: string[], host?: string): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/rpc`, protocols, {
      ...(origin === undefined ? {} : { origin }),
      ...(host === undefined ? {} : { headers: { host } }),
    });
    socket.on('open', () => {
      resolve(101);
      socket.close();
    });
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.on('error', () => undefined);
  });
}

describe('app server', () => {
  it('serves the app with a strict policy, and nothing outside its folder', async () => {
    const page = await get('/');
    expect(page).toMatchObject({ status: 200, body: '<!doctype html>ok' });
    expect(page.csp).toContain("default-src 'none'; script-src 'self';");
    expect((await get('/../../etc/passwd')).status).toBe(404);
    expect((await get('/%2e%2e/%2e%2e/etc/passwd')).status).toBe(404);
    expect((await get('/nothing.js')).status).toBe(404);
    expect((await get('/', { host: 'evil.example' })).status).toBe(421);
  });

  it('opens a channel only for its own page with the token', async () => {
    const own = `http://127.0.0.1:${server.port}`;
    expect(await upgrade(own, ['leme.v1', 'token.secret'])).toBe(101);
    expect(await upgrade(own, ['leme.v1', 'token.wrong!'])).toBe(401);
    expect(await upgrade(own, ['leme.v1'])).toBe(401);
    expect(await upgrade('http://evil.example', ['leme.v1', 'token.secret'])).toBe(403);
    expect(await upgrade(undefined, ['leme.v1', 'token.secret'])).toBe(403);
    expect(await upgrade(own, ['leme.v1', 'token.secret'], 'evil.example')).toBe(421);
    expect(channels).toHaveLength(1);
  });

  it('closes a channel on bytes that are no frame', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/rpc`, ['leme.v1', 'token.secret'], {
      origin: `http://127.0.0.1:${server.port}`,
    });
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send('not json');
    const code = await new Promise((resolve) => socket.once('close', resolve));
    expect(code).toBe(1003);
  });
});

describe('fileBelow', () => {
  it('never leaves the root', () => {
    expect(fileBelow('/srv/app', '/assets/a.js')).toBe('/srv/app/assets/a.js');
    expect(fileBelow('/srv/app', '/../app-secret/x')).toBeUndefined();
    expect(fileBelow('/srv/app', '/%00')).toBeUndefined();
    expect(fileBelow('/srv/app', '/%')).toBeUndefined();
  });
});
