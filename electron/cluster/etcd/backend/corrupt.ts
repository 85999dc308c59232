import type { ByteString } from '../../../base/byte-string.ts';
import type { Backend, RevisionRecord } from './interface.ts';

/**
 * Changes one byte of the newest value of `key` (without `key`: of the newest record that has a value) on this disk
 * alone, as a bad disk would; a digit stays a digit and a letter a letter, so that it is not noticed by whoever reads.
 * Returns the key; undefined when there is nothing to change. What is in memory must be read anew.
 */
export function corruptBackend(backend: Backend, key: ByteString | undefined): ByteString | undefined {
  const image = backend.image();
  const at = image.records.findLastIndex(
    (record) => !record.tombstone && (key === undefined || record.kv.key === key) && spot(record) >= 0,
  );
  const record = image.records[at];
  if (record === undefined) return undefined;
  const value = flip(record.kv.value, spot(record));
  const records = [...image.records];
  records[at] = { ...record, kv: { ...record.kv, value } };
  backend.restore({ ...image, records });
  return record.kv.key;
}

/** The letter or digit nearest to the middle; -1 without one. */
function spot({ kv }: RevisionRecord): number {
  const middle = kv.value.length >> 1;
  for (let off = 0; off <= middle; off += 1) {
    for (const at of [middle - off, middle + off]) if (/[0-9a-zA-Z]/.test(kv.value.charAt(at))) return at;
  }
  return -1;
}

function flip(value: ByteString, at: number): ByteString {
  const char = value.charAt(at);
  const other = /\d/.test(char) ? String(9 - Number(char)) : String.fromCharCode(char.charCodeAt(0) ^ 0x20);
  return value.slice(0, at) + other + value.slice(at + 1);
}
