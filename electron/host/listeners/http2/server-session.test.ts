import { connect } from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect as connectTcp, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { frame, FrameType, PREFACE, words } from './frames.ts';
import { HpackDecoder } from './hpack-decoder.ts';
import { encodeHeaders } from './hpack-encoder.ts';
import type { ServerSessionOptions, ServerStream } from './interface.ts';
import { ServerSession } from './server-session.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const OK = encodeHeaders([
  [':status', '200'],
  ['content-type', 'text/plain'],
]);
const TRAILERS = encodeHeaders([['grpc-status', '0']]);

/** Answers with what it was sent. */
function echo(stream: ServerStream): ReturnType<ServerSessionOptions['onStream']> {
  const parts: Buffer[] = [];
  return {
    onData: (bytes) => {
      parts.push(Buffer.from(bytes));
      stream.consume(bytes.length);
    },
    onEnd: () => {
      stream.respond(OK, false);
      stream.write(Buffer.concat(parts));
      stream.end(TRAILERS);
    },
    onReset: () => undefined,
  };
}

async function serve(options: Partial<ServerSessionOptions> = {}): Promise<{
  readonly port: number;
  readonly sessions: ServerSession[];
}> {
  const sessions: ServerSession[] = [];
  const server = createServer((socket) => {
    const session = new ServerSession(socket, {
      onStream: echo,
      maxStreams: 100,
      maxHeaderBytes: 16_384,
      streamWindow: 65_536,
      connectionWindow: 1024 * 1024,
      ...options,
    });
    sessions.push(session);
    socket.on('data', (chunk: Buffer) => session.receive(chunk));
    socket.on('error', () => socket.destroy());
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, sessions };
}

interface Answer {
  readonly body: Buffer;
  readonly trailers: Readonly<Record<string, unknown>>;
}

/** A request by Node's own client. */
function ask(port: number, body: Buffer, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const client = connect(`http://127.0.0.1:${port}`);
  return new Promise<Answer>((resolve, reject) => {
    const stream = client.request({ ':method': 'POST', ':path': '/echo', ...headers });
    const parts: Buffer[] = [];
    let trailers = {};
    stream.on('data', (chunk: Buffer) => parts.push(chunk));
    stream.on('trailers', (got) => (trailers = got));
    stream.on('end', () => resolve({ body: Buffer.concat(parts), trailers }));
    stream.on('error', reject);
    client.on('error', reject);
    stream.end(body);
  }).finally(() => client.close());
}

/** Sends bytes as they are; resolves with what came until the server closed. */
function raw(port: number, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket: Socket = connectTcp(port, '127.0.0.1');
    const parts: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => parts.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(parts)));
    socket.on('end', () => socket.end());
    socket.write(bytes);
  });
}

/** Code and text of the GOAWAY at the end of what came. */
function goaway(bytes: Buffer): [number, string] | undefined {
  let found: [number, string] | undefined;
  for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) {
    if (bytes[at + 3] !== FrameType.goaway) continue;
    const payload = bytes.subarray(at + 9, at + 9 + bytes.readUIntBE(at, 3));
    found = [payload.readUInt32BE(4), payload.subarray(8).toString('utf8')];
  }
  return found;
}

