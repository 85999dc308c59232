import { describe, expect, it } from 'vitest';
import { newTestSimulation } from '../../base/simulation.testing.ts';
import type { EtcdMemberSource, EtcdMemberView, EtcdTask } from '../etcd/view/interface.ts';
import type { FileSystem } from '../machine/interface.ts';
import { EtcdOperations } from './etcd-operations.ts';

interface Asked {
  readonly machine: string;
  readonly task: EtcdTask;
}

function setUp(roles: Readonly<Record<string, { role: string; term: number } | undefined>>) {
  const asked: Asked[] = [];
  const files = new Map<string, string>();
  let refusal: string | undefined;
  const members = Object.entries(roles).map(([machine, raft], index) => ({
    machine,
    actor: `${machine}/etcd`,
    faults: { fsync: 1, diskFull: false },
    running:
      raft &&
      ({
        memberId: String(index + 1),
        raft,
        store: { revision: 42 },
        operate: (task: EtcdTask, done: (refusal: string | undefined) => void) => {
          asked.push({ machine, task });
          done(refusal);
        },
        takeSnapshot: () => `database of ${machine}`,
      } as unknown as EtcdMemberSource),
  })) as EtcdMemberView[];
  const simulation = newTestSimulation();
  const operations = new EtcdOperations(
    simulation,
    () => members,
    (machine) =>
      ({
        write: (path: string, text: string) => void files.set(`${machine}:${path}`, text),
      }) as unknown as FileSystem,
  );
  return {
    operations,
    simulation,
    asked,
    files,
    refuse: (text: string) => void (refusal = text),
  };
}

describe('EtcdOperations', () => {
  it('asks the leader of the newest term to hand over, as an input of the learner', async () => {
    const { operations, simulation, asked } = setUp({
      'cp-1': { role: 'leader', term: 3 },
      'cp-2': { role: 'leader', term: 4 },
      'cp-3': { role: 'follower', term: 4 },
    });
    operations.moveLeader('cp-3');
    expect(asked).toEqual([]);
    await simulation.runUntil(simulation.now);
    expect(asked).toEqual([{ machine: 'cp-2', task: { type: 'move-leader', to: '3' } }]);
    expect(simulation.log.get(1)).toMatchObject({ kind: 'input', action: 'etcd-move-leader' });
  });

  it('keeps a refusal as a record of the member, under its cause', async () => {
    const { operations, simulation, refuse } = setUp({ 'cp-1': { role: 'leader', term: 3 } });
    refuse('etcdserver: permission denied');
    operations.defragment('cp-1');
    await simulation.runUntil(simulation.now);
    expect(simulation.log.get(2)).toMatchObject({
      kind: 'state',
      actor: 'cp-1/etcd',
      cause: 1,
      subject: 'etcd-defragment',
      state: 'refused: etcdserver: permission denied',
    });
  });

  it('writes a snapshot on the member’s own machine', async () => {
    const { operations, simulation, files } = setUp({ 'cp-1': { role: 'follower', term: 3 } });
    expect(operations.snapshot('cp-1')).toBe('/var/lib/etcd-snapshots/snapshot-42.db');
    await simulation.runUntil(simulation.now);
    expect([...files]).toEqual([['cp-1:/var/lib/etcd-snapshots/snapshot-42.db', 'database of cp-1']]);
  });

  it('refuses what cannot be done, before anything is recorded', () => {
    const { operations, simulation } = setUp({ 'cp-1': { role: 'follower', term: 3 }, 'cp-2': undefined });
    expect(() => operations.moveLeader('cp-1')).toThrow('etcdserver: no leader');
    expect(() => operations.defragment('cp-2')).toThrow('etcd on cp-2 is not running');
    expect(() => operations.snapshot('worker-1')).toThrow('there is no member of etcd on worker-1');
    expect(simulation.log.nextId).toBe(1);
  });
});
