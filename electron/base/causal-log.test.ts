import { describe, expect, test } from 'vitest';
import { CausalLog } from './causal-log.ts';
import type { NewRecord } from './causal-record.ts';

function message(body: unknown): NewRecord {
  return {
    kind: 'message',
    to: 'cp-1/kube-apiserver',
    protocol: 'https',
    phase: 'request',
    summary: 'POST /api/v1/namespaces/default/pods',
    connection: 1,
    call: 1,
    body,
    latency: 1,
  };
}

function bodies(log: CausalLog): unknown[] {
  return [...log.range(0)].map((record) => (record.kind === 'message' ? record.body : undefined));
}

describe('the limit of bodies', () => {
  const limit = {
    bytes: 10,
    weigh: (record: { readonly body?: unknown }) =>
      typeof record.body === 'string' ? record.body.length : 0,
  };

  test('lets go of the oldest bodies and keeps their records', () => {
    const log = new CausalLog(100, 1, limit);
    for (const body of ['aaaa', { free: true }, 'bbbb', 'cc', 'd'])
      log.append(message(body), 0, 0, 'console');
    expect(bodies(log)).toEqual([undefined, { free: true }, 'bbbb', 'cc', 'd']);
    expect(log.get(1)).toMatchObject({ id: 1, summary: 'POST /api/v1/namespaces/default/pods' });
  });

  test('a body above the whole limit is not kept, what follows is', () => {
    const log = new CausalLog(100, 1, limit);
    for (const body of ['aaaa', 'x'.repeat(11), 'bb']) log.append(message(body), 0, 0, 'console');
    expect(bodies(log)).toEqual([undefined, undefined, 'bb']);
  });

  test('what left the ring weighs nothing any more', () => {
    const log = new CausalLog(2, 1, limit);
    for (const body of ['aaaaa', 'bbbbb', 'cc', 'ddd']) log.append(message(body), 0, 0, 'console');
    expect(bodies(log)).toEqual(['cc', 'ddd']);
    log.append(message('eeeee'), 0, 0, 'console');
    expect(bodies(log)).toEqual(['ddd', 'eeeee']);
  });

  test('without a limit every body stays', () => {
    const log = new CausalLog(3);
    for (const body of ['x'.repeat(1000), 'y']) log.append(message(body), 0, 0, 'console');
    expect(bodies(log)).toEqual(['x'.repeat(1000), 'y']);
  });
});
