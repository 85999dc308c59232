import type { BoltBucket, BoltFile, BoltItem } from './interface.ts';
import { BoltError } from './interface.ts';
import {
  BRANCH,
  BUCKET_HEADER,
  BUCKET_LEAF,
  compareBytes,
  ELEMENT,
  fnv64a,
  FREELIST,
  LEAF,
  MAGIC,
  META_SIZE,
  NO_FREELIST,
  PAGE_HEADER,
  VERSION,
} from './layout.ts';

const MAX_DEPTH = 64;

interface Meta {
  readonly pageSize: number;
  readonly root: number;
  readonly sequence: number;
  readonly freelist: bigint;
  readonly pages: number;
  readonly txid: number;
}

/**
 * Reads a whole bbolt file, checking what `bbolt check` does: meta pages and their checksums, every page used once and
 * within the file, element bounds, key order within and between pages, and the free list where there is one. Keys and
 * values are views into `bytes`. @throws BoltError for anything that is not right
 */
export function readBolt(bytes: Uint8Array): BoltFile {
  return new Reader(bytes).file();
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #meta: Meta;
  /** Pages in use, overflow pages too. */
  readonly #used: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#meta = newestMeta(bytes, this.#view);
    const { pages, pageSize } = this.#meta;
    if (pages * pageSize > bytes.length) {
      throw new BoltError(
        `file size too small: ${bytes.length} bytes, ${pages} pages of ${pageSize} expected`,
      );
    }
    this.#used = new Uint8Array(pages);
    this.#used[0] = 1;
    this.#used[1] = 1;
  }

  file(): BoltFile {
    const { pageSize, pages, txid, root, sequence } = this.#meta;
    const items: BoltItem[] = [];
    const free = this.#freelist();
    this.#walk(root, 0, 0, undefined, undefined, items);
    let freePages = 0;
    for (let page = 2; page < pages; page += 1) {
      if (this.#used[page] === 1) {
        if (free?.has(page) === true) throw new BoltError(`page ${page}: reachable freed`);
        continue;
      }
      if (free !== undefined && !free.has(page)) throw new BoltError(`page ${page}: unreachable unfreed`);
      freePages += 1;
    }
    return { root: bucketOf(items, sequence), pageSize, pages, freePages, txid };
  }

  /** Ids on the free list; undefined when the file has none. */
  #freelist(): ReadonlySet<number> | undefined {
    if (this.#meta.freelist === NO_FREELIST) return undefined;
    const page = this.#page(Number(this.#meta.freelist));
    if (page.flags !== FREELIST)
      throw new BoltError(`page ${page.id}: invalid type: ${hex(page.flags)}, freelist expected`);
    const view = this.#view;
    let at = page.at + PAGE_HEADER;
    let { count } = page;
    if (count === 0xffff) {
      count = number64(view, at, this.#meta.pages, `page ${page.id}: free list`);
      at += 8;
    }
    if (at + count * 8 > page.end) throw new BoltError(`page ${page.id}: free list exceeds its page`);
    const ids = new Set<number>();
    for (let index = 0; index < count; index += 1, at += 8) {
      const id = number64(view, at, this.#meta.pages - 1, `page ${page.id}: freed page`);
      if (id < 2 || ids.has(id)) throw new BoltError(`page ${id}: already freed`);
      ids.add(id);
    }
    return ids;
  }

  /** Marks a page and its overflow as used. */
  #page(id: number): { id: number; at: number; end: number; flags: number; count: number } {
    const { pages, pageSize } = this.#meta;
    if (!(id >= 2 && id < pages)) throw new BoltError(`page ${id}: out of bounds: ${pages}`);
    const at = id * pageSize;
    const own = number64(this.#view, at, Number.MAX_SAFE_INTEGER, `page ${id}: id`);
    if (own !== id) throw new BoltError(`page ${id}: self identifies as ${own}`);
    const overflow = this.#view.getUint32(at + 12, true);
    if (id + overflow >= pages)
      throw new BoltError(`page ${id}: overflow ${overflow} out of bounds: ${pages}`);
    for (let page = id; page <= id + overflow; page += 1) {
      if (this.#used[page] === 1) throw new BoltError(`page ${page}: multiple references`);
      this.#used[page] = 1;
    }
    return {
      id,
      at,
      end: at + (overflow + 1) * pageSize,
      flags: this.#view.getUint16(at + 8, true),
      count: this.#view.getUint16(at + 10, true),
    };
  }

  /** Adds everything below a page to `items`; its keys must be >= `low` and < `high`. */
  #walk(
    id: number,
    depth: number,
    nesting: number,
    low: Uint8Array | undefined,
    high: Uint8Array | undefined,
    items: BoltItem[],
  ): void {
    if (depth > MAX_DEPTH) throw new BoltError(`page ${id}: the tree is too deep`);
    const page = this.#page(id);
    if (page.flags === LEAF) {
      this.#leaf(page, nesting, low, high, items);
      return;
    }
    if (page.flags !== BRANCH) throw new BoltError(`page ${id}: invalid type: ${hex(page.flags)}`);
    if (page.count === 0) throw new BoltError(`page ${id}: branch without children`);
    if (page.at + PAGE_HEADER + page.count * ELEMENT > page.end)
      throw new BoltError(`page ${id}: elements exceed the page`);
    const children: { key: Uint8Array; child: number }[] = [];
    for (let index = 0; index < page.count; index += 1) {
      const element = page.at + PAGE_HEADER + index * ELEMENT;
      const from = element + this.#view.getUint32(element, true);
      const key = this.#slice(from, this.#view.getUint32(element + 4, true), page, index);
      const child = number64(this.#view, element + 8, this.#meta.pages, `page ${id}: child`);
      this.#order(id, index, key, children.at(-1)?.key, low, high);
      children.push({ key, child });
    }
    for (const [index, { key, child }] of children.entries()) {
      this.#walk(child, depth + 1, nesting, key, children[index + 1]?.key ?? high, items);
    }
  }

  #leaf(
    page: { id: number; at: number; end: number; count: number },
    nesting: number,
    low: Uint8Array | undefined,
    high: Uint8Array | undefined,
    items: BoltItem[],
  ): void {
    if (page.at + PAGE_HEADER + page.count * ELEMENT > page.end)
      throw new BoltError(`page ${page.id}: elements exceed the page`);
    let before: Uint8Array | undefined;
    for (let index = 0; index < page.count; index += 1) {
      const element = page.at + PAGE_HEADER + index * ELEMENT;
      const flags = this.#view.getUint32(element, true);
      const from = element + this.#view.getUint32(element + 4, true);
      const keySize = this.#view.getUint32(element + 8, true);
      const valueSize = this.#view.getUint32(element + 12, true);
      const key = this.#slice(from, keySize, page, index);
      const value = this.#slice(from + keySize, valueSize, page, index);
      this.#order(page.id, index, key, before, low, high);
      before = key;
      if ((flags & BUCKET_LEAF) === 0) items.push({ key, value });
      else items.push({ key, bucket: this.#bucket(from + keySize, valueSize, page, nesting + 1) });
    }
  }

  #bucket(at: number, size: number, page: { id: number; end: number }, nesting: number): BoltBucket {
    if (nesting > MAX_DEPTH) throw new BoltError(`page ${page.id}: buckets are nested too deeply`);
    if (size < BUCKET_HEADER) throw new BoltError(`page ${page.id}: bucket value of ${size} bytes`);
    const root = number64(this.#view, at, this.#meta.pages, `page ${page.id}: root of a bucket`);
    const sequence = number64(
      this.#view,
      at + 8,
      Number.MAX_SAFE_INTEGER,
      `page ${page.id}: sequence of a bucket`,
    );
    const items: BoltItem[] = [];
    if (root !== 0) this.#walk(root, 0, nesting, undefined, undefined, items);
    else {
      if (size < BUCKET_HEADER + PAGE_HEADER)
        throw new BoltError(`page ${page.id}: inline bucket of ${size} bytes`);
      const inline = at + BUCKET_HEADER;
      if (this.#view.getUint16(inline + 8, true) !== LEAF)
        throw new BoltError(`page ${page.id}: inline bucket is no leaf`);
      const count = this.#view.getUint16(inline + 10, true);
      this.#leaf({ id: page.id, at: inline, end: at + size, count }, nesting, undefined, undefined, items);
    }
    return bucketOf(items, sequence);
  }

  #slice(
    from: number,
    size: number,
    page: { id: number; at: number; end: number },
    index: number,
  ): Uint8Array {
    if (from < page.at + PAGE_HEADER || from + size > page.end) {
      throw new BoltError(`page ${page.id}: element ${index} exceeds the page`);
    }
    return this.#bytes.subarray(from, from + size);
  }

  #order(
    id: number,
    index: number,
    key: Uint8Array,
    before: Uint8Array | undefined,
    low: Uint8Array | undefined,
    high: Uint8Array | undefined,
  ): void {
    const wrong =
      (before !== undefined && compareBytes(before, key) >= 0) ||
      (index === 0 && low !== undefined && compareBytes(low, key) > 0) ||
      (high !== undefined && compareBytes(key, high) >= 0);
    if (wrong) throw new BoltError(`page ${id}: key ${index} is out of order`);
  }
}

function bucketOf(items: readonly BoltItem[], sequence: number): BoltBucket {
  return sequence === 0 ? { items } : { items, sequence };
}

/** The valid one of the two meta pages with the higher transaction; page 1 is looked for at every page size. */
function newestMeta(bytes: Uint8Array, view: DataView): Meta {
  if (bytes.length < PAGE_HEADER + META_SIZE) throw new BoltError('file size too small');
  const first = metaAt(bytes, view, 0);
  const found: Meta[] = typeof first === 'string' ? [] : [first];
  const sizes =
    typeof first === 'string' ? [1024, 2048, 4096, 8192, 16_384, 32_768, 65_536] : [first.pageSize];
  for (const size of sizes) {
    const second = metaAt(bytes, view, size);
    if (typeof second !== 'string' && second.pageSize === size) found.push(second);
  }
  const newest = found.sort((a, b) => b.txid - a.txid)[0];
  if (newest === undefined) throw new BoltError(first as string);
  return newest;
}

function metaAt(bytes: Uint8Array, view: DataView, offset: number): Meta | string {
  const at = offset + PAGE_HEADER;
  if (at + META_SIZE > bytes.length) return 'file size too small';
  if (view.getUint32(at, true) !== MAGIC) return 'invalid database';
  if (view.getUint32(at + 4, true) !== VERSION) return 'version mismatch';
  if (view.getBigUint64(at + 56, true) !== fnv64a(bytes.subarray(at, at + META_SIZE - 8)))
    return 'checksum error';
  const pageSize = view.getUint32(at + 8, true);
  if (pageSize < 512 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0)
    return `invalid page size ${pageSize}`;
  const [root, sequence, freelist, pages, txid] = [16, 24, 32, 40, 48].map((field) =>
    view.getBigUint64(at + field, true),
  );
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  for (const value of [root, sequence, pages, txid])
    if ((value as bigint) > limit) return 'invalid meta page';
  if (freelist !== NO_FREELIST && (freelist as bigint) > limit) return 'invalid meta page';
  if ((pages as bigint) < 2n) return 'invalid meta page';
  return {
    pageSize,
    root: Number(root),
    sequence: Number(sequence),
    freelist: freelist as bigint,
    pages: Number(pages),
    txid: Number(txid),
  };
}

/** @throws BoltError when the number is larger than `most` */
function number64(view: DataView, at: number, most: number, what: string): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(most)) throw new BoltError(`${what}: ${value} is out of bounds`);
  return Number(value);
}

function hex(flags: number): string {
  return `0x${flags.toString(16)}`;
}
