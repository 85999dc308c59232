import { request as plainRequest, type IncomingMessage } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP } from 'node:net';
import { interruptCode } from '../exec/control-flow.ts';
import type { Command, CommandIo } from '../interface.ts';
import { parseOptions, type ParsedOptions } from '../tools/options.ts';
import { MachinesClient } from './machines-client.ts';

const long: Readonly<Record<string, string>> = {
  insecure: 'k',
  'cacert:': 'C',
  'cert:': 'E',
  'key:': 'K',
  'header:': 'H',
  'request:': 'X',
  'data:': 'd',
  'data-binary:': 'B',
  'data-raw:': 'R',
  include: 'i',
  silent: 's',
  'show-error': 'S',
  fail: 'f',
  'fail-with-body': 'F',
  'output:': 'o',
  'remote-name': 'O',
  verbose: 'v',
  'no-buffer': 'N',
  'write-out:': 'w',
  'user:': 'u',
  'max-time:': 'm',
  'connect-timeout:': 't',
  head: 'I',
  location: 'L',
  'user-agent:': 'A',
  get: 'G',
  'json:': 'j',
  'resolve:': 'r',
  'retry:': 'y',
  'http1.1': '1',
};

/** What curl adds when it does not trust a server. */
const UNTRUSTED = `More details here: https://curl.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the web page mentioned above.
`;

class CurlError extends Error {
  readonly code: number;

  constructor(code: number, text: string) {
    super(text);
    this.code = code;
  }
}

/** `curl` over HTTP and HTTPS. Only this computer's loopback and the names of the lab can be reached. */
export const curl: Command = {
  name: 'curl',
  summary: { en: 'Talk HTTP to the cluster', 'pt-BR': 'Fala HTTP com o cluster' },
  async run(io) {
    const options = parseOptions(io.argv, 'kH:X:d:isSfo:Ovw:u:m:NILA:GE:#', long);
    if (options.problem !== undefined) {
      await io.stderr.write(
        `${options.problem.replace(/^curl: unrecognized option '(.*)'/, 'curl: option $1: is unknown').replace(/invalid option -- '(.*)'/, 'option -$1: is unknown')}\ncurl: try 'curl --help' for more information\n`,
      );
      return 2;
    }
    if (options.operands.length === 0) {
      await io.stderr.write("curl: (2) no URL specified\ncurl: try 'curl --help' for more information\n");
      return 2;
    }
    let code = 0;
    for (const typed of options.operands) {
      try {
        code = await new Transfer(io, options).run(typed);
      } catch (error) {
        if (io.signal.aborted) return interruptCode(io.signal);
        if (!(error instanceof CurlError)) throw error;
        if (!options.has('s') || options.has('S'))
          await io.stderr.write(
            `curl: (${String(error.code)}) ${error.message}\n${error.code === 60 ? UNTRUSTED : ''}`,
          );
        code = error.code;
      }
    }
    return code;
  },
};

interface Target {
  url: URL;
  address: string;
  port: number;
}

class Transfer {
  readonly #io: CommandIo;
  readonly #options: ParsedOptions;
  readonly #started = performance.now();

  constructor(io: CommandIo, options: ParsedOptions) {
    this.#io = io;
    this.#options = options;
  }

  async run(typed: string): Promise<number> {
    let url = parseUrl(typed);
    for (let hops = 0; ; hops++) {
      const target = await this.#target(url);
      const answer = await this.#send(target);
      const next = answer.headers.location;
      if (
        this.#options.has('L') &&
        next !== undefined &&
        (answer.statusCode ?? 0) >= 300 &&
        (answer.statusCode ?? 0) < 400
      ) {
        if (hops >= 50) throw new CurlError(47, 'Maximum (50) redirects followed');
        answer.resume();
        url = new URL(next, url);
        continue;
      }
      return this.#receive(answer, url);
    }
  }

  /** Where a URL is really asked: a machine's port may stand for one of this computer's. */
  async #target(url: URL): Promise<Target> {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
    const { env, signal } = this.#io;
    const mapped = await MachinesClient.from(env)
      ?.loopback(host, port, env['LEME_MACHINE'], signal)
      .catch(() => undefined);
    if (mapped !== undefined) return { url, address: mapped.host, port: mapped.port };
    // A machine has no other servers on its own loopback than those the host knows of.
    if (env['LEME_MACHINE'] !== undefined && (host === 'localhost' || /^127\.|^::1$/.test(host))) {
      throw new CurlError(
        7,
        `Failed to connect to ${host} port ${port} after 0 ms: Couldn't connect to server`,
      );
    }
    return { url, address: await this.#resolve(host, port), port };
  }

