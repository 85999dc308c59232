// Models bbolt's page.go, db.go and bucket.go. Numbers are little-endian; `pos` counts from the element itself.

export const PAGE_SIZE = 4096;
export const PAGE_HEADER = 16;
export const ELEMENT = 16;
export const BUCKET_HEADER = 16;

export const BRANCH = 0x01;
export const LEAF = 0x02;
export const META = 0x04;
export const FREELIST = 0x10;
export const BUCKET_LEAF = 0x01;

export const MAGIC = 0xed0cdaed;
export const VERSION = 2;
export const META_SIZE = 64;
/** In a meta page: the free list was not written, it follows from what is in use. */
export const NO_FREELIST = 0xffff_ffff_ffff_ffffn;

export const MAX_KEY = 32_768;

/** FNV-1a, 64 bit. */
export function fnv64a(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffff_ffff_ffff_ffffn;
  return hash;
}

/** Byte order, as Go's bytes.Compare. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const difference = (a[at] as number) - (b[at] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