describe('an HTTP/2 session with a client of another make', () => {
  it('carries bodies larger than every window both ways', async () => {
    const { port } = await serve();
    const body = Buffer.alloc(3_000_000, 'leme');
    const answer = await ask(port, body);
    expect(answer.body.equals(body)).toBe(true);
    expect(answer.trailers['grpc-status']).toBe('0');
  });

  it('takes many requests on one connection, and headers of any kind', async () => {
    const seen: string[] = [];
    const { port } = await serve({
      onStream: (stream) => {
        seen.push(stream.headers.get('x-note') ?? '');
        return echo(stream);
      },
    });
    const client = connect(`http://127.0.0.1:${port}`);
    const notes = Array.from({ length: 200 }, (_, index) => `note ${index % 7} ${'~é ÿ'.repeat(index % 5)}`);
    await Promise.all(
      notes.map(
        (note) =>
          new Promise<void>((resolve, reject) => {
            const stream = client.request({
              ':method': 'POST',
              ':path': '/echo',
              'x-note': Buffer.from(note, 'latin1').toString('latin1'),
            });
            stream.on('error', reject);
            stream.resume();
            stream.on('end', resolve);
            stream.end('x');
          }),
      ),
    );
    client.close();
    expect(seen).toEqual(notes);
  });

  it('lets an authority through that is a URL, which Node itself resets', async () => {
    let seen: string | undefined;
    const { port } = await serve({
      onStream: (stream) => {
        seen = stream.headers.get(':authority');
        return echo(stream);
      },
    });
    const headers = encodeHeaders([
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', '/x'],
      [':authority', 'http://127.0.0.1:2379'],
    ]);
    const bytes = Buffer.concat([
      PREFACE,
      frame(FrameType.settings, 0, 0, Buffer.alloc(0)),
      frame(FrameType.headers, 0x5, 1, headers),
      // Nonsense ends the exchange: the test waits for the close.
      frame(FrameType.pushPromise, 0, 1, Buffer.alloc(4)),
    ]);
    expect(goaway(await raw(port, bytes))).toEqual([1, 'a client cannot push']);
    expect(seen).toBe('http://127.0.0.1:2379');
  });
});

describe('an HTTP/2 session with a hostile client', () => {
  const opening = Buffer.concat([PREFACE, frame(FrameType.settings, 0, 0, Buffer.alloc(0))]);
  const headers = (stream: number): Buffer =>
    frame(
      FrameType.headers,
      0x4,
      stream,
      encodeHeaders([
        [':method', 'POST'],
        [':path', '/x'],
      ]),
    );

  it.each<[string, Buffer, [number, string]]>([
    ['no preface', Buffer.from('GET / HTTP/1.1\r\n\r\n'), [1, 'this is no HTTP/2 preface']],
    [
      'a frame that is too long',
      Buffer.concat([opening, Buffer.from([0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1])]),
      [6, 'a frame of 16777215 bytes'],
    ],
    ['headers on an even stream', Buffer.concat([opening, headers(2)]), [1, 'clients open odd streams']],
    [
      'a broken header block',
      Buffer.concat([
        opening,
        frame(FrameType.headers, 0x4, 1, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0x0f])),
      ]),
      [9, 'an integer is too large'],
    ],
    [
      'a header block without end',
      Buffer.concat([
        opening,
        frame(FrameType.headers, 0, 1, Buffer.alloc(10)),
        ...Array.from({ length: 100 }, () => frame(FrameType.continuation, 0, 1, Buffer.alloc(10))),
      ]),
      [0xb, 'too many header bytes'],
    ],
    [
      'DATA on a stream that nobody opened',
      Buffer.concat([opening, frame(FrameType.data, 0, 1, Buffer.alloc(1))]),
      [1, 'DATA on an idle stream'],
    ],
    [
      'a window of nothing',
      Buffer.concat([opening, frame(FrameType.windowUpdate, 0, 0, words(0))]),
      [1, 'a senseless window'],
    ],
    [
      'streams taken back again and again',
      Buffer.concat([
        opening,
        ...Array.from({ length: 10_002 }, (_, index) =>
          Buffer.concat([headers(2 * index + 1), frame(FrameType.rstStream, 0, 2 * index + 1, words(8))]),
        ),
      ]),
      [0xb, 'too many streams were taken back'],
    ],
  ])('ends the connection after %s', async (_name, bytes, expected) => {
    const { port } = await serve();
    expect(goaway(await raw(port, bytes))).toEqual(expected);
    // And goes on serving others.
    expect((await ask(port, Buffer.from('still here'))).body.toString()).toBe('still here');
  });

  it('survives noise', async () => {
    const { port } = await serve();
    let state = 12345;
    const noise = (length: number): Buffer =>
      Buffer.from(
        Array.from({ length }, () => {
          state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
          return (state >> 16) & 0xff;
        }),
      );
    for (let round = 0; round < 50; round += 1) {
      const frames = Array.from({ length: 5 }, () => {
        const [type = 0, flags = 0, stream = 0] = noise(3);
        return frame(type % 11, flags, stream % 8, noise(stream % 40));
      });
      const socket = connectTcp(port, '127.0.0.1');
      socket.on('error', () => undefined);
      await new Promise<void>((resolve) =>
        socket.write(Buffer.concat([opening, ...frames]), () => resolve()),
      );
      socket.destroy();
    }
    expect((await ask(port, Buffer.from('still here'))).body.toString()).toBe('still here');
  });

  it('refuses more streams than allowed, and headers that are too large, one by one', async () => {
    const { port } = await serve({ maxHeaderBytes: 400 });
    await expect(ask(port, Buffer.from('x'), { 'x-large': 'y'.repeat(1000) })).rejects.toThrow(
      'NGHTTP2_ENHANCE_YOUR_CALM',
    );
    expect((await ask(port, Buffer.from('x'))).body.toString()).toBe('x');
  });

  it('tells the application when the client goes', async () => {
    const events: string[] = [];
    let told: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (told = resolve));
    const { port } = await serve({
      onStream: () => ({
        onData: () => void events.push('data'),
        onEnd: () => void events.push('end'),
        onReset: () => {
          events.push('reset');
          told();
        },
      }),
    });
    const socket = connectTcp(port, '127.0.0.1');
    socket.write(Buffer.concat([opening, headers(1), frame(FrameType.rstStream, 0, 1, words(8))]));
    await gone;
    socket.destroy();
    expect(events).toEqual(['reset']);
  });
});

