import type { BoltBucket } from './interface.ts';
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
  MAX_KEY,
  META,
  META_SIZE,
  PAGE_HEADER,
  PAGE_SIZE,
  VERSION,
} from './layout.ts';

/** A bucket that is no larger lives in its parent's leaf (bbolt: maxInlineBucketSize). */
const MAX_INLINE = PAGE_SIZE / 4;
const FIRST_DATA_PAGE = 3;

interface Cell {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly bucket: boolean;
}

interface Child {
  readonly key: Uint8Array;
  readonly page: number;
}

/**
 * The bytes of a bbolt file with that root bucket: two meta pages, an empty free list, then every tree from its
 * leaves up, pages filled. @throws BoltError for keys out of order, empty or too long
 */
export function writeBolt(root: BoltBucket, options: { readonly txid?: number } = {}): Uint8Array {
  const pages = new PageWriter();
  const rootPage = writeTree(pages, cellsOf(pages, root));
  const free = pageOf(2, FREELIST, 0, PAGE_SIZE);
  const txid = options.txid ?? 1;
  const bytes = new Uint8Array(pages.next * PAGE_SIZE);
  for (const id of [0, 1]) {
    bytes.set(
      metaPage(id, { root: rootPage, sequence: root.sequence ?? 0, next: pages.next, txid: txid + id }),
      id * PAGE_SIZE,
    );
  }
  bytes.set(free, 2 * PAGE_SIZE);
  let at = FIRST_DATA_PAGE * PAGE_SIZE;
  for (const page of pages.written) {
    bytes.set(page, at);
    at += page.length;
  }
  return bytes;
}

class PageWriter {
  readonly written: Uint8Array[] = [];
  next = FIRST_DATA_PAGE;

  /** A page (with its overflow pages) for `size` bytes; answers its id and bytes to fill. */
  allocate(flags: number, count: number, size: number): { id: number; bytes: Uint8Array } {
    const length = Math.ceil(size / PAGE_SIZE);
    const id = this.next;
    const bytes = pageOf(id, flags, count, length * PAGE_SIZE);
    this.next += length;
    this.written.push(bytes);
    return { id, bytes };
  }
}

function pageOf(id: number, flags: number, count: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(id), true);
  view.setUint16(8, flags, true);
  view.setUint16(10, count, true);
  view.setUint32(12, Math.max(0, Math.ceil(size / PAGE_SIZE) - 1), true);
  return bytes;
}

function metaPage(
  id: number,
  meta: { readonly root: number; readonly sequence: number; readonly next: number; readonly txid: number },
): Uint8Array {
  const bytes = pageOf(id, META, 0, PAGE_SIZE);
  const view = new DataView(bytes.buffer, PAGE_HEADER);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, PAGE_SIZE, true);
  view.setBigUint64(16, BigInt(meta.root), true);
  view.setBigUint64(24, BigInt(meta.sequence), true);
  view.setBigUint64(32, 2n, true);
  view.setBigUint64(40, BigInt(meta.next), true);
  view.setBigUint64(48, BigInt(meta.txid), true);
  view.setBigUint64(56, fnv64a(bytes.subarray(PAGE_HEADER, PAGE_HEADER + META_SIZE - 8)), true);
  return bytes;
}

/** What a leaf holds for each item; nested buckets are written on the way, or become inline values. */
function cellsOf(pages: PageWriter, bucket: BoltBucket): readonly Cell[] {
  const cells: Cell[] = [];
  let before: Uint8Array | undefined;
  for (const item of bucket.items) {
    const { key } = item;
    if (key.length === 0) throw new BoltError('key required');
    if (key.length > MAX_KEY) throw new BoltError('key too large');
    if (before !== undefined && compareBytes(before, key) >= 0)
      throw new BoltError('keys are not in ascending order');
    before = key;
    cells.push(
      'bucket' in item
        ? { key, value: bucketValue(pages, item.bucket), bucket: true }
        : { key, value: item.value, bucket: false },
    );
  }
  return cells;
}

