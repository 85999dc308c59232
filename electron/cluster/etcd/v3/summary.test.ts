import { describe, expect, it } from 'vitest';
import type { WatchResponse } from '../client/interface.ts';
import { summarizeCall, summarizeWatch, summarizeWatchResponse } from './summary.ts';

const put = { requestPut: { key: '/registry/pods/default/web-1', value: '' } };
const header = { clusterId: '1', memberId: '1', revision: 7, raftTerm: 2 };
const response = (more: Partial<WatchResponse>): WatchResponse => ({
  header,
  watchId: 1,
  created: false,
  canceled: false,
  events: [],
  ...more,
});

describe('summaries', () => {
  it('say what a call is about', () => {
    expect(summarizeCall('Range', { key: '/registry/pods/', rangeEnd: '/registry/pods0' })).toBe(
      'Range /registry/pods/…',
    );
    expect(summarizeCall('Range', { key: '/a/b\0', rangeEnd: '/a0' })).toBe('Range [/a/b\0, /a0)');
    expect(summarizeCall('Range', { key: '\0', rangeEnd: '\0' })).toBe('Range all keys');
    expect(summarizeCall('Put', { key: 'a\xc3\xa7', value: '' })).toBe('Put aç');
    expect(summarizeCall('Txn', { compare: [], success: [put, put], failure: [] })).toBe(
      'Txn put /registry/pods/default/web-1 and 1 more',
    );
    expect(summarizeCall('Txn', { compare: [], success: [], failure: [] })).toBe('Txn (nothing)');
    expect(summarizeCall('Compact', { revision: 5 })).toBe('Compact to revision 5');
    expect(summarizeCall('LeaseGrant', { ttl: 5 })).toBe('LeaseGrant');
  });

  it('say what a watch is about and what it got', () => {
    expect(summarizeWatch({ key: '/registry/pods/', rangeEnd: '/registry/pods0', startRevision: 8 })).toBe(
      'Watch /registry/pods/… from revision 8',
    );
    const kv = { key: 'k', value: '', createRevision: 0, modRevision: 7, version: 0, lease: '0' };
    expect(summarizeWatchResponse(response({ created: true }))).toBe('watch created');
    expect(
      summarizeWatchResponse(
        response({
          events: [
            { type: 'DELETE', kv },
            { type: 'PUT', kv },
          ],
        }),
      ),
    ).toBe('DELETE k and 1 more');
    expect(summarizeWatchResponse(response({}))).toBe('progress: revision 7');
    expect(summarizeWatchResponse(response({ canceled: true, compactRevision: 5 }))).toBe(
      'watch canceled: compacted at 5',
    );
  });
});