describe('HpackDecoder', () => {
  // RFC 7541, C.4 and C.6.1: the same connection's blocks, Huffman-coded.
  it('reads the examples of the standard', () => {
    const decoder = new HpackDecoder(4096, 65_536);
    const block = (hex: string): Buffer => Buffer.from(hex.replace(/ /g, ''), 'hex');
    expect(decoder.decode(block('8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff'))).toEqual([
      [':method', 'GET'],
      [':scheme', 'http'],
      [':path', '/'],
      [':authority', 'www.example.com'],
    ]);
    expect(decoder.decode(block('8286 84be 5886 a8eb 1064 9cbf'))).toEqual([
      [':method', 'GET'],
      [':scheme', 'http'],
      [':path', '/'],
      [':authority', 'www.example.com'],
      ['cache-control', 'no-cache'],
    ]);
    expect(decoder.decode(block('8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf'))).toEqual([
      [':method', 'GET'],
      [':scheme', 'https'],
      [':path', '/index.html'],
      [':authority', 'www.example.com'],
      ['custom-key', 'custom-value'],
    ]);
  });

  it('refuses indexes that do not exist and tables that are too large', () => {
    const decoder = new HpackDecoder(4096, 65_536);
    expect(() => decoder.decode(Buffer.from([0xc0]))).toThrow('there is no header field 64');
    expect(() => decoder.decode(Buffer.from([0x3f, 0xe2, 0x1f]))).toThrow(
      'a table of 4097 bytes is larger than allowed',
    );
    expect(() => decoder.decode(Buffer.from([0x40, 0x85, 0x00]))).toThrow(
      'a string goes past the end of its block',
    );
  });

  it('reads what our encoder writes', () => {
    const fields: [string, string][] = [
      [':status', '200'],
      ['grpc-message', 'x'.repeat(300)],
      ['content-type', 'application/grpc'],
    ];
    expect(new HpackDecoder(4096, 65_536).decode(encodeHeaders(fields))).toEqual(fields);
  });
});
