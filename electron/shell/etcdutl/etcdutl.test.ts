import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeSnapshot } from '../../cluster/etcd/snapshot/decode-snapshot.ts';
import { encodeDatabase, encodeSnapshot } from '../../cluster/etcd/snapshot/encode-snapshot.ts';
import { sampleState } from '../../cluster/etcd/snapshot/sample-state.testing.ts';
import { BinaryFs, runInMemory } from '../etcdctl/testing/memory-io.testing.ts';
import { etcdutlProgram } from './program.ts';

function files(): BinaryFs {
  const fs = new BinaryFs();
  fs.files.set('/console/s.db', encodeSnapshot(sampleState));
  fs.files.set('/console/copied.db', encodeDatabase(sampleState));
  const damaged = encodeSnapshot(sampleState);
  damaged[damaged.length - 40] = 1;
  fs.files.set('/console/damaged.db', damaged);
  fs.files.set('/console/text', Buffer.from('hello'));
  return fs;
}

const run = (line: string, fs = files(), env = {}) =>
  runInMemory(etcdutlProgram, line.split(' '), { fs, env });

describe('snapshot status', () => {
  it('tells what a file holds, in every form', async () => {
    const { stdout } = await run('snapshot status s.db -w json');
    expect(JSON.parse(stdout)).toEqual({
      hash: expect.any(Number) as number,
      revision: 4,
      totalKey: 21,
      totalSize: 16_384,
      version: '3.6.0',
    });
    const { hash } = JSON.parse(stdout) as { hash: number };
    expect((await run('snapshot status s.db')).stdout).toBe(`${hash.toString(16)}, 4, 21, 16 kB, 3.6.0\n`);
    expect((await run('snapshot status copied.db')).stdout).toBe(
      `${hash.toString(16)}, 4, 21, 16 kB, 3.6.0\n`,
    );
    expect((await run('snapshot status s.db -w fields')).stdout).toBe(
      `"Hash" : ${hash}\n"Revision" : 4\n"Keys" : 21\n"Size" : 16384\n"Version" : "3.6.0"\n`,
    );
    expect((await run('snapshot status s.db -w table')).stdout).toMatch(
      /HASH *\| REVISION \| TOTAL KEYS \| TOTAL SIZE \| VERSION/,
    );
  });

  it('says what is wrong', async () => {
    expect(await run('snapshot status absent.db')).toMatchObject({
      code: 1,
      stderr: 'Error: stat absent.db: no such file or directory\n',
    });
    expect(await run('snapshot status text')).toMatchObject({
      code: 1,
      stderr: 'Error: file size too small\n',
    });
    expect(await run('snapshot status')).toMatchObject({
      code: 128,
      stderr: 'Error: snapshot status requires exactly one argument\n',
    });
    expect(await run('snapshot status s.db -w protobuf')).toMatchObject({
      code: 4,
      stderr: 'Error: protobuf not supported as output format\n',
    });
  });
});

