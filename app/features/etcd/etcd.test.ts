// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it } from 'vitest';
import { useEtcdKeys } from '../../stores/etcd-keys.ts';
import { useEtcd } from '../../stores/etcd.ts';
import { fakeMembers } from '../../testing/fake-etcd.ts';
import { bytesOf, hexDump, keyText, readValue, textOf } from './keys/bytes.ts';
import { allFolders, buildTree, foldersOf } from './keys/build-tree.ts';
import type { TreeNode } from './keys/build-tree.ts';
import { diffLines } from './keys/diff-lines.ts';
import { searchKeys } from './keys/search-keys.ts';

beforeEach(() => setActivePinia(createPinia()));

describe('bytes', () => {
  it('are text where they are UTF-8, and are told apart from what is none', () => {
    expect(textOf(bytesOf('/registry/configmaps/default/ação'))).toBe('/registry/configmaps/default/ação');
    expect(textOf('\xff\xfe')).toBeUndefined();
    expect(keyText('a\x00b\xff')).toBe('a\\x00b\\xff');
    // Cut in the middle of a letter is still a text; a whole one with half a letter is not.
    expect(textOf(bytesOf('ç').slice(0, 1), true)).toBe('');
    expect(textOf(bytesOf('ç').slice(0, 1))).toBeUndefined();
  });

  it('become values for people: JSON in lines, text as it is, the rest in hexadecimal', () => {
    expect(readValue('{"a":[1]}', false)).toEqual({ form: 'json', text: '{\n  "a": [\n    1\n  ]\n}' });
    expect(readValue('{"a":', false)).toEqual({ form: 'text', text: '{"a":' });
    expect(readValue('{"a":1}', true).form).toBe('text');
    expect(readValue('', false).form).toBe('empty');
    expect(readValue('k8s\x00\n\x0c', false)).toEqual({ form: 'binary', text: hexDump('k8s\x00\n\x0c') });
    expect(hexDump('k8s\x00')).toBe(`00000000  6b 38 73 00${' '.repeat(12)}  ${' '.repeat(23)}  |k8s.|`);
  });
});

describe('the tree of keys', () => {
  const draw = (nodes: readonly TreeNode[], indent = ''): string[] =>
    nodes.flatMap((node) => [
      `${indent}${node.label}${node.children === undefined ? '' : ` (${node.count})`}`,
      ...draw(node.children ?? [], `${indent}  `),
    ]);

  it('goes by the parts of the path, counts, and keeps plain keys at the top', () => {
    const tree = buildTree([
      '/registry/pods/b/x',
      'foo',
      '/registry/pods/a/y',
      '/registry/minions/cp-1',
      'a/b',
      'a',
    ]);
    expect(draw(tree)).toEqual([
      '/registry/ (3)',
      '  minions/ (1)',
      '    cp-1',
      '  pods/ (2)',
      '    a/ (1)',
      '      y',
      '    b/ (1)',
      '      x',
      'a',
      'a/ (1)',
      '  b',
      'foo',
    ]);
    expect(foldersOf('/registry/pods/b/x')).toEqual([
      'd:/registry/pods/b/',
      'd:/registry/pods/',
      'd:/registry/',
    ]);
    expect(allFolders(tree)).toHaveLength(6);
  });

  it('takes odd keys: a slash alone, an empty part, a slash at the end', () => {
    expect(draw(buildTree(['/', 'a//b', 'x/']))).toEqual(['/', 'a/ (1)', '  / (1)', '    b', 'x/']);
  });

  it('counts 10,000 keys under their folders', () => {
    const keys = Array.from(
      { length: 10_000 },
      (_, index) => `/registry/events/ns-${index % 40}/event-${index}`,
    );
    const [registry] = buildTree(keys);
    expect(registry?.count).toBe(10_000);
    expect(buildTree(keys.slice(1))[0]?.count).toBe(9_999);
  });
});

