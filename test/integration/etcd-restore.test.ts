import { describe, expect, it } from 'vitest';
import { byteStringToBytes, bytesToByteString } from '../../electron/base/byte-string.ts';
import type { WatchResponse } from '../../electron/cluster/etcd/client/interface.ts';
import { TestMembers } from '../../electron/cluster/etcd/server/members.testing.ts';
import { BinaryFs, runInMemory } from '../../electron/shell/etcdctl/testing/memory-io.testing.ts';
import { etcdutlProgram } from '../../electron/shell/etcdutl/program.ts';

const BUMP = 1_000_000;

/** Restores a member's snapshot with our etcdutl into the data directory `/restored` of its machine. */
async function restore(etcd: TestMembers, snapshot: string, ...flags: readonly string[]): Promise<void> {
  const fs = new BinaryFs();
  fs.files.set('/console/s.db', byteStringToBytes(snapshot));
  const peer = etcd.peer('m1');
  const line = `snapshot restore s.db --data-dir d --name m1 --initial-cluster m1=${peer} --initial-advertise-peer-urls ${peer}`;
  const { code, stderr } = await runInMemory(etcdutlProgram, [...line.split(' '), ...flags], { fs });
  expect([code, stderr.includes('restored snapshot')]).toEqual([0, true]);
  const database = fs.files.get('/console/d/member/snap/db');
  if (database === undefined) throw new Error('nothing was restored');
  etcd.machine('m1').files.write('/restored/member/snap/db', bytesToByteString(database));
}

/** A member with `a` = 1, 2, 3 at revisions 2 to 4, and `b` deleted at 6; returns its snapshot after it has been killed. */
async function fill(etcd: TestMembers): Promise<string> {
  await etcd.startAll();
  for (const value of ['1', '2', '3']) await etcd.put('m1', 'a', value);
  await etcd.put('m1', 'b', 'x');
  await etcd.call('m1', 'DeleteRange', { key: 'b' });
  const snapshot = etcd.source('m1')?.takeSnapshot() ?? '';
  etcd.kill('m1');
  return snapshot;
}

describe('a snapshot restored by etcdutl into a member', () => {
  it('goes on at the revision where it was taken, with its history', async () => {
    const etcd = new TestMembers({ machines: 1 });
    await restore(etcd, await fill(etcd));
    etcd.start('m1', '--data-dir=/restored');
    await etcd.untilLeader();
    expect((await etcd.call('m1', 'Range', { key: 'a', revision: 2 })).kvs[0]?.value).toBe('1');
    expect(await etcd.put('m1', 'a', '4')).toBe(7);
  });

  it('with --bump-revision and --mark-compacted goes on far ahead, and what came before cannot be asked for', async () => {
    const etcd = new TestMembers({ machines: 1 });
    await restore(etcd, await fill(etcd), `--bump-revision=${BUMP}`, '--mark-compacted');
    etcd.start('m1', '--data-dir=/restored');
    await etcd.untilLeader();
    const newest = 6 + BUMP;
    const { kvs, header, count } = await etcd.call('m1', 'Range', { key: '\0', rangeEnd: '\0' });
    expect([header.revision, count]).toEqual([newest, 1]);
    // Keys keep their own revisions; only the store's has jumped.
    expect(kvs).toMatchObject([{ key: 'a', value: '3', createRevision: 2, modRevision: 4, version: 3 }]);
    const compacted = 'OutOfRange: etcdserver: mvcc: required revision has been compacted';
    for (const revision of [4, 6, newest - 1]) {
      expect(await etcd.refusal('m1', 'Range', { key: 'a', revision })).toBe(compacted);
    }
    expect(await etcd.refusal('m1', 'Range', { key: 'a', revision: newest + 1 })).toBe(
      'OutOfRange: etcdserver: mvcc: required revision is a future revision',
    );
    expect(await etcd.put('m1', 'a', '4')).toBe(newest + 1);
    const hash = (await etcd.call('m1', 'HashKV', { revision: 0 })).compactRevision;
    expect(hash).toBe(newest);
  });

  it('ends the watches of those who knew the old revisions, so that they list anew', async () => {
    const etcd = new TestMembers({ machines: 1 });
    await restore(etcd, await fill(etcd), `--bump-revision=${BUMP}`, '--mark-compacted');
    etcd.start('m1', '--data-dir=/restored');
    await etcd.untilLeader();
    const heard: WatchResponse[] = [];
    await etcd.withClient('m1', async (client) => {
      await new Promise<void>((resolve) => {
        const stream = client.openWatchStream({
          onResponse: (response) => {
            heard.push(response);
            if (response.canceled === true) resolve();
          },
          onEnd: () => resolve(),
        });
        stream.send({ createRequest: { key: 'a', startRevision: 5 } });
      });
    });
    expect(heard.at(-1)).toMatchObject({ canceled: true, compactRevision: 6 + BUMP });
  });

  it('goes on from there after another start', async () => {
    const etcd = new TestMembers({ machines: 1 });
    await restore(etcd, await fill(etcd), `--bump-revision=${BUMP}`, '--mark-compacted');
    for (let start = 0; start < 2; start += 1) {
      etcd.start('m1', '--data-dir=/restored');
      await etcd.untilLeader();
      expect(await etcd.put('m1', 'c', String(start))).toBe(6 + BUMP + 1 + start);
      etcd.kill('m1');
    }
  });
});
