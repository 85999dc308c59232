import type { MessageRecord } from '../../base/causal-record.ts';
import type { HttpFrame } from './http.ts';

/**
 * Bytes that a message from outside holds as it was sent: what a log of messages keeps alive beside the objects, which it
 * shares with their stores. 0 for every other message.
 */
export function rawBytes(record: MessageRecord): number {
  if (record.phase !== 'request' || record.protocol !== 'https') return 0;
  // A connection that was refused carries nothing.
  const frame = record.body as HttpFrame | undefined;
  if (frame?.type !== 'request') return 0;
  const { body } = frame.request;
  return body?.type === 'bytes' ? body.bytes.byteLength : 0;
}
