import { expect, test } from 'vitest';
import { RaftError } from './interface.ts';
import { MemoryStorage } from './memory-storage.ts';
import { newMessage } from './message.ts';
import { RawNode } from './raw-node.ts';
import { sizeOf, TestCluster, testConfig, TestMember } from './testing/test-cluster.testing.ts';
import { EMPTY_CONFIG } from './tracker/progress-tracker.ts';

test('a cluster of one elects itself and commits in one Ready, without messages', () => {
  const cluster = new TestCluster(['1']);
  const { node, storage } = cluster.elect('1');
  expect(node.status().hardState).toEqual({ term: 1, vote: '1', commit: 1 });
  node.propose(['a', 'b']);
  const ready = node.ready();
  expect(ready.entries.map(({ index, data }) => [index, data])).toEqual([
    [2, 'a'],
    [3, 'b'],
  ]);
  expect(ready.messages).toEqual([]);
  expect(ready.mustSync).toBe(true);
  expect(ready.committedEntries).toEqual([]);
  storage.append(ready.entries);
  node.advance(ready);
  const next = node.ready();
  expect(next.committedEntries.map(({ data }) => data)).toEqual(['a', 'b']);
  expect(next.hardState).toEqual({ term: 1, vote: '1', commit: 3 });
  expect(next.mustSync).toBe(false);
  expect(next.entries).toEqual([]);
  node.advance(next);
  expect(node.hasReady()).toBe(false);
});

test('three members elect a leader and replicate; a follower forwards proposals', () => {
  const cluster = new TestCluster(['1', '2', '3']);
  cluster.elect('2');
  cluster.member('1').node.propose(['x']);
  cluster.member('2').node.propose(['y']);
  cluster.settle();
  expect(cluster.leader()).toBe('2');
  for (const { applied } of cluster.members.values()) expect(applied.toSorted()).toEqual(['x', 'y']);
  const { progress } = cluster.member('2').node.status();
  expect([...progress.keys()]).toEqual(['1', '2', '3']);
  expect(progress.get('3')).toMatchObject({ match: 3, next: 4, state: 'Replicate', inflight: 0 });
});

test('without a leader a proposal is dropped', () => {
  const cluster = new TestCluster(['1', '2', '3']);
  expect(() => cluster.member('1').node.propose(['x'])).toThrow(
    new RaftError('proposalDropped', 'raft proposal dropped'),
  );
});

test('ticks alone elect a leader; of three members one', () => {
  const cluster = new TestCluster(['1', '2', '3'], { preVote: true, checkQuorum: true });
  for (let tick = 0; tick < 40 && cluster.leader() === undefined; tick += 1) {
    for (const { node } of cluster.members.values()) node.tick();
    cluster.settle();
  }
  const leader = cluster.leader();
  expect(leader).toBeDefined();
  for (const { node } of cluster.members.values()) expect(node.status().softState.lead).toBe(leader);
});

test('ReadIndex: a quorum confirms, a cut-off leader never answers', () => {
  const cluster = new TestCluster(['1', '2', '3']);
  const leader = cluster.elect('1');
  leader.node.readIndex('r1');
  cluster.settle();
  expect(leader.readStates).toEqual([{ index: 1, requestContext: 'r1' }]);
  cluster.member('2').node.readIndex('r2');
  cluster.settle();
  expect(cluster.member('2').readStates).toEqual([{ index: 1, requestContext: 'r2' }]);
  cluster.drop = ({ from, to }) => from === '1' || to === '1';
  leader.node.readIndex('r3');
  cluster.settle();
  expect(leader.readStates).toHaveLength(1);
});

test('ReadIndex before the first commit of a term waits for it, also alone', () => {
  const cluster = new TestCluster(['1']);
  const member = cluster.member('1');
  const { node, readStates } = member;
  node.campaign();
  while (node.status().softState.raftState !== 'Leader') member.process(() => undefined);
  node.readIndex('early');
  expect(node.status().hardState.commit).toBe(0);
  cluster.settle();
  expect(readStates).toEqual([{ index: 1, requestContext: 'early' }]);
});

test('ReadIndex at a leader that is no voter any more: the only voter is asked, not taken for granted', () => {
  const cluster = new TestCluster(['1', '2']);
  const leader = cluster.elect('1');
  leader.node.proposeConfChange({ transition: 'Auto', changes: [{ type: 'RemoveNode', nodeId: '1' }] });
  cluster.settle();
  expect(leader.node.status()).toMatchObject({
    softState: { raftState: 'Leader' },
    config: { voters: ['2'] },
  });
  cluster.drop = ({ from, to }) => from === '1' || to === '1';
  cluster.elect('2').node.propose(['newer']);
  cluster.settle();
  leader.node.readIndex('stale');
  cluster.settle();
  expect(leader.readStates).toEqual([]);
});

