import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { appHeaders } from '../host/listeners/content-security-policy.ts';
import { fileBelow } from '../host/listeners/file-below.ts';
import { mediaType } from '../host/listeners/media-type.ts';
import { isAppUrl } from './security.ts';

/** Answers `app://leme/…` from the folder of the built app, with the same headers as the loopback server. */
export async function serveApp(root: string, request: Request): Promise<Response> {
  const headers = appHeaders('');
  if (!isAppUrl(request.url) || request.method !== 'GET')
    return new Response('not found', { status: 404, headers });
  const { pathname } = new URL(request.url);
  const file = fileBelow(root, pathname === '/' ? '/index.html' : pathname);
  const type = file === undefined ? undefined : mediaType(extname(file));
  if (file === undefined || type === undefined) return new Response('not found', { status: 404, headers });
  try {
    return new Response(new Uint8Array(await readFile(file)), {
      status: 200,
      headers: { ...headers, 'content-type': type },
    });
  } catch {
    // Missing and unreadable look the same from the page.
    return new Response('not found', { status: 404, headers });
  }
}
