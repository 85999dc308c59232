import { describe, expect, it } from 'vitest';
import type { GatewayHandlers } from '../../cluster/gateway/interface.ts';
import type { HttpRequest } from '../../cluster/network/http.ts';
import type { TableItem } from '../../shared/contract/api.ts';
import { ApiService } from './api-service.ts';

function setUp() {
  const sent: { request: HttpRequest; handlers: GatewayHandlers; cancelled: boolean }[] = [];
  const service = new ApiService((request, handlers) => {
    const one = { request, handlers, cancelled: false };
    sent.push(one);
    return { cancel: () => void (one.cancelled = true) };
  });
  const items: TableItem[] = [];
  const ends: (() => void)[] = [];
  const watch = (): void =>
    service.table('/api/v1/pods', {
      next: (item) => void items.push(item),
      end: () => undefined,
      fail: () => undefined,
      onEnd: (release) => void ends.push(release),
    });
  const last = () => sent.at(-1) as (typeof sent)[number];
  return { sent, service, items, ends, watch, last };
}

const row = (name: string, cell: string) => ({
  cells: [name, cell, 3],
  object: {
    metadata: {
      uid: `u-${name}`,
      namespace: 'default',
      name,
      resourceVersion: '5',
      creationTimestamp: '2026-03-02T09:00:00Z',
    },
  },
});
const table = (...rows: unknown[]) => ({
  type: 'object' as const,
  value: {
    kind: 'Table',
    metadata: { resourceVersion: '5' },
    columnDefinitions: [{ name: 'Name', type: 'string', description: 'd', priority: 0 }],
    rows,
  },
});
const event = (type: string, ...rows: unknown[]) => ({
  type: 'object' as const,
  value: { type, object: { kind: 'Table', rows } },
});

describe('ApiService', () => {
  it('sends what it is asked to and gives any answer as it is', async () => {
    const { service, last } = setUp();
    const answer = service.call({ method: 'PUT', target: '/x', body: '{}' });
    expect(last().request).toEqual({
      method: 'PUT',
      target: '/x',
      headers: {
        accept: 'application/json',
        'user-agent': 'leme-explorer',
        'content-type': 'application/json',
      },
      body: { type: 'bytes', bytes: new TextEncoder().encode('{}') },
    });
    last().handlers.onResponse({
      status: 409,
      headers: {},
      body: { type: 'object', value: { kind: 'Status' } },
      warnings: ['w'],
    });
    expect(await answer).toEqual({ status: 409, body: '{"kind":"Status"}\n', warnings: ['w'] });
    const lost = service.call({ method: 'GET', target: '/x' });
    last().handlers.onEnd(new Error('dial tcp 10.0.0.2:6443: connect: connection refused'));
    await expect(lost).rejects.toMatchObject({
      code: 'Unreachable',
      message: 'dial tcp 10.0.0.2:6443: connect: connection refused',
    });
  });

  it('lists, watches from there, tells changes once per flush, and lists again when the watch ends', () => {
    const { sent, service, items, ends, watch, last } = setUp();
    watch();
    expect(last().request.target).toBe('/api/v1/pods?includeObject=Metadata');
    last().handlers.onResponse({ status: 200, headers: {}, body: table(row('a', 'Running')) });
    expect(items).toEqual([
      {
        reset: true,
        columns: [{ name: 'Name', type: 'string', description: 'd', priority: 0 }],
        rows: [
          {
            uid: 'u-a',
            namespace: 'default',
            name: 'a',
            created: '2026-03-02T09:00:00Z',
            deleting: false,
            resourceVersion: '5',
            cells: ['a', 'Running', '3'],
          },
        ],
        removed: [],
        failure: null,
      },
    ]);
    expect(last().request.target).toBe(
      '/api/v1/pods?watch=true&allowWatchBookmarks=true&includeObject=Metadata&resourceVersion=5',
    );
    const { handlers } = last();
    handlers.onResponse({ status: 200, headers: {}, stream: true });
    handlers.onItem(event('ADDED', row('b', 'Pending')));
    handlers.onItem(event('MODIFIED', row('b', 'Running')));
    handlers.onItem(event('DELETED', row('a', 'Running')));
    expect(items).toHaveLength(1);
    service.flush();
    expect(items[1]?.rows.map(({ cells }) => cells[1])).toEqual(['Running']);
    expect(items[1]?.removed).toEqual(['u-a']);
    handlers.onEnd();
    service.flush();
    expect(sent).toHaveLength(3);
    ends[0]?.();
    expect(last().cancelled).toBe(true);
  });

  it('says once why there is no list, tries again about a second later, and recovers', () => {
    const { sent, service, items, watch, last } = setUp();
    watch();
    last().handlers.onEnd(new Error('connection refused'));
    for (let count = 0; count < 20; count += 1) service.flush();
    expect(sent).toHaveLength(1);
    service.flush();
    expect(sent).toHaveLength(2);
    last().handlers.onResponse({
      status: 403,
      headers: {},
      body: { type: 'object', value: { kind: 'Status', message: 'pods is forbidden' } },
    });
    expect(items.map(({ failure }) => failure)).toEqual(['connection refused']);
    for (let count = 0; count < 21; count += 1) service.flush();
    last().handlers.onResponse({ status: 200, headers: {}, body: table() });
    expect(items.at(-1)).toMatchObject({ reset: true, failure: null });
  });
});