test('a configuration change adds a member, which catches up by a snapshot after compaction', () => {
  const cluster = new TestCluster(['1']);
  const leader = cluster.elect('1');
  leader.node.propose(['a']);
  cluster.settle();
  leader.compact();
  cluster.add('2', EMPTY_CONFIG);
  leader.node.proposeConfChange({ transition: 'Auto', changes: [{ type: 'AddNode', nodeId: '2' }] });
  cluster.settle();
  // The snapshot is older than the change: its configuration does not name the newcomer, which refuses it.
  expect(cluster.member('2').applied).toEqual([]);
  leader.compact();
  leader.node.reportSnapshot('2', 'failure');
  leader.node.tick();
  cluster.settle();
  leader.node.tick();
  cluster.settle();
  expect(cluster.member('2').applied).toEqual(['a']);
  leader.node.propose(['b']);
  cluster.settle();
  expect(cluster.member('2').applied).toEqual(['a', 'b']);
  expect(leader.node.status().config.voters).toEqual(['1', '2']);
  expect(leader.node.status().progress.get('2')).toMatchObject({ state: 'Replicate', match: 4 });
});

test('a snapshot is to be synced', () => {
  const cluster = new TestCluster(['1', '2', '3']);
  const leader = cluster.elect('1');
  cluster.drop = ({ to }) => to === '3';
  leader.node.propose(['a']);
  cluster.settle();
  leader.compact();
  cluster.drop = ({ type }) => type === 'MsgSnap';
  for (let beat = 0; beat < 3; beat += 1) {
    leader.node.tick();
    cluster.settle();
  }
  const { node } = cluster.member('3');
  const snapshot = leader.storage.snapshot();
  node.step(newMessage('MsgSnap', '3', '1', 1, { snapshot }));
  const ready = node.ready();
  expect(ready).toMatchObject({ snapshot, entries: [], mustSync: true, hardState: { commit: 2 } });
});

test('a restarted member goes on from its disk', () => {
  const cluster = new TestCluster(['1', '2', '3']);
  cluster.elect('1').node.propose(['a']);
  cluster.settle();
  cluster.member('3').compact();
  cluster.member('1').node.propose(['b']);
  cluster.settle();
  const member = cluster.member('3');
  member.restart();
  cluster.settle();
  expect(member.applied).toEqual(['a', 'b']);
  expect(member.node.status().hardState.term).toBe(1);
});

test('bootstrap writes the same first entries on each member', () => {
  const members = ['1', '2', '3'].map((id) => {
    const storage = new MemoryStorage(sizeOf);
    const member = new TestMember(testConfig(id, storage), storage);
    member.node.bootstrap([{ id: '1', context: 'one' }, { id: '2' }, { id: '3' }]);
    while (member.node.hasReady()) member.process(() => undefined);
    return member;
  });
  for (const { storage, confState, appliedIndex } of members) {
    expect(storage.entries(1, 4, Infinity).map(({ term, type }) => [term, type])).toEqual([
      [1, 'ConfChange'],
      [1, 'ConfChange'],
      [1, 'ConfChange'],
    ]);
    expect(storage.initialState().hardState).toEqual({ term: 1, vote: '0', commit: 3 });
    expect(confState.voters).toEqual(['1', '2', '3']);
    expect(appliedIndex).toBe(3);
  }
});

test('messages that only this member may make, and answers of strangers, are refused', () => {
  const { node } = new TestCluster(['1', '2']).member('1');
  const empty = {
    to: '1',
    term: 0,
    logTerm: 0,
    index: 0,
    entries: [],
    commit: 0,
    reject: false,
    rejectHint: 0,
  };
  expect(() => node.step({ ...empty, type: 'MsgHup', from: '1' })).toThrow(
    new RaftError('stepLocalMsg', 'raft: cannot step raft local message'),
  );
  expect(() => node.step({ ...empty, type: 'MsgAppResp', from: '9' })).toThrow(
    new RaftError('stepPeerNotFound', 'raft: cannot step as peer not found'),
  );
});

test('a Ready is advanced before the next is taken', () => {
  const { node } = new TestCluster(['1']).elect('1');
  node.propose(['a']);
  const ready = node.ready();
  expect(node.hasReady()).toBe(false);
  expect(() => node.ready()).toThrow('ready before the last one was advanced');
  expect(() => node.advance({ ...ready })).toThrow('advance without the ready that was handed out');
});

test.each([
  [{ id: '0' }, 'cannot use none as id'],
  [{ heartbeatTick: 0 }, 'heartbeat tick must be greater than 0'],
  [{ electionTick: 1 }, 'election tick must be greater than heartbeat tick'],
  [{ maxInflightMsgs: 0 }, 'max inflight messages must be greater than 0'],
  [{ maxSizePerMsg: 10, maxInflightBytes: 5 }, 'max inflight bytes must be >= max message size'],
  [
    { readOnlyOption: 'LeaseBased' as const },
    'CheckQuorum must be enabled when ReadOnlyOption is ReadOnlyLeaseBased',
  ],
])('a configuration that cannot work is refused: %o', (overrides, text) => {
  const storage = new MemoryStorage(sizeOf);
  expect(() => new RawNode(testConfig('1', storage, overrides))).toThrow(text);
});
