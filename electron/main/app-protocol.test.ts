import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveApp } from './app-protocol.ts';

const folder = mkdtempSync(join(tmpdir(), 'leme-app-'));
const root = join(folder, 'app');

beforeAll(() => {
  mkdirSync(join(root, 'assets'), { recursive: true });
  writeFileSync(join(root, 'index.html'), '<p>Leme</p>');
  writeFileSync(join(root, 'assets', 'a b.js'), 'export {}');
  writeFileSync(join(root, 'secret.pem'), 'no');
  writeFileSync(join(folder, 'outside.html'), 'outside');
  mkdirSync(join(folder, 'app-other'));
  writeFileSync(join(folder, 'app-other', 'x.html'), 'other');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A request as Electron makes it; the parser of `Request` would tidy the path. */
function ask(url: string, method = 'GET'): Promise<Response> {
  return serveApp(root, { url, method } as Request);
}

describe('app://', () => {
  it.each([
    ['app://leme/', '<p>Leme</p>', 'text/html; charset=utf-8'],
    ['app://leme/index.html?x=1#y', '<p>Leme</p>', 'text/html; charset=utf-8'],
    ['app://leme/assets/a%20b.js', 'export {}', 'text/javascript; charset=utf-8'],
  ])('%s is a file of the app', async (url, text, type) => {
    const answer = await ask(url);
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      200,
      type,
      text,
    ]);
  });

  it.each([
    ['a missing file', 'app://leme/missing.js'],
    ['a folder', 'app://leme/assets'],
    ['a kind of file that the app has none of', 'app://leme/secret.pem'],
    ['a path above the app', 'app://leme/../outside.html'],
    ['an encoded path above the app', 'app://leme/%2e%2e%2foutside.html'],
    ['an encoded slash', 'app://leme/..%2foutside.html'],
    ['a neighbour whose name begins the same', 'app://leme/..%2fapp-other/x.html'],
    ['a NUL', 'app://leme/index.html%00.js'],
    ['a broken escape', 'app://leme/%zz.html'],
    ['another host', 'app://evil/index.html'],
    ['another scheme', 'https://leme/index.html'],
  ])('%s is not found', async (_what, url) => {
    const answer = await ask(url);
    expect([answer.status, await answer.text()]).toEqual([404, 'not found']);
  });

  it('is read only', async () => {
    expect((await ask('app://leme/index.html', 'POST')).status).toBe(404);
  });

  it('carries the policy with every answer, found or not', async () => {
    for (const url of ['app://leme/index.html', 'app://leme/missing.js']) {
      const { headers } = await ask(url);
      const policy = headers.get('content-security-policy') ?? '';
      const directives = new Map(
        policy.split('; ').map((part) => [part.split(' ')[0] as string, part.split(' ').slice(1)] as const),
      );
      expect(directives.get('default-src')).toEqual(["'none'"]);
      expect(directives.get('script-src')).toEqual(["'self'"]);
      expect(directives.get('connect-src')).toEqual(["'self'"]);
      expect(directives.get('frame-ancestors')).toEqual(["'none'"]);
      expect(policy).not.toContain('unsafe-eval');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });
});