describe('snapshot restore', () => {
  const state = (fs: BinaryFs, dir: string) =>
    decodeSnapshot(fs.files.get(`/console/${dir}/member/snap/db`) as Uint8Array);

  it('makes a new cluster with the same keys', async () => {
    const fs = files();
    const { code, stdout, stderr } = await run('snapshot restore s.db --data-dir d', fs);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr.split('\n').map((line) => line.split('\t')[3])).toEqual([
      'restoring snapshot',
      'added member',
      'restored snapshot',
      undefined,
    ]);
    const restored = state(fs, 'd');
    expect(restored).toEqual({
      ...sampleState,
      members: [
        {
          id: '10276657743932975437',
          name: 'default',
          peerUrls: ['http://localhost:2380'],
          clientUrls: [],
          isLearner: false,
        },
      ],
      removedMembers: [],
      consistentIndex: 1,
      term: 1,
      confState: {
        voters: ['10276657743932975437'],
        learners: [],
        votersOutgoing: [],
        learnersNext: [],
        autoLeave: false,
      },
    });
  });

  it('writes the log and Raft snapshot that upstream writes', async () => {
    const fs = files();
    await run('snapshot restore s.db --data-dir d', fs, { LEME_ETCDCTL_VERSION: '3.4' });
    const wal = Buffer.from(
      fs.files.get('/console/d/member/wal/0000000000000000-0000000000000000.wal') as Uint8Array,
    );
    // Recorded from etcdctl 3.4.23: the beginning of its log, up to the zeros it is filled up with.
    expect(wal.toString('hex')).toBe(
      '0400000000000084080410000000000020000000000000000801 10bb81c7fc051a1608cdd2918bd2b881cf8e0110b298eaf1948386fccd01'.replace(
        ' ',
        '',
      ) +
        '0e0000000000008208051094bbc7ed0e1a0408001000000074000000000000840802' +
        '10c2ee92950b1a6a08011001180122620800100018cdd2918bd2b881cf8e012251' +
        '7b226964223a31303237363635373734333933323937353433372c22706565725552' +
        '4c73223a5b22687474703a2f2f6c6f63616c686f73743a32333830225d2c226e616d' +
        '65223a2264656661756c74227d000000001900000000000087080310 9b98d6c308'.replace(' ', '') +
        '1a0f080110cdd2918bd2b881cf8e011801000000000000000e00000000000082080510b8e0e0e1061a04080110010000',
    );
    const snap = fs.files.get('/console/d/member/snap/0000000000000001-0000000000000001.snap') as Uint8Array;
    expect(createHash('sha256').update(snap).digest('hex')).toBe(
      '391e233526d2ed237b95d33b9d3c7975cf3db23b1913a478baacdeee4177b533',
    );
  });

  it('gives every member of the new cluster the same ids, others with another token', async () => {
    const fs = files();
    const cluster = '--initial-cluster a=http://10.0.0.1:2380,b=http://10.0.0.2:2380';
    await run(
      `snapshot restore s.db --data-dir a --name a --initial-advertise-peer-urls http://10.0.0.1:2380 ${cluster}`,
      fs,
    );
    await run(
      `snapshot restore s.db --data-dir b --name b --initial-advertise-peer-urls http://10.0.0.2:2380 ${cluster}`,
      fs,
    );
    await run(
      `snapshot restore s.db --data-dir c --name a --initial-advertise-peer-urls http://10.0.0.1:2380 ${cluster} --initial-cluster-token other`,
      fs,
    );
    expect(state(fs, 'a').members).toEqual(state(fs, 'b').members);
    expect(state(fs, 'a').confState?.voters).toHaveLength(2);
    expect(state(fs, 'c').members.map(({ id }) => id)).not.toEqual(
      state(fs, 'a').members.map(({ id }) => id),
    );
  });

  it('raises the revision and marks what was before as compacted', async () => {
    const fs = files();
    await run('snapshot restore s.db --data-dir d --bump-revision 1000 --mark-compacted', fs);
    expect(state(fs, 'd').scheduledCompactRevision).toBe(1004);
    expect(state(fs, 'd').records.at(-1)?.kv.modRevision).toBe(1004);
  });

  it.each([
    ['s.db', 1, 'required flag(s) "data-dir" not set'],
    ['s.db --data-dir d --name x', 1, 'couldn\'t find local name "x" in the initial cluster configuration'],
    ['s.db --data-dir d --initial-cluster default=http://127.0.0.1:1', 1, '--initial-cluster has default=http://127.0.0.1:1 but missing from --initial-advertise-peer-urls=http://localhost:2380 (resolved urls: "http://localhost:2380" != "http://127.0.0.1:1")'],
    ['s.db --data-dir d --initial-advertise-peer-urls http://127.0.0.1:1,http://localhost:2380', 1, '--initial-advertise-peer-urls has http://127.0.0.1:1 but missing from --initial-cluster=default=http://127.0.0.1:1,default=http://localhost:2380'],
    ['s.db --data-dir d --initial-cluster a=b', 1, 'URL scheme must be http, https, unix, or unixs: b'],
    ['s.db --data-dir d --initial-cluster default=http://localhost:2380,b=http://localhost:2380', 1, 'initial cluster b=http://localhost:2380,default=http://localhost:2380 has duplicate url'],
    ['s.db --data-dir d --bump-revision 5', 128, '--mark-compacted required if --revision-bump > 0'],
  ])('refuses %s', async (line, code, text) => {
    const { stderr, ...rest } = await run(`snapshot restore ${line}`);
    expect(rest.code).toBe(code);
    expect(stderr.split('\n').at(-2)).toBe(`Error: ${text}`);
  }); // prettier-ignore

  it('refuses a file without its checksum, a damaged one, and a folder that is in use', async () => {
    const fs = files();
    const last = async (line: string): Promise<string | undefined> =>
      (await run(line, fs)).stderr.split('\n').at(-2);
    expect(await last('snapshot restore copied.db --data-dir d')).toBe(
      'Error: snapshot missing hash but --skip-hash-check=false',
    );
    expect(await last('snapshot restore damaged.db --data-dir d')).toMatch(
      /^Error: expected sha256 \[\d+( \d+){31}\], got \[\d+( \d+){31}\]$/,
    );
    expect(await last('snapshot restore copied.db --data-dir d --skip-hash-check')).toMatch(
      /restored snapshot/,
    );
    expect(await last('snapshot restore s.db --data-dir d')).toBe(
      'Error: data-dir "d" not empty or could not be read',
    );
  });
});

it('hashes the history, up to a revision that exists', async () => {
  const { stdout } = await run('hashkv s.db -w json');
  expect(JSON.parse(stdout)).toEqual({
    hash: expect.any(Number) as number,
    hashRevision: 4,
    compactRevision: 2,
  });
  expect((await run('hashkv s.db --rev 5')).stderr).toBe(
    'Error: mvcc: required revision is a future revision\n',
  );
  expect((await run('hashkv s.db --rev 1')).stderr).toBe(
    'Error: mvcc: required revision has been compacted\n',
  );
  const other = await run('hashkv s.db --rev 3 -w json');
  expect((JSON.parse(other.stdout) as { hash: number }).hash).not.toBe(
    (JSON.parse(stdout) as { hash: number }).hash,
  );
});
