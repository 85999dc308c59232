import type { CommandIo } from '../../interface.ts';
import type { ParsedOptions } from '../../tools/options.ts';
import { CurlError } from './curl-error.ts';

/** What is sent. */
export interface CurlRequest {
  readonly method: string;
  readonly path: string;
  /** Names as they go out. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

/** @throws CurlError 1, 3 */
export function parseUrl(typed: string): URL {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `http://${typed}`;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new CurlError(3, 'URL using bad/illegal format or missing URL');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new CurlError(1, `Protocol "${url.protocol.slice(0, -1)}" not supported or disabled in libcurl`);
  return url;
}

/** Puts together what the options say. `url` gets the query that `--get` makes of data. */
export async function makeRequest(io: CommandIo, options: ParsedOptions, url: URL): Promise<CurlRequest> {
  let body = await readBody(io, options);
  if (options.has('G') && body !== undefined) {
    url.search = `${url.search}${url.search === '' ? '?' : '&'}${body.toString('utf8')}`;
    body = undefined;
  }
  const headers = new Map<string, [name: string, value: string]>();
  const set = (name: string, value: string): void => void headers.set(name.toLowerCase(), [name, value]);
  set('Host', url.host);
  const user =
    options.last('u') ??
    (url.username === ''
      ? undefined
      : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`);
  if (user !== undefined) set('Authorization', `Basic ${Buffer.from(user).toString('base64')}`);
  set('User-Agent', options.last('A') ?? 'curl/7.88.1');
  set('Accept', options.has('j') ? 'application/json' : '*/*');
  if (body !== undefined) {
    set('Content-Type', options.has('j') ? 'application/json' : 'application/x-www-form-urlencoded');
    set('Content-Length', String(body.length));
  }
  for (const header of options.values.get('H') ?? []) {
    if (header === true) continue;
    const at = header.indexOf(':');
    if (at < 0) continue;
    const name = header.slice(0, at);
    const value = header.slice(at + 1).trim();
    if (value === '') headers.delete(name.toLowerCase());
    else set(name, value);
  }
  return {
    method: options.last('X') ?? (options.has('I') ? 'HEAD' : body === undefined ? 'GET' : 'POST'),
    path: `${url.pathname}${url.search}`,
    headers: Object.fromEntries(headers.values()),
    body,
  };
}

async function readBody(io: CommandIo, options: ParsedOptions): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  for (const [letter, values] of options.values) {
    if (!'dBRj'.includes(letter)) continue;
    for (const value of values) {
      if (value === true) continue;
      if (parts.length > 0 && letter !== 'j') parts.push(Buffer.from('&'));
      if (!value.startsWith('@') || letter === 'R') parts.push(Buffer.from(value));
      else {
        const content = await readData(io, value.slice(1));
        parts.push(letter === 'd' ? Buffer.from(content.toString('utf8').replace(/[\r\n]/g, '')) : content);
      }
    }
  }
  return parts.length === 0 ? undefined : Buffer.concat(parts);
}

/** A file that is not there is told and sent as nothing, as curl does. */
async function readData(io: CommandIo, name: string): Promise<Buffer> {
  if (name === '-') return Buffer.from(await io.stdin.text());
  const content = await io.fs.readFile(io.path(name)).catch(() => undefined);
  if (content !== undefined) return Buffer.from(content);
  await io.stderr.write(`Warning: Couldn't read data from file "${name}", this makes an empty POST.\n`);
  return Buffer.alloc(0);
}
