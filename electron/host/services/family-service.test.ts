import { expect, it } from 'vitest';
import { MemoryBackend } from '../../cluster/etcd/backend/memory.ts';
import type { RevisionRecord } from '../../cluster/etcd/backend/interface.ts';
import type { Uint64 } from '../../cluster/etcd/client/interface.ts';
import { ObjectView } from '../object-view.ts';
import { readFamily } from './family-service.ts';

function store(
  objects: readonly { kind: string; uid: string; owner?: string; mentions?: string }[],
): ObjectView {
  const view = new ObjectView();
  const backend = view.observe('cp-1', new MemoryBackend());
  objects.forEach(({ kind, uid, owner, mentions }, index) => {
    const value = JSON.stringify({
      apiVersion: 'v1',
      kind,
      metadata: {
        name: uid.slice(2),
        namespace: 'default',
        uid,
        annotations: { mentions },
        ...(owner === undefined
          ? {}
          : { ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: owner.slice(2), uid: owner }] }),
      },
    });
    const record: RevisionRecord = {
      kv: {
        key: `/registry/${kind.toLowerCase()}s/default/${uid}`,
        value,
        createRevision: index + 2,
        modRevision: index + 2,
        version: 1,
        lease: '0' as Uint64,
      },
      sub: 0,
      tombstone: false,
    };
    backend.append([record]);
  });
  return view;
}

it('finds owners above and dependents below, and an owner that is gone', () => {
  const view = store([
    { kind: 'Deployment', uid: 'u-web' },
    { kind: 'ReplicaSet', uid: 'u-web-1', owner: 'u-web' },
    { kind: 'Pod', uid: 'u-web-1-a', owner: 'u-web-1' },
    { kind: 'Pod', uid: 'u-web-1-b', owner: 'u-web-1' },
    { kind: 'Pod', uid: 'u-other', mentions: 'u-web-1' },
    { kind: 'Pod', uid: 'u-orphan', owner: 'u-gone' },
  ]);
  const lines = (uid: string): string[] =>
    readFamily(view, uid).relatives.map(
      ({ generation, kind, name, parent, exists }) =>
        `${generation} ${kind} ${name} < ${parent ?? '-'}${exists ? '' : ' gone'}`,
    );
  expect(lines('u-web-1')).toEqual([
    '-1 Deployment web < -',
    '0 ReplicaSet web-1 < u-web',
    '1 Pod web-1-a < u-web-1',
    '1 Pod web-1-b < u-web-1',
  ]);
  expect(lines('u-orphan')).toEqual(['-1 X gone < - gone', '0 Pod orphan < u-gone']);
  expect(() => readFamily(view, 'u-nobody')).toThrow('there is no object with uid u-nobody');
});