  /** The loopback address behind a name; anything else does not exist here. */
  async #resolve(host: string, port: number): Promise<string> {
    if (host === 'localhost') return '127.0.0.1';
    if (isIP(host) !== 0) {
      if (/^127\.|^::1$/.test(host)) return host;
      const known = await this.#labAddress(host);
      if (known !== null) return known;
      throw new CurlError(
        7,
        `Failed to connect to ${host} port ${String(port)} after 0 ms: Couldn't connect to server`,
      );
    }
    const known = await this.#labAddress(host);
    if (known === null) throw new CurlError(6, `Could not resolve host: ${host}`);
    return known;
  }

  /** A machine of the lab listens on this computer's loopback only where the host says so (an address in 127/8). */
  async #labAddress(host: string): Promise<string | null> {
    const machines = await MachinesClient.from(this.#io.env)
      ?.list(this.#io.signal)
      .catch(() => []);
    const found = machines?.find((machine) => machine.name === host || machine.address === host);
    return found !== undefined && found.address.startsWith('127.') ? found.address : null;
  }

  async #file(name: string): Promise<Buffer> {
    const content = await this.#io.fs.readFile(this.#io.path(name)).catch(() => null);
    if (content !== null) return Buffer.from(content);
    throw new CurlError(58, `could not load PEM client certificate, error reading ${name}`);
  }

  async #body(): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    for (const [letter, values] of this.#options.values) {
      if (!'dBRj'.includes(letter)) continue;
      for (const value of values) {
        if (value === true) continue;
        if (parts.length > 0 && letter !== 'j') parts.push(Buffer.from('&'));
        if (!value.startsWith('@') || letter === 'R') parts.push(Buffer.from(value));
        else {
          const content =
            value === '@-' ? Buffer.from(await this.#io.stdin.text()) : await this.#file(value.slice(1));
          parts.push(letter === 'd' ? Buffer.from(content.toString('utf8').replace(/[\r\n]/g, '')) : content);
        }
      }
    }
    return parts.length === 0 ? undefined : Buffer.concat(parts);
  }

  async #send(target: Target): Promise<IncomingMessage> {
    const options = this.#options;
    const { url } = target;
    let body = await this.#body();
    if (options.has('G') && body !== undefined) {
      url.search = `${url.search}${url.search === '' ? '?' : '&'}${body.toString('utf8')}`;
      body = undefined;
    }
    const method = options.last('X') ?? (options.has('I') ? 'HEAD' : body === undefined ? 'GET' : 'POST');
    const headers: Record<string, string> = {
      host: url.host,
      'user-agent': options.last('A') ?? 'curl/7.88.1',
      accept: '*/*',
    };
    if (body !== undefined)
      headers['content-type'] = options.has('j') ? 'application/json' : 'application/x-www-form-urlencoded';
    if (body !== undefined) headers['content-length'] = String(body.length);
    const user =
      options.last('u') ??
      (url.username === ''
        ? undefined
        : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`);
    if (user !== undefined) headers['authorization'] = `Basic ${Buffer.from(user).toString('base64')}`;
    for (const header of options.values.get('H') ?? []) {
      if (header === true) continue;
      const at = header.indexOf(':');
      if (at < 0) continue;
      const name = header.slice(0, at).toLowerCase();
      const value = header.slice(at + 1).trim();
      if (value === '') delete headers[name];
      else headers[name] = value;
    }
    const secure = url.protocol === 'https:';
    const { port } = target;
    const tls = secure ? await this.#tls(url.hostname) : {};
    if (options.has('v'))
      await this.#trace('>', [
        `${method} ${url.pathname}${url.search} HTTP/1.1`,
        ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
        '',
      ]);
    return new Promise((resolve, reject) => {
      const limit = Number(options.last('m') ?? options.last('t') ?? '0') * 1000;
      const call = (secure ? secureRequest : plainRequest)(
        {
          host: target.address,
          port,
          method,
          path: `${url.pathname}${url.search}`,
          headers,
          signal: this.#io.signal,
          agent: false,
          ...tls,
        },
        resolve,
      );
      if (limit > 0)
        call.setTimeout(limit, () =>
          call.destroy(
            new CurlError(
              28,
              `Operation timed out after ${String(Math.round(limit))} milliseconds with 0 bytes received`,
            ),
          ),
        );
      call.on('error', (error: Error) => reject(asCurlError(error, url.hostname, port, this.#started)));
      call.end(body);
    });
  }

  async #tls(host: string): Promise<Record<string, unknown>> {
    const options = this.#options;
    const out: Record<string, unknown> = { rejectUnauthorized: !options.has('k') };
    if (isIP(host) === 0) out['servername'] = host;
    const ca = options.last('C');
    const cert = options.last('E');
    const key = options.last('K');
    if (ca !== undefined) out['ca'] = await this.#file(ca);
    if (cert !== undefined) out['cert'] = await this.#file(cert);
    if (cert !== undefined) out['key'] = await this.#file(key ?? cert);
    return out;
  }

  async #trace(mark: string, lines: readonly string[]): Promise<void> {
    await this.#io.stderr.write(lines.map((line) => `${mark} ${line}\n`).join(''));
  }

  async #receive(answer: IncomingMessage, url: URL): Promise<number> {
    const options = this.#options;
    const status = answer.statusCode ?? 0;
    const head = [`HTTP/${answer.httpVersion} ${String(status)} ${answer.statusMessage ?? ''}`];
    for (let at = 0; at < answer.rawHeaders.length; at += 2)
      head.push(`${answer.rawHeaders[at] ?? ''}: ${answer.rawHeaders[at + 1] ?? ''}`);
    if (options.has('v')) await this.#trace('<', [...head, '']);
    const failed = status >= 400 && options.has('f');
    const name = options.last('o') ?? (options.has('O') ? (url.pathname.split('/').at(-1) ?? '') : undefined);
    const file = name === undefined || name === '-' ? null : this.#io.path(name);
    if (file !== null && !failed) await this.#io.fs.writeFile(file, '');
    const write = (chunk: string | Uint8Array): Promise<void> =>
      file === null ? this.#io.stdout.write(chunk) : this.#io.fs.appendFile(file, chunk);
    let size = 0;
    if ((options.has('i') || options.has('I')) && !failed) await write(`${head.join('\r\n')}\r\n\r\n`);
    const stop = (): void => void answer.destroy();
    this.#io.stdout.closed.addEventListener('abort', stop);
    try {
      for await (const chunk of answer) {
        size += (chunk as Buffer).length;
        if (!failed) await write(chunk as Buffer);
      }
    } catch (error) {
      if (this.#io.signal.aborted || this.#io.stdout.closed.aborted) throw error;
      throw new CurlError(18, 'transfer closed with outstanding read data remaining');
    } finally {
      this.#io.stdout.closed.removeEventListener('abort', stop);
      answer.destroy();
    }
    const format = options.last('w');
    if (format !== undefined)
      await this.#io.stdout.write(
        this.#written(format, { status, size, url, type: answer.headers['content-type'] ?? '' }),
      );
    if (failed) throw new CurlError(22, `The requested URL returned error: ${String(status)}`);
    return status >= 400 && options.has('F') ? 22 : 0;
  }

  #written(format: string, facts: { status: number; size: number; url: URL; type: string }): string {
    const values: Readonly<Record<string, string>> = {
      http_code: String(facts.status).padStart(3, '0'),
      response_code: String(facts.status).padStart(3, '0'),
      size_download: String(facts.size),
      url_effective: facts.url.href,
      content_type: facts.type,
      time_total: ((performance.now() - this.#started) / 1000).toFixed(6),
      method: this.#options.last('X') ?? 'GET',
    };
    return format
      .replace(/%\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
      .replace(/\\n/g, '\n')
      .replace(/\\t/g, '\t')
      .replace(/\\r/g, '\r');
  }
}

function parseUrl(typed: string): URL {
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

function asCurlError(error: Error, host: string, port: number, started: number): Error {
  if (error instanceof CurlError) return error;
  const code = 'code' in error ? String(error.code) : '';
  const spent = String(Math.round(performance.now() - started));
  if (code === 'ECONNREFUSED')
    return new CurlError(
      7,
      `Failed to connect to ${host} port ${String(port)} after ${spent} ms: Couldn't connect to server`,
    );
  if (code === 'ECONNRESET')
    return error.message.includes('hang up')
      ? new CurlError(52, 'Empty reply from server')
      : new CurlError(56, 'Recv failure: Connection reset by peer');
  if (
    code === 'SELF_SIGNED_CERT_IN_CHAIN' ||
    code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' ||
    code === 'DEPTH_ZERO_SELF_SIGNED_CERT' ||
    code.startsWith('UNABLE_TO_GET_ISSUER')
  ) {
    return new CurlError(60, 'SSL certificate problem: unable to get local issuer certificate');
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return new CurlError(
      60,
      `SSL: no alternative certificate subject name matches target host name '${host}'`,
    );
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return new CurlError(35, `error:0A00010B:SSL routines::wrong version number`);
  return new CurlError(7, error.message);
}
