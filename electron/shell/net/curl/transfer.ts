import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import type { CommandIo } from '../../interface.ts';
import type { ParsedOptions } from '../../tools/options.ts';
import { openSocket, secure, type Endpoint, type Secured } from './connection.ts';
import { readCredentials } from './credentials.ts';
import { CurlError } from './curl-error.ts';
import type { HttpAnswer } from './exchange.ts';
import { exchangeHttp1 } from './http1-exchange.ts';
import { exchangeHttp2, http2Fields } from './http2-exchange.ts';
import { makeRequest, parseUrl } from './request.ts';
import { writeOut } from './write-out.ts';

/** `host:port` of `--resolve`, with the address to connect to. */
export type Resolved = ReadonlyMap<string, string>;

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');
const portOf = (url: URL): number =>
  url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);

interface Connection {
  readonly socket: Socket;
  readonly isHttp2: boolean;
}

/** One URL of a command line. */
export class Transfer {
  readonly #io: CommandIo;
  readonly #options: ParsedOptions;
  readonly #resolved: Resolved;
  readonly #started = performance.now();
  readonly #limits = new AbortController();
  readonly #signal: AbortSignal;
  #phase: 'connect' | 'handshake' | 'transfer' = 'connect';
  /** Of the body, so far and as announced. */
  #received = 0;
  #announced: number | undefined;
  readonly #facts: Record<string, string>;
  /** Offered to a server of HTTPS. */
  readonly #protocols: readonly string[];

