import { expect, test } from 'vitest';
import type { MessageRecord } from '../../base/causal-record.ts';
import { rawBytes } from './frame-bytes.ts';

const record = (body: unknown, phase: MessageRecord['phase'] = 'request'): MessageRecord => ({
  id: 1,
  time: 0,
  cause: 0,
  actor: 'outside/gateway',
  kind: 'message',
  to: 'cp-1/kube-apiserver',
  protocol: 'https',
  phase,
  summary: 'POST /api/v1/namespaces/default/pods',
  connection: 1,
  call: 1,
  latency: 1,
  body,
});
const request = (body: unknown) => ({
  type: 'request',
  call: 1,
  request: { method: 'POST', target: '/', headers: {}, body },
});

test('only the bytes that somebody outside sent weigh', () => {
  expect(rawBytes(record(request({ type: 'bytes', bytes: new Uint8Array(7) })))).toBe(7);
  expect(rawBytes(record(request({ type: 'object', value: { a: 1 } })))).toBe(0);
  expect(rawBytes(record(request(undefined)))).toBe(0);
  expect(
    rawBytes(record({ type: 'item', call: 1, body: { type: 'bytes', bytes: new Uint8Array(7) } }, 'item')),
  ).toBe(0);
  // A dial that was refused.
  expect(rawBytes(record(undefined))).toBe(0);
});
