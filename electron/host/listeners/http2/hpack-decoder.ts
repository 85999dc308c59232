import { ConnectionError, ErrorCode } from './errors.ts';
import { huffmanDecode } from './huffman.ts';

export type HeaderField = readonly [name: string, value: string];

/** RFC 7541, appendix A. Index 1 is the first. */
const STATIC_TABLE: readonly HeaderField[] = `:authority
:method GET
:method POST
:path /
:path /index.html
:scheme http
:scheme https
:status 200
:status 204
:status 206
:status 304
:status 400
:status 404
:status 500
accept-charset
accept-encoding gzip, deflate
accept-language
accept-ranges
accept
access-control-allow-origin
age
allow
authorization
cache-control
content-disposition
content-encoding
content-language
content-length
content-location
content-range
content-type
cookie
date
etag
expect
expires
from
host
if-match
if-modified-since
if-none-match
if-range
if-unmodified-since
last-modified
link
location
max-forwards
proxy-authenticate
proxy-authorization
range
referer
refresh
retry-after
server
set-cookie
strict-transport-security
transfer-encoding
user-agent
vary
via
www-authenticate`
  .split('\n')
  .map((line) => {
    const space = line.indexOf(' ');
    return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)];
  });

/** What RFC 7541 adds to an entry's length. */
const OVERHEAD = 32;

/** Reads header blocks; one for each connection, since what it has read decides what the next block means. */
export class HpackDecoder {
  readonly #maxTableSize: number;
  readonly #maxListSize: number;
  /** Newest first. */
  readonly #table: HeaderField[] = [];
  #tableSize = 0;
  #tableLimit: number;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;

  /** @param maxTableSize as announced in SETTINGS; `maxListSize` bounds the headers of one block, uncompressed. */
  constructor(maxTableSize: number, maxListSize: number) {
    this.#maxTableSize = maxTableSize;
    this.#maxListSize = maxListSize;
    this.#tableLimit = maxTableSize;
  }

  /**
   * The fields of a complete block, or undefined when they are larger than allowed (the decoder stays usable).
   * @throws ConnectionError
   */
  decode(block: Buffer): readonly HeaderField[] | undefined {
    this.#bytes = block;
    this.#at = 0;
    const fields: HeaderField[] = [];
    let size = 0;
    while (this.#at < block.length) {
      const first = block[this.#at] as number;
      if ((first & 0xe0) === 0x20) {
        if (fields.length > 0) throw broken('a table size update stands after a field');
        this.#resize(this.#integer(5));
        continue;
      }
      const field = this.#field(first);
      size += field[0].length + field[1].length + OVERHEAD;
      if (size <= this.#maxListSize) fields.push(field);
    }
    return size <= this.#maxListSize ? fields : undefined;
  }

  #field(first: number): HeaderField {
    if ((first & 0x80) !== 0) return this.#indexed(this.#integer(7));
    const isAdded = (first & 0x40) !== 0;
    const index = this.#integer(isAdded ? 6 : 4);
    const name = index === 0 ? this.#string() : this.#indexed(index)[0];
    const field: HeaderField = [name, this.#string()];
    if (isAdded) this.#add(field);
    return field;
  }

  #indexed(index: number): HeaderField {
    const field =
      index <= STATIC_TABLE.length ? STATIC_TABLE[index - 1] : this.#table[index - STATIC_TABLE.length - 1];
    if (field === undefined) throw broken(`there is no header field ${index}`);
    return field;
  }

  #add(field: HeaderField): void {
    const size = field[0].length + field[1].length + OVERHEAD;
    this.#shrink(this.#tableLimit - size);
    if (size > this.#tableLimit) return;
    this.#table.unshift(field);
    this.#tableSize += size;
  }

  #resize(limit: number): void {
    if (limit > this.#maxTableSize) throw broken(`a table of ${limit} bytes is larger than allowed`);
    this.#tableLimit = limit;
    this.#shrink(limit);
  }

  #shrink(limit: number): void {
    while (this.#tableSize > limit) {
      const oldest = this.#table.pop();
      if (oldest === undefined) return;
      this.#tableSize -= oldest[0].length + oldest[1].length + OVERHEAD;
    }
  }

  #integer(prefix: number): number {
    const mask = (1 << prefix) - 1;
    const value = this.#byte() & mask;
    if (value < mask) return value;
    let total = value;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#byte();
      total += (byte & 0x7f) * 2 ** shift;
      if (total > 0x7fff_ffff || shift > 28) throw broken('an integer is too large');
      if (byte < 0x80) return total;
    }
  }

  #string(): string {
    const isHuffman = ((this.#bytes[this.#at] ?? 0) & 0x80) !== 0;
    const length = this.#integer(7);
    const from = this.#at;
    const to = from + length;
    if (to > this.#bytes.length) throw broken('a string goes past the end of its block');
    this.#at = to;
    return isHuffman ? huffmanDecode(this.#bytes, from, to) : this.#bytes.toString('latin1', from, to);
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw broken('a header block ends too early');
    this.#at += 1;
    return byte;
  }
}

function broken(message: string): ConnectionError {
  return new ConnectionError(ErrorCode.compressionError, message);
}

/** Where a field of the static table stands, by name alone; for the encoder. */
export const STATIC_NAMES: ReadonlyMap<string, number> = new Map(
  STATIC_TABLE.map(([name], index) => [name, index + 1] as const).reverse(),
);
