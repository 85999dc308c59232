import { describe, expect, it } from 'vitest';
import { CheckSpec } from '../../shared/lab/check-schema.ts';
import { FakeClusterView, FakeEtcdView, FakeMachineView } from '../cluster-view.testing.ts';
import type { Check, CheckContext, EtcdMemberState, EtcdState } from '../interface.ts';
import { createCheck } from './registry.ts';

function member(name: string, change: Partial<EtcdMemberState> = {}): EtcdMemberState {
  return {
    name,
    machine: name,
    running: true,
    leader: false,
    learner: false,
    term: 2,
    index: 10,
    applied: 10,
    dbSize: 4096,
    dbSizeInUse: 4096,
    alarms: [],
    ...change,
  };
}

const HEALTHY: EtcdState = {
  clusterId: 'c1',
  quorum: true,
  leader: 'cp-1',
  term: 2,
  revision: 40,
  compactRevision: 0,
  members: [member('cp-1', { leader: true }), member('cp-2'), member('cp-3')],
};

function start(
  spec: unknown,
  cluster = new FakeClusterView(),
  state?: unknown,
): { cluster: FakeClusterView; context: CheckContext; check: Check } {
  const context: CheckContext = { cluster, commands: [] };
  return { cluster, context, check: createCheck(CheckSpec.parse(spec), context, state) };
}

function withEtcd(): { cluster: FakeClusterView; etcd: FakeEtcdView } {
  const cluster = new FakeClusterView();
  const etcd = new FakeEtcdView(HEALTHY);
  cluster.etcd = etcd;
  return { cluster, etcd };
}

const KV = { key: '/a/1', value: 'x', createRevision: 3, modRevision: 3, version: 1, lease: '0' };
const expected = { 'pt-BR': 'sem quórum', en: 'no quorum' };

describe('etcd check', () => {
  it('looks at one key, with CEL over what it holds, and says what it found', () => {
    const { cluster, etcd } = withEtcd();
    const { check, context } = start(
      { kind: 'etcd', key: { name: '/a/1', where: 'kv.version >= 2' } },
      cluster,
    );
    expect(check.evaluate(context)).toEqual({
      credit: 0,
      expected: { 'pt-BR': 'etcd: /a/1: pelo menos 1', en: 'etcd: /a/1: at least 1' },
      actual: { 'pt-BR': 'não há tal chave', en: 'no such key' },
    });
    etcd.put(KV);
    expect(check.evaluate(context).credit).toBe(0);
    etcd.put({ ...KV, version: 2, modRevision: 9 });
    expect(check.evaluate(context)).toMatchObject({
      credit: 1,
      actual: { en: '/a/1: version 2, revision 9' },
    });
  });

  it('counts the keys below a prefix', () => {
    const { cluster, etcd } = withEtcd();
    const { check, context } = start({ kind: 'etcd', key: { prefix: '/a/', count: { equals: 2 } } }, cluster);
    etcd.put(KV);
    etcd.put({ ...KV, key: '/b/1' });
    expect(check.evaluate(context).credit).toBe(0.5);
    etcd.put({ ...KV, key: '/a/2' });
    expect(check.evaluate(context)).toMatchObject({ credit: 1, actual: { en: '2 of 2 keys' } });
  });

  it('compares the members with how they were when the task opened, also after a restart of the app', () => {
    const { cluster, etcd } = withEtcd();
    const spec = { kind: 'etcd', where: 'etcd.leader != before.leader && etcd.quorum', expected };
    const { check, context } = start(spec, cluster);
    expect(check.evaluate(context).credit).toBe(0);
    etcd.set({ leader: 'cp-2', term: 3 });
    expect(check.evaluate(context)).toMatchObject({
      credit: 1,
      actual: {
        'pt-BR': '3 de 3 membros em execução, líder cp-2, termo 3, revisão 40, compactado até 0',
        en: '3 of 3 members running, leader cp-2, term 3, revision 40, compacted up to 0',
      },
    });
    const again = start(spec, cluster, JSON.parse(JSON.stringify(check.state?.())));
    expect(again.check.evaluate(again.context).credit).toBe(1);
    expect(start(spec, cluster).check.evaluate(context).credit).toBe(0);
  });

  it('with ever, remembers what held for a moment; without, it does not', () => {
    for (const [ever, credit] of [
      [true, 1],
      [false, 0],
    ] as const) {
      const { cluster, etcd } = withEtcd();
      const { check, context } = start({ kind: 'etcd', where: '!etcd.quorum', ever, expected }, cluster);
      etcd.onDidChange(() => void check.onEtcd?.(context));
      etcd.set({ quorum: false, leader: '' });
      etcd.set({ quorum: true, leader: 'cp-1' });
      expect(check.evaluate(context).credit).toBe(credit);
    }
  });

  it('says so where etcd cannot be seen', () => {
    const { check, context } = start({ kind: 'etcd', where: 'etcd.quorum', expected });
    expect(check.evaluate(context)).toMatchObject({
      credit: 0,
      actual: { 'pt-BR': 'o etcd não pode ser visto neste cluster' },
    });
  });
});

describe('node check', () => {
  it('looks at power, processes and files, and gives part of the credit on the way', () => {
    const cluster = new FakeClusterView();
    const machine = new FakeMachineView();
    cluster.machines.set('cp-1', machine);
    const { check, context } = start(
      {
        kind: 'node',
        machine: 'cp-1',
        process: { name: 'etcd', running: false },
        file: { path: '/root/backup.db' },
      },
      cluster,
    );
    machine.running.add('etcd');
    expect(check.evaluate(context)).toEqual({
      credit: 0,
      expected: {
        'pt-BR': 'cp-1: etcd parado, /root/backup.db existe',
        en: 'cp-1: etcd not running, /root/backup.db exists',
      },
      actual: {
        'pt-BR': 'cp-1: etcd em execução, /root/backup.db não existe',
        en: 'cp-1: etcd running, /root/backup.db does not exist',
      },
    });
    machine.running.delete('etcd');
    expect(check.evaluate(context).credit).toBe(0.5);
    machine.files.set('/root/backup.db', 'SQLite');
    expect(check.evaluate(context).credit).toBe(1);
  });

  it('reads files, and asks for absence', () => {
    const cluster = new FakeClusterView();
    const machine = new FakeMachineView();
    cluster.machines.set('cp-1', machine);
    const contains = start({ kind: 'node', machine: 'cp-1', file: { path: '/f', contains: 'ab+' } }, cluster);
    machine.files.set('/f', 'ac');
    expect(contains.check.evaluate(contains.context)).toMatchObject({
      credit: 0,
      actual: { en: 'cp-1: /f does not contain /ab+/' },
    });
    machine.files.set('/f', 'abb');
    expect(contains.check.evaluate(contains.context).credit).toBe(1);
    const absent = start({ kind: 'node', machine: 'cp-1', file: { path: '/g', exists: false } }, cluster);
    expect(absent.check.evaluate(absent.context).credit).toBe(1);
    const off = start({ kind: 'node', machine: 'cp-1', powered: false }, cluster);
    expect(off.check.evaluate(off.context).credit).toBe(0);
    machine.powered = false;
    expect(off.check.evaluate(off.context).credit).toBe(1);
  });

  it('gives nothing for a machine that is not there', () => {
    const { check, context } = start({ kind: 'node', machine: 'cp-9', powered: false });
    expect(check.evaluate(context)).toMatchObject({
      credit: 0,
      actual: { en: 'machine cp-9 cannot be seen' },
    });
  });
});