  constructor(io: CommandIo, options: ParsedOptions, resolved: Resolved) {
    this.#io = io;
    this.#options = options;
    this.#resolved = resolved;
    this.#protocols = options.has('1') ? ['http/1.1'] : ['h2', 'http/1.1'];
    this.#signal = AbortSignal.any([io.signal, this.#limits.signal]);
    this.#facts = {
      http_code: '000', response_code: '000', http_connect: '000', http_version: '0', num_redirects: '0', redirect_url: '',
      size_download: '0', size_header: '0', size_upload: '0', num_headers: '0', num_connects: '0', content_type: '',
      remote_ip: '', remote_port: '0', local_ip: '', local_port: '0', scheme: '', ssl_verify_result: '0', urlnum: '0',
      time_connect: '0.000000', time_appconnect: '0.000000', time_starttransfer: '0.000000', errormsg: '', exitcode: '0',
      method: 'GET', url: '', url_effective: '', filename_effective: '',
    }; // prettier-ignore
  }

  /** Exit code. @throws CurlError */
  async run(typed: string): Promise<number> {
    const timers: NodeJS.Timeout[] = [];
    const limit = Number(this.#options.last('m') ?? '0') * 1000;
    if (limit > 0) timers.push(setTimeout(() => this.#limits.abort(this.#timedOut()), limit));
    this.#facts['url'] = typed;
    this.#facts['url_effective'] = typed;
    try {
      const code = await this.#follow(parseUrl(typed), timers);
      await this.#writeOut();
      return code;
    } catch (error) {
      const reason: unknown = this.#limits.signal.aborted ? this.#limits.signal.reason : error;
      if (reason instanceof CurlError) {
        this.#facts['errormsg'] = reason.message;
        this.#facts['exitcode'] = String(reason.code);
        await this.#writeOut();
      }
      throw reason;
    } finally {
      for (const timer of timers) clearTimeout(timer);
    }
  }

  #elapsed(): number {
    return Math.round(performance.now() - this.#started);
  }

  #timedOut(): CurlError {
    const spent = String(this.#elapsed());
    if (this.#phase !== 'transfer')
      return new CurlError(28, `Connection timed out after ${spent} milliseconds`);
    const of = this.#announced === undefined ? '' : ` out of ${String(this.#announced)}`;
    return new CurlError(
      28,
      `Operation timed out after ${spent} milliseconds with ${String(this.#received)}${of} bytes received`,
    );
  }

  async #follow(first: URL, timers: NodeJS.Timeout[]): Promise<number> {
    let url = first;
    for (let hops = 0; ; hops++) {
      this.#facts['num_redirects'] = String(hops);
      const answer = await this.#exchange(url, timers);
      const { location } = answer.headers;
      const { status } = answer;
      const moved = location !== undefined && status >= 300 && status < 400;
      if (!moved || !this.#options.has('L')) {
        if (moved) this.#facts['redirect_url'] = new URL(location, url).href;
        return this.#receive(answer, url);
      }
      if (hops >= 50) throw new CurlError(47, 'Maximum (50) redirects followed');
      answer.body.resume();
      url = new URL(location, url);
    }
  }

  async #exchange(url: URL, timers: NodeJS.Timeout[]): Promise<HttpAnswer> {
    const sent = await makeRequest(this.#io, this.#options, url);
    const host = hostOf(url);
    const port = portOf(url);
    const endpoint: Endpoint = {
      host,
      port,
      resolved:
        this.#resolved.get(`${host.toLowerCase()}:${String(port)}`) ??
        this.#resolved.get(`*:${String(port)}`),
    };
    Object.assign(this.#facts, {
      method: sent.method,
      url_effective: url.href,
      scheme: url.protocol.slice(0, -1).toUpperCase(),
    });
    const { socket, isHttp2 } = await this.#connect(url, endpoint, timers);
    this.#phase = 'transfer';
    if (isHttp2)
      for (const [name, value] of Object.entries(http2Fields(sent)))
        await this.#note(`h2h3 [${name}: ${value}]`);
    await this.#trace('>', [
      `${sent.method} ${sent.path} HTTP/${isHttp2 ? '2' : '1.1'}`,
      ...Object.entries(sent.headers).map(
        ([name, value]) => `${isHttp2 && name !== 'Host' ? name.toLowerCase() : name}: ${value}`,
      ),
      '',
    ]);
    const answer = await (isHttp2 ? exchangeHttp2 : exchangeHttp1)(socket, sent, host, this.#signal);
    this.#facts['time_starttransfer'] = this.#seconds();
    return answer;
  }

  /** Connects, and makes TLS of it for https. */
  async #connect(url: URL, endpoint: Endpoint, timers: NodeJS.Timeout[]): Promise<Connection> {
    this.#phase = 'connect';
    const { host, port } = endpoint;
    const limit = Number(this.#options.last('t') ?? '0') * 1000;
    if (limit > 0) {
      const late = (): void => {
        const text =
          this.#phase === 'connect'
            ? `Failed to connect to ${host} port ${String(port)} after ${String(this.#elapsed())} ms: Timeout was reached`
            : 'SSL connection timeout';
        if (this.#phase !== 'transfer') this.#limits.abort(new CurlError(28, text));
      };
      timers.push(setTimeout(late, limit));
    }
    if (endpoint.resolved !== undefined)
      await this.#note(`Added ${host}:${String(port)}:${endpoint.resolved} to DNS cache`);
    const { socket, address } = await openSocket(this.#io, endpoint, () => this.#elapsed(), this.#signal);
    Object.assign(this.#facts, {
      remote_ip: address,
      remote_port: String(port),
      num_connects: '1',
      time_connect: this.#seconds(),
    });
    await this.#note(`  Trying ${isIP(address) === 6 ? `[${address}]` : address}:${String(port)}...`);
    await this.#note(`Connected to ${host} (${address}) port ${String(port)} (#0)`);
    if (url.protocol !== 'https:') return { socket, isHttp2: false };
    await this.#note(`ALPN: offers ${this.#protocols.join(',')}`);
    this.#phase = 'handshake';
    try {
      const credentials = await readCredentials(this.#io, this.#options);
      const secured = await secure(
        socket,
        endpoint,
        credentials,
        this.#protocols,
        this.#options.has('k'),
        this.#signal,
      );
      this.#facts['time_appconnect'] = this.#seconds();
      if (secured.distrust !== '') this.#facts['ssl_verify_result'] = '20';
      await this.#noteServer(secured);
      return { socket: secured.socket, isHttp2: secured.socket.alpnProtocol === 'h2' };
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  async #receive(answer: HttpAnswer, url: URL): Promise<number> {
    const options = this.#options;
    const { status, head } = answer;
    const headText = `${head.join('\r\n')}\r\n\r\n`;
    const code = String(status).padStart(3, '0');
    Object.assign(this.#facts, {
      http_code: code,
      response_code: code,
      http_version: answer.version,
      num_headers: String(head.length - 1),
      size_header: String(headText.length),
      content_type: answer.headers['content-type'] ?? '',
    });
    const length = answer.headers['content-length'];
    this.#announced = length === undefined ? undefined : Number(length);
    await this.#trace('<', [...head, '']);
    const failed = status >= 400 && options.has('f');
    const write = await this.#output(failed, url);
    if ((options.has('i') || options.has('I')) && !failed) await write(headText);
    const stop = (): void => answer.destroy();
    this.#io.stdout.closed.addEventListener('abort', stop);
    try {
      for await (const chunk of answer.body) {
        this.#received += (chunk as Buffer).length;
        this.#facts['size_download'] = String(this.#received);
        if (!failed) await write(chunk as Buffer);
      }
    } catch (error) {
      if (error instanceof CurlError || this.#signal.aborted || this.#io.stdout.closed.aborted) throw error;
      throw answer.broken();
    } finally {
      this.#io.stdout.closed.removeEventListener('abort', stop);
      answer.destroy();
    }
    if (failed) throw new CurlError(22, `The requested URL returned error: ${String(status)}`);
    if (status >= 400 && options.has('F')) {
      this.#facts['exitcode'] = '22';
      return 22;
    }
    return 0;
  }

  /** Where the answer goes. @throws CurlError 23 */
  async #output(failed: boolean, url: URL): Promise<(chunk: string | Uint8Array) => Promise<void>> {
    const { stdout, fs } = this.#io;
    const name =
      this.#options.last('o') ??
      (this.#options.has('O') ? (url.pathname.split('/').at(-1) ?? '') : undefined);
    if (name === undefined || name === '-') return (chunk) => stdout.write(chunk);
    this.#facts['filename_effective'] = name;
    const file = this.#io.path(name);
    const refused = (): never => {
      throw new CurlError(23, 'Failure writing output to destination');
    };
    if (!failed) await fs.writeFile(file, '').catch(refused);
    return (chunk) => fs.appendFile(file, chunk).catch(refused);
  }

  async #writeOut(): Promise<void> {
    const format = this.#options.last('w');
    if (format === undefined) return;
    let problems = '';
    const text = writeOut(format, { ...this.#facts, time_total: this.#seconds() }, (name) => {
      problems += `curl: unknown --write-out variable: '${name}'\n`;
    });
    if (problems !== '') await this.#io.stderr.write(problems);
    await this.#io.stdout.write(text);
  }

  #seconds(): string {
    return ((performance.now() - this.#started) / 1000).toFixed(6);
  }

  async #trace(mark: string, lines: readonly string[]): Promise<void> {
    if (this.#options.has('v'))
      await this.#io.stderr.write(lines.map((line) => `${mark} ${line}\n`).join(''));
  }

  #note(text: string): Promise<void> {
    return this.#trace('*', [text]);
  }

  async #noteServer({ socket, certificate, cipher, protocol, distrust }: Secured): Promise<void> {
    const name = (of: object): string =>
      Object.entries(of)
        .map(([key, value]) => `${key}=${String(value)}`)
        .join('; ');
    const lines = [
      `SSL connection using ${protocol} / ${cipher}`,
      socket.alpnProtocol === false
        ? 'ALPN: server did not agree on a protocol. Uses default.'
        : `ALPN: server accepted ${String(socket.alpnProtocol)}`,
      'Server certificate:',
      ` subject: ${name(certificate.subject)}`,
      ` start date: ${certificate.valid_from}`,
      ` expire date: ${certificate.valid_to}`,
      ` issuer: ${name(certificate.issuer)}`,
      distrust === ''
        ? ' SSL certificate verify ok.'
        : ' SSL certificate verify result: unable to get local issuer certificate (20), continuing anyway.',
      `using HTTP/${socket.alpnProtocol === 'h2' ? '2' : socket.alpnProtocol === false ? '1.x' : '1.1'}`,
    ];
    await this.#trace('*', lines);
  }
}
