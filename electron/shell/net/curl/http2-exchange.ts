import { connect, constants } from 'node:http2';
import { asCurlError, CurlError } from './curl-error.ts';
import { joinedHeaders, type Exchange } from './exchange.ts';
import type { CurlRequest } from './request.ts';

/** Names of the codes with which a stream is reset (RFC 9113, 7). */
const CODES = [
  'NO_ERROR', 'PROTOCOL_ERROR', 'INTERNAL_ERROR', 'FLOW_CONTROL_ERROR', 'SETTINGS_TIMEOUT', 'STREAM_CLOSED',
  'FRAME_SIZE_ERROR', 'REFUSED_STREAM', 'CANCEL', 'COMPRESSION_ERROR', 'CONNECT_ERROR', 'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY', 'HTTP_1_1_REQUIRED',
]; // prettier-ignore

/** A request as HTTP/2 puts it: the first line and the host are fields too, and names are small. */
export function http2Fields({ method, path, headers }: CurlRequest): Readonly<Record<string, string>> {
  const fields: Record<string, string> = { ':method': method, ':path': path, ':scheme': 'https' };
  for (const [typed, value] of Object.entries(headers)) {
    const name = typed.toLowerCase();
    if (name === 'host') fields[':authority'] = value;
    else if (name !== 'connection' && name !== 'transfer-encoding') fields[name] = value;
  }
  return fields;
}

export const exchangeHttp2: Exchange = (socket, sent, host, signal) =>
  new Promise((resolve, reject) => {
    const session = connect(`https://${sent.headers['Host'] ?? host}`, { createConnection: () => socket });
    const fail = (error: Error): void => {
      session.destroy();
      reject(signal.aborted ? (signal.reason as Error) : asCurlError(error, { host, secured: true }));
    };
    const stop = (): void => fail(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    session.on('error', fail);
    const stream = session.request(http2Fields(sent), { endStream: sent.body === undefined });
    // Its end says what became of it.
    stream.on('error', () => undefined);
    const broken = (): CurlError => {
      const code = stream.rstCode;
      const start = 'HTTP/2 stream 1 was';
      if (socket.destroyed)
        return new CurlError(18, `${start} not closed cleanly before end of the underlying stream`);
      if (code === constants.NGHTTP2_NO_ERROR) {
        const early = 'closed cleanly, but before getting  all response header fields, treated as error';
        return new CurlError(92, `${start} ${early}`);
      }
      return new CurlError(
        92,
        `${start} not closed cleanly: ${CODES[code] ?? 'unknown'} (err ${String(code)})`,
      );
    };
    stream.on('close', () => {
      signal.removeEventListener('abort', stop);
      // What is already settled stays so.
      fail(broken());
    });
    stream.on('response', (received, _flags, rawHeaders) => {
      const status = Number(received[':status'] ?? 0);
      resolve({
        status,
        head: [`HTTP/2 ${String(status)} `, ...shownFields(rawHeaders)],
        version: '2',
        headers: joinedHeaders(received),
        body: stream,
        broken,
        destroy: () => session.destroy(),
      });
    });
    if (sent.body !== undefined) stream.end(sent.body);
  });

/** The fields in the order in which they came, without those that stand for the first line. */
function shownFields(raw: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] ?? '';
    if (!name.startsWith(':')) lines.push(`${name}: ${raw[at + 1] ?? ''}`);
  }
  return lines;
}
