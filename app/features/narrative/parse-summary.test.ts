import { describe, expect, it } from 'vitest';
import { parseRaft, parseRole } from './parse-raft.ts';
import { parseItem, parseRequest } from './parse-summary.ts';

describe('parseRequest', () => {
  it.each([
    ['GET /api/v1/pods?limit=500', 'list', 'pods'],
    ['GET /api/v1/namespaces/default/pods/web-1', 'get', 'pods default/web-1'],
    ['GET /api/v1/pods?allowWatchBookmarks=true&watch=true', 'watch', 'pods'],
    ['GET /apis/apps/v1/namespaces/default/deployments?watch=1', 'watch', 'deployments (default)'],
    ['POST /api/v1/namespaces/default/pods', 'create', 'pods (default)'],
    ['POST /api/v1/namespaces/default/pods/web-1/binding', 'create', 'pods/binding default/web-1'],
    [
      'PUT /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/worker-1',
      'update',
      'leases kube-node-lease/worker-1',
    ],
    ['PATCH /api/v1/nodes/worker-1/status', 'patch', 'nodes/status worker-1'],
    ['DELETE /api/v1/namespaces/web', 'delete', 'namespaces web'],
    ['GET /api/v1/namespaces', 'list', 'namespaces'],
  ])('%s', (summary, verb, what) => {
    expect(parseRequest(summary)).toEqual({ verb, what });
  });

  it.each(['GET /healthz', 'Txn /registry/pods/default/web-1', 'RunPodSandbox default/web-1', ''])(
    'leaves %j as it is',
    (summary) => {
      expect(parseRequest(summary)).toEqual({ verb: 'other', what: summary });
    },
  );
});

describe('parseItem', () => {
  it('takes the type of the watch event off', () => {
    expect(parseItem('ADDED pods default/web-1')).toEqual({ type: 'ADDED', what: 'pods default/web-1' });
    expect(parseItem('BOOKMARK pods')).toEqual({ type: 'other', what: 'BOOKMARK pods' });
  });
});

describe('messages between members of etcd', () => {
  it('are told apart, with their term where they say it', () => {
    const of = (summary: string): unknown => {
      const parsed = parseRaft(summary);
      return parsed && [parsed.kind, parsed.term, parsed.what];
    };
    expect(of('MsgVote term 4, last index 17')).toEqual(['votes', 4, 'last index 17']);
    expect(of('MsgVoteResp term 4: yes')).toEqual(['granted', 4, 'yes']);
    expect(of('MsgPreVoteResp term 4: no')).toEqual(['preRejected', 4, 'no']);
    expect(of('MsgApp 2 entries after 17')).toEqual(['appends', 0, '2 entries after 17']);
    expect(of('MsgApp no entries, commit 9')).toEqual(['probes', 0, 'no entries, commit 9']);
    expect(of('MsgAppResp rejected at 9, try 7')).toEqual(['refused', 0, 'rejected at 9, try 7']);
    expect(of('MsgHeartbeat')).toEqual(['beats', 0, 'MsgHeartbeat']);
    expect(of('MsgReadIndex')).toEqual(['other', 0, 'MsgReadIndex']);
    expect(of('Txn put /registry/pods/x')).toBeUndefined();
  });

  it('and their changes of role', () => {
    expect(parseRole('raft cp-1/etcd: PreCandidate → Candidate')).toBe('candidate');
    expect(parseRole('raft cp-1/etcd: Leader')).toBe('leader');
    expect(parseRole('process cp-1/etcd: running → ended')).toBeUndefined();
  });
});