describe('search', () => {
  it('goes by prefix, and by part only when nothing begins so', () => {
    const keys = ['/registry/pods/a', '/registry/minions/a', 'pods'];
    expect(searchKeys(keys, '')).toEqual({ keys, by: 'all' });
    expect(searchKeys(keys, '/registry/p')).toEqual({ keys: ['/registry/pods/a'], by: 'prefix' });
    expect(searchKeys(keys, 'pods')).toEqual({ keys: ['pods'], by: 'prefix' });
    expect(searchKeys(keys, 'minions')).toEqual({ keys: ['/registry/minions/a'], by: 'part' });
    expect(searchKeys(keys, 'nothing')).toEqual({ keys: [], by: 'part' });
  });
});

describe('diff', () => {
  it('says what changed, where, and how much is left out', () => {
    const lines = Array.from({ length: 12 }, (_, index) => `line ${index + 1}`);
    const after = lines.map((line) => (line === 'line 6' ? 'line six' : line));
    const told = diffLines(lines.join('\n'), after.join('\n')) ?? [];
    expect(told.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'gap 2',
      'same line 3',
      'same line 4',
      'same line 5',
      'removed line 6',
      'added line six',
      'same line 7',
      'same line 8',
      'same line 9',
      'gap 3',
    ]);
    expect(told.find(({ kind }) => kind === 'removed')).toMatchObject({ before: 6 });
    expect(told.at(-2)).toMatchObject({ before: 9, after: 9 });
    expect(diffLines('a', 'a')).toEqual([]);
    expect(diffLines('', 'a')?.map(({ kind }) => kind)).toEqual(['removed', 'added']);
  });
});

describe('the store of keys', () => {
  const row = (key: string, modRevision: number) => ({
    key,
    createRevision: 2,
    modRevision,
    version: 1,
    lease: null,
    size: 1,
  });

  it('marks what changes while one looks, not what was there', () => {
    const keys = useEtcdKeys();
    keys.apply({ reset: true, machine: 'cp-1', revision: 3, keys: [row('a', 2), row('b', 3)], removed: [] });
    expect([keys.isFresh('a'), keys.count]).toEqual([false, 2]);
    const { shape } = keys;
    keys.apply({ reset: false, machine: 'cp-1', revision: 4, keys: [row('a', 4)], removed: [] });
    expect([keys.isFresh('a'), keys.isFresh('b'), keys.shape === shape]).toEqual([true, false, true]);
    keys.apply({ reset: false, machine: 'cp-1', revision: 5, keys: [], removed: ['b'] });
    expect([keys.count, keys.row('b'), keys.shape === shape]).toEqual([1, undefined, false]);
    // One came and one went: as many as before, but other keys.
    const before = keys.shape;
    keys.apply({ reset: false, machine: 'cp-1', revision: 6, keys: [row('c', 6)], removed: ['a'] });
    expect([keys.count, keys.shape > before]).toEqual([1, true]);
  });
});

describe('the store of members', () => {
  it('believes the leader of the highest term, and names members by what any of them knows', () => {
    const etcd = useEtcd();
    const [one, two, three] = fakeMembers(3);
    const old = { ...one!, raft: { ...one!.raft!, role: 'leader' as const, term: 4 } };
    const now = { ...two!, raft: { ...two!.raft!, role: 'leader' as const, term: 5 } };
    etcd.apply({
      reset: true,
      members: [old, now, { ...three!, running: false, id: null, raft: null }],
      logs: [],
    });
    expect(etcd.leader?.machine).toBe(two!.machine);
    expect(etcd.nameOf(three!.id)).toBe(three!.name);
    expect(etcd.nameOf('abc')).toBe('abc');
  });

  it('replaces what a new leader has overwritten in a log', () => {
    const etcd = useEtcd();
    const entry = (index: number, term: number) => ({ index, term, type: 'Normal' as const, summary: '' });
    const log = (reset: boolean, from: number, entries: ReturnType<typeof entry>[]) =>
      etcd.applyLogs({ reset, members: [], logs: [{ machine: 'cp-1', from, entries }] });
    log(true, 1, [entry(1, 1), entry(2, 1), entry(3, 1)]);
    log(false, 2, [entry(2, 2)]);
    expect(etcd.logs.get('cp-1')?.map(({ index, term }) => `${index}:${term}`)).toEqual(['1:1', '2:2']);
  });
});
