import { constants, createDeflate, createInflate } from 'node:zlib';
import { expect, it } from 'vitest';
import type { SpdyStream } from './connection.ts';
import { SpdyConnection } from './connection.ts';
import { SPDY_DICTIONARY } from './dictionary.ts';

/** A client's side, as far as these tests need one. */
class Client {
  readonly sent: Buffer[] = [];
  readonly streams: SpdyStream[] = [];
  closed = false;
  readonly connection = new SpdyConnection(
    { write: (bytes) => this.sent.push(bytes), close: () => (this.closed = true) },
    (stream) => this.streams.push(stream),
  );
  readonly #deflate = createDeflate({ dictionary: SPDY_DICTIONARY });

  async headers(...pairs: readonly (readonly [string, string])[]): Promise<Buffer> {
    const number = (value: number): Buffer => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes;
    };
    const text = (value: string): Buffer => Buffer.concat([number(value.length), Buffer.from(value)]);
    const block = Buffer.concat([number(pairs.length), ...pairs.flat().map(text)]);
    const out: Buffer[] = [];
    const take = (part: Buffer): void => void out.push(part);
    this.#deflate.on('data', take);
    this.#deflate.write(block);
    await new Promise<void>((done) => this.#deflate.flush(constants.Z_SYNC_FLUSH, () => done()));
    this.#deflate.off('data', take);
    return Buffer.concat(out);
  }

  async open(id: number, ...pairs: readonly (readonly [string, string])[]): Promise<Buffer> {
    const head = Buffer.alloc(10);
    head.writeUInt32BE(id, 0);
    return control(1, Buffer.concat([head, await this.headers(...pairs)]));
  }
}

function control(type: number, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(0x8003, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

function data(id: number, text: string, fin = false): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(id, 0);
  head.writeUInt32BE(text.length, 4);
  head.writeUInt8(fin ? 1 : 0, 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((done) => setImmediate(done));
}

it('opens streams, whatever way the bytes are cut, and tells when the client is done', async () => {
  const client = new Client();
  const bytes = Buffer.concat([
    await client.open(1, ['streamType', 'error'], ['port', '80']),
    await client.open(3, ['streamType', 'data'], ['port', '80']),
  ]);
  for (const byte of bytes) client.connection.receive(Buffer.of(byte));
  await until(() => client.streams.length === 2);
  expect(client.streams.map((stream) => [...stream.headers])).toEqual([
    [
      ['streamtype', 'error'],
      ['port', '80'],
    ],
    [
      ['streamtype', 'data'],
      ['port', '80'],
    ],
  ]);
  const seen: string[] = [];
  const [, stream] = client.streams;
  if (stream === undefined) throw new Error('no stream');
  stream.onData = (part) => seen.push(part.toString());
  stream.onEnd = () => seen.push('end');
  client.connection.receive(Buffer.concat([data(3, 'hel'), data(3, 'lo', true)]));
  await until(() => seen.length === 3);
  expect(seen).toEqual(['hel', 'lo', 'end']);
});

it('answers each stream with headers a client can read, then data and the end', async () => {
  const client = new Client();
  client.connection.receive(await client.open(1, ['streamtype', 'stdout']));
  await until(() => client.streams.length === 1);
  client.streams[0]?.write(Buffer.from('out'));
  client.streams[0]?.end();
  const [reply, written, ended] = client.sent;
  expect(reply?.readUInt16BE(2)).toBe(2);
  expect(reply?.readUInt32BE(8)).toBe(1);
  const inflate = createInflate({ dictionary: SPDY_DICTIONARY });
  inflate.write(reply?.subarray(12));
  const block = await new Promise<Buffer>((done) => inflate.once('data', done));
  expect(block).toEqual(Buffer.alloc(4));
  expect(written).toEqual(data(1, 'out'));
  expect(ended).toEqual(data(1, '', true));
});

it('returns a ping as it came', async () => {
  const client = new Client();
  const ping = control(6, Buffer.from([0, 0, 0, 7]));
  client.connection.receive(ping);
  await until(() => client.sent.length === 1);
  expect(client.sent[0]).toEqual(ping);
});

it.each([
  ['headers that are no zlib', control(1, Buffer.alloc(40, 0xff))],
  ['a frame that is too large', Buffer.from([0, 0, 0, 1, 0, 0xff, 0xff, 0xff])],
])('closes the connection on %s', async (_what, bytes) => {
  const client = new Client();
  client.connection.receive(bytes);
  await until(() => client.closed);
  expect(client.streams).toEqual([]);
});

it('closes the connection on headers that grow without end', async () => {
  const client = new Client();
  client.connection.receive(await client.open(1, ['a', 'x'.repeat(1_000_000)]));
  await until(() => client.closed);
  expect(client.streams).toEqual([]);
});