function bucketValue(pages: PageWriter, bucket: BoltBucket): Uint8Array {
  const inline = inlineValue(bucket);
  if (inline !== undefined) return inline;
  const value = new Uint8Array(BUCKET_HEADER);
  const view = new DataView(value.buffer);
  view.setBigUint64(0, BigInt(writeTree(pages, cellsOf(pages, bucket))), true);
  view.setBigUint64(8, BigInt(bucket.sequence ?? 0), true);
  return value;
}

function inlineValue(bucket: BoltBucket): Uint8Array | undefined {
  let size = PAGE_HEADER;
  for (const item of bucket.items) {
    if ('bucket' in item) return undefined;
    size += ELEMENT + item.key.length + item.value.length;
    if (size > MAX_INLINE) return undefined;
  }
  const cells = cellsOf(new PageWriter(), bucket);
  const value = new Uint8Array(BUCKET_HEADER + size);
  const view = new DataView(value.buffer);
  view.setBigUint64(8, BigInt(bucket.sequence ?? 0), true);
  const page = value.subarray(BUCKET_HEADER);
  page.set(pageOf(0, LEAF, cells.length, PAGE_HEADER));
  fillLeaf(page, cells);
  return value;
}

/** Writes one tree and answers the page of its root. */
function writeTree(pages: PageWriter, cells: readonly Cell[]): number {
  let level: readonly Child[] = groups(cells, (cell) => ELEMENT + cell.key.length + cell.value.length, 1).map(
    (group) => {
      const page = pages.allocate(LEAF, group.length, leafSize(group));
      fillLeaf(page.bytes, group);
      return { key: group[0]?.key ?? new Uint8Array(), page: page.id };
    },
  );
  while (level.length > 1) {
    level = groups(level, (child) => ELEMENT + child.key.length, 2).map((group) => {
      const size = group.reduce((sum, child) => sum + ELEMENT + child.key.length, PAGE_HEADER);
      const page = pages.allocate(BRANCH, group.length, size);
      fillBranch(page.bytes, group);
      return { key: (group[0] as Child).key, page: page.id };
    });
  }
  return (level[0] as Child).page;
}

function leafSize(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + ELEMENT + cell.key.length + cell.value.length, PAGE_HEADER);
}

/** Cuts a level into pages; no page gets fewer than `least`, so that a branch never has a single child. At least one group. */
function groups<T>(all: readonly T[], sizeOf: (one: T) => number, least: number): T[][] {
  const cut: T[][] = [[]];
  let size = PAGE_HEADER;
  for (const one of all) {
    let group = cut[cut.length - 1] as T[];
    if (group.length >= least && size + sizeOf(one) > PAGE_SIZE) {
      group = [];
      cut.push(group);
      size = PAGE_HEADER;
    }
    group.push(one);
    size += sizeOf(one);
  }
  const last = cut[cut.length - 1] as T[];
  if (cut.length > 1 && last.length < least) {
    cut.pop();
    (cut[cut.length - 1] as T[]).push(...last);
  }
  return cut;
}

function fillLeaf(page: Uint8Array, cells: readonly Cell[]): void {
  const view = new DataView(page.buffer, page.byteOffset, page.length);
  let element = PAGE_HEADER;
  let data = PAGE_HEADER + cells.length * ELEMENT;
  for (const { key, value, bucket } of cells) {
    view.setUint32(element, bucket ? BUCKET_LEAF : 0, true);
    view.setUint32(element + 4, data - element, true);
    view.setUint32(element + 8, key.length, true);
    view.setUint32(element + 12, value.length, true);
    page.set(key, data);
    page.set(value, data + key.length);
    data += key.length + value.length;
    element += ELEMENT;
  }
}

function fillBranch(page: Uint8Array, children: readonly Child[]): void {
  const view = new DataView(page.buffer, page.byteOffset, page.length);
  let element = PAGE_HEADER;
  let data = PAGE_HEADER + children.length * ELEMENT;
  for (const child of children) {
    view.setUint32(element, data - element, true);
    view.setUint32(element + 4, child.key.length, true);
    view.setBigUint64(element + 8, BigInt(child.page), true);
    page.set(child.key, data);
    data += child.key.length;
    element += ELEMENT;
  }
}
