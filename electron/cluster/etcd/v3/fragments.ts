import type { EtcdEvent, KeyValue, WatchResponse } from '../client/interface.ts';

/**
 * A response in parts of less than `maxBytes`, all but the last marked; each has at least one event. Models
 * sendFragments. Sizes are those of the encoded messages, headers taken at their largest.
 */
export function fragments(response: WatchResponse, maxBytes: number): readonly WatchResponse[] {
  const { events } = response;
  const sizes = events.map(eventSize);
  const total = sizes.reduce((sum, size) => sum + size, HEAD);
  if (total < maxBytes || events.length < 2) return [response];
  const parts: WatchResponse[] = [];
  let from = 0;
  let size = HEAD;
  for (let index = 0; index < events.length; index += 1) {
    const next = sizes[index] as number;
    if (index > from && size + next >= maxBytes) {
      parts.push({ ...response, fragment: true, events: events.slice(from, index) });
      from = index;
      size = HEAD;
    }
    size += next;
  }
  parts.push({ ...response, events: events.slice(from) });
  return parts;
}

/** Header with ids of 64 bits, watch id, flags. */
const HEAD = 64;

function eventSize({ type, kv, prevKv }: EtcdEvent): number {
  const size = (type === 'DELETE' ? 2 : 0) + messageSize(kvSize(kv));
  return messageSize(prevKv === undefined ? size : size + messageSize(kvSize(prevKv)));
}

function kvSize(kv: KeyValue): number {
  return (
    bytesSize(kv.key.length) +
    numberSize(kv.createRevision) +
    numberSize(kv.modRevision) +
    numberSize(kv.version) +
    bytesSize(kv.value.length) +
    (kv.lease === '0' ? 0 : 11)
  );
}

function messageSize(size: number): number {
  return 1 + varintSize(size) + size;
}

function bytesSize(length: number): number {
  return length === 0 ? 0 : messageSize(length);
}

function numberSize(value: number): number {
  return value === 0 ? 0 : 1 + varintSize(value);
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1;
  return size;
}
