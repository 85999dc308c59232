import type { ConfChangeV2, Entry, EntryData } from './interface.ts';

/** About what term, index and type take on the wire. */
const ENTRY_OVERHEAD = 12;

/** Bytes of the payload. Empty ones, and the change that leaves a joint configuration, are free: they are never refused. */
export function payloadSize(entry: Entry, sizeOf: (data: EntryData) => number): number {
  if (entry.size !== undefined) return entry.size;
  if (entry.data === undefined) return 0;
  if (entry.type === 'ConfChange') {
    const { changes, context } = entry.data as ConfChangeV2;
    if (changes.length === 0 && context === undefined) return 0;
  }
  return sizeOf(entry.data);
}

/** Sum over all entries. */
export function payloadsSize(entries: readonly Entry[], sizeOf: (data: EntryData) => number): number {
  let bytes = 0;
  for (const entry of entries) bytes += payloadSize(entry, sizeOf);
  return bytes;
}

/** Sum over all entries, with what an entry costs by itself. */
export function entriesSize(entries: readonly Entry[], sizeOf: (data: EntryData) => number): number {
  return payloadsSize(entries, sizeOf) + entries.length * ENTRY_OVERHEAD;
}

/** The longest beginning within `maxSize` bytes, but at least one entry. The same array when all fit. */
export function limitSize(
  entries: readonly Entry[],
  maxSize: number,
  sizeOf: (data: EntryData) => number,
): readonly Entry[] {
  if (entries.length <= 1 || maxSize === Infinity) return entries;
  let bytes = 0;
  for (let count = 0; count < entries.length; count += 1) {
    bytes += payloadSize(entries[count] as Entry, sizeOf) + ENTRY_OVERHEAD;
    if (bytes > maxSize && count > 0) return entries.slice(0, count);
  }
  return entries;
}
