import type { MessageRecord } from '../../base/causal-record.ts';
import type { HttpFrame } from './http.ts';

/**
 * Bytes that a message from outside holds as it was sent: what a log of messages keeps alive beside the objects, which it
 * shares with their stores. 0 for every other message.
 */
export function rawBytes(record: MessageRecord): number {
  if (record.phase !== 'request' || record.protocol !== 'https') return 0;
  const { request } = record.body as Extract<HttpFrame, { type: 'request' }>;
  return request?.body?.type === 'bytes' ? request.body.bytes.byteLength : 0;
}
