import type { Deflate, Inflate } from 'node:zlib';
import { constants, createDeflate, createInflate } from 'node:zlib';
import { SPDY_DICTIONARY } from './dictionary.ts';

/** More than any client of this API sends; a bomb stops here. */
const HEADERS_LIMIT = 64 * 1024;

export type SpdyHeaders = ReadonlyMap<string, string>;

function parse(block: Buffer): SpdyHeaders {
  const headers = new Map<string, string>();
  let at = 0;
  const text = (): string => {
    const length = block.readUInt32BE(at);
    const value = block.toString('latin1', at + 4, at + 4 + length);
    if (value.length !== length) throw new RangeError('a header is longer than its block');
    at += 4 + length;
    return value;
  };
  const count = block.readUInt32BE(0);
  at = 4;
  for (let i = 0; i < count; i++) headers.set(text().toLowerCase(), text());
  return headers;
}

/** Writes to a zlib stream and answers what came out once everything was taken in. One call at a time. */
function through(stream: Inflate | Deflate, input: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    const take = (part: Buffer): void => {
      size += part.length;
      if (size > HEADERS_LIMIT) done(new RangeError('headers are too large'));
      else parts.push(part);
    };
    const done = (error?: Error): void => {
      stream.off('data', take);
      stream.off('error', done);
      if (error === undefined) resolve(Buffer.concat(parts));
      else reject(error);
    };
    stream.on('data', take);
    stream.once('error', done);
    stream.write(input);
    stream.flush(constants.Z_SYNC_FLUSH, () => done());
  });
}

/** Header blocks of one connection: zlib with the SPDY dictionary, one stream for each direction. */
export class HeaderCodec {
  readonly #inflate = createInflate({ dictionary: SPDY_DICTIONARY });
  readonly #deflate = createDeflate({ dictionary: SPDY_DICTIONARY });

  /** @throws Error for a block that is none */
  async decode(block: Buffer): Promise<SpdyHeaders> {
    return parse(await through(this.#inflate, block));
  }

  /** A block without headers, which is all that replies need. */
  encodeEmpty(): Promise<Buffer> {
    return through(this.#deflate, Buffer.alloc(4));
  }

  dispose(): void {
    this.#inflate.destroy();
    this.#deflate.destroy();
  }
}
