import { describe, expect, it } from 'vitest';
import { CausalLog } from '../../../base/causal-log.ts';
import type { Node, Pod } from '../../../cluster/api/types.ts';
import { MemoryBackend } from '../../../cluster/etcd/backend/memory.ts';
import { ServerHarness } from '../../../cluster/etcd/server/harness.testing.ts';
import type { Situation } from '../../../cluster/scheduler/explain/interface.ts';
import { Rerun } from '../../../cluster/scheduler/explain/rerun.ts';
import type { Profile } from '../../../cluster/scheduler/framework/profile.ts';
import { defaultProfile } from '../../../cluster/scheduler/plugins/registry.ts';
import { RpcError } from '../../../shared/rpc/rpc-error.ts';
import { ObjectView } from '../../object-view.ts';
import { EtcdDisk } from '../etcd-disk.ts';
import { schedulingRoute } from './scheduling-routes.ts';
import { SchedulingService } from './scheduling-service.ts';
import { worldNow } from './worlds.ts';

const which = { namespace: 'default', name: 'web', record: null };

function setUp() {
  const disk = new EtcdDisk('cp-1', () => ({ time: 1, record: 0 }));
  const objects = new ObjectView();
  const etcd = new ServerHarness(objects.observe('cp-1', disk.observe(new MemoryBackend())));
  const log = new CausalLog(1000);
  const service = new SchedulingService(log, objects, new Map([['cp-1', disk]]));
  const putNode = (name: string, cpu: string): void =>
    void etcd.put(
      `/registry/minions/${name}`,
      JSON.stringify({
        metadata: { name, labels: { 'kubernetes.io/hostname': name } },
        status: { allocatable: { cpu, memory: '8Gi', pods: '110' } },
      } as unknown as Node),
    );
  const putPod = (name: string, cpu: string, nodeName?: string): void =>
    void etcd.put(
      `/registry/pods/default/${name}`,
      JSON.stringify({
        metadata: { name, namespace: 'default' },
        spec: { nodeName, containers: [{ name: 'main', resources: { requests: { cpu } } }] },
        status: { phase: nodeName === undefined ? 'Pending' : 'Running' },
      } as unknown as Pod),
    );
  /** A cycle as the scheduler would record it now. */
  const decide = (profile = defaultProfile, more: object = {}): number => {
    const situation: Situation = {
      world: worldNow(objects),
      beliefs: { assumed: new Map(), nominated: new Map() },
      profile,
    };
    const pod = objects.get('pods', 'default/web') as Pod;
    const { outcome, node, message, detail } = new Rerun(situation, 'default/web').cycle(pod);
    const seen = { pods: String(objects.revision), nodes: String(objects.revision), profile, ...more };
    return log.append(
      {
        kind: 'decision',
        subject: 'pods default/web',
        action: outcome,
        observed: node ?? message ?? '',
        detail: { ...detail, seen },
      },
      10,
      0,
      'cp-1/kube-scheduler',
    );
  };
  return { etcd, log, service, putNode, putPod, decide };
}

describe('SchedulingService', () => {
  it('tells a decision as it was recorded, where the Pod waits, and what moved it there', () => {
    const s = setUp();
    s.putNode('a', '1');
    s.putPod('web', '2');
    const record = s.decide();
    expect(s.service.cycle(which)).toMatchObject({
      source: 'record',
      record,
      queue: 'unschedulable',
      result: { outcome: 'unschedulable', node: null, detail: { refused: ['a'] } },
      kept: [{ record, attempt: 1 }],
    });
    s.log.append(
      {
        kind: 'decision',
        subject: 'pods default/web',
        action: 'queue',
        detail: { queue: 'backoff', why: 'NodeAdd', rejectors: ['NodeResourcesFit'] },
      },
      20,
      0,
      'cp-1/kube-scheduler',
    );
    expect(s.service.cycle(which)).toMatchObject({
      queue: 'backoff',
      moves: [{ queue: 'backoff', why: 'NodeAdd', rejectors: ['NodeResourcesFit'] }],
    });
    expect(s.service.queues().pods).toMatchObject([
      { name: 'web', queue: 'backoff', why: 'NodeAdd', attempts: 1 },
    ]);
  });

  it('does the cycle now where nothing is recorded', () => {
    const s = setUp();
    s.putNode('a', '4');
    s.putPod('web', '2');
    expect(s.service.cycle(which)).toMatchObject({
      source: 'rerun',
      record: null,
      queue: 'unseen',
      on: null,
      result: { outcome: 'bind', node: 'a' },
    });
    s.putPod('web', '2', 'a');
    expect(s.service.cycle(which)).toMatchObject({ source: 'rerun', on: 'a', queue: null });
    expect(() => s.service.cycle({ ...which, name: 'zzz' })).toThrow('there is no Pod default/zzz');
  });

  it('asks about the cluster as it was at the decision, and says that the cycle done again found the same', () => {
    const s = setUp();
    s.putNode('a', '2');
    s.putPod('other', '1500m', 'a');
    s.putPod('web', '900m');
    s.decide();
    // Later there is room, which the decision did not know.
    s.putNode('a', '4');
    const found = s.service.whyNot(which, 'a');
    expect(found).toMatchObject({ when: 'decision', faithful: true, fits: false });
    expect(found.remedies[0]).toMatchObject({
      changes: [{ id: 'ask-less', params: { resource: 'cpu', by: '400m' } }],
      outcome: 'bind',
      selected: 'a',
    });
    expect(s.service.whatIf(which, ['request.cpu=500m'])).toMatchObject({
      faithful: true,
      before: { outcome: 'unschedulable' },
      after: { outcome: 'bind', node: 'a' },
    });
  });

  it('does a cycle again by the profile it was decided by', () => {
    const s = setUp();
    s.putNode('a', '4');
    s.putPod('web', '8');
    const without: Profile = {
      ...defaultProfile,
      plugins: defaultProfile.plugins.filter(({ name }) => name !== 'NodeResourcesFit'),
    };
    s.decide(without);
    expect(s.service.whyNot(which, 'a')).toMatchObject({ when: 'decision', faithful: true, fits: true });
    expect(s.service.whatIf(which, ['weight/TaintToleration=9', 'disable=ImageLocality'])).toMatchObject({
      before: { outcome: 'bind' },
      after: { outcome: 'bind' },
    });
  });

  it('does a cycle again by another configuration, checked as the scheduler checks its file', () => {
    const s = setUp();
    s.putNode('a', '4');
    s.putNode('b', '4');
    s.putPod('other', '2', 'b');
    s.putPod('web', '500m');
    s.decide();
    const strategy = (type: string): string =>
      `config={profiles: [{pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {type: ${type}}}}],` +
      ` plugins: {score: {disabled: [{name: NodeResourcesBalancedAllocation}]}}}]}`;
    expect(s.service.whatIf(which, [strategy('MostAllocated')])).toMatchObject({
      changes: [{ id: 'configuration' }],
      before: { node: 'a' },
      after: { node: 'b' },
    });
    expect(() => s.service.whatIf(which, [strategy('Zzz')])).toThrow('scoringStrategy.type');
    expect(() => s.service.whatIf(which, ['config={profiles: [{schedulerName: mine}]}'])).toThrow(
      'no profile has the schedulerName "default-scheduler"',
    );
  });

  it('finds Pods on their way to a node in the log, where they were too many to be named', () => {
    const s = setUp();
    s.putNode('a', '2');
    s.putPod('other', '1500m');
    s.putPod('web', '1');
    const bind = { scheduler: 'default-scheduler', fits: ['a'] };
    s.log.append(
      { kind: 'decision', subject: 'pods default/other', action: 'bind', observed: 'a', detail: bind },
      5,
      0,
      'cp-1/kube-scheduler',
    );
    s.decide(defaultProfile, { assumed: 21 });
    expect(s.service.whyNot(which, 'a')).toMatchObject({
      when: 'decision',
      fits: false,
      remedies: [{ changes: [{ id: 'ask-less' }] }, { changes: [{ id: 'remove-pod' }] }, {}],
    });
  });

  it('falls back to the present once the past is compacted', () => {
    const s = setUp();
    s.putNode('a', '1');
    s.putPod('web', '2');
    s.decide();
    s.putNode('a', '4');
    s.putPod('web', '2');
    s.etcd.call('Compact', { revision: 5 });
    expect(s.service.whyNot(which, 'a')).toMatchObject({ when: 'now', faithful: null, fits: true });
  });

  it('refuses changes that it cannot read, nodes and records that are not there', () => {
    const s = setUp();
    s.putNode('a', '4');
    s.putPod('web', '2');
    expect(() => s.service.whatIf(which, ['nonsense'])).toThrow(
      new RpcError('Refused', '"nonsense": expected WHAT=VALUE'),
    );
    expect(() => s.service.whatIf(which, ['disable=Zzz'])).toThrow('there is no plugin "Zzz"');
    expect(() => s.service.whatIf(which, ['disable=DefaultBinder'])).toThrow(
      'no scheduler can run without it',
    );
    expect(() => s.service.whatIf(which, ['weight/TaintToleration=-1'])).toThrow(
      'expected weight/PLUGIN=N, N a whole number, 0 or more',
    );
    expect(() => s.service.whyNot(which, 'zzz')).toThrow('there is no node "zzz"');
    expect(schedulingRoute(s.service, 'cycle', { ...which, record: 99 })).toEqual({
      status: 409,
      body: { error: 'record 99 of web is no longer kept', code: 'NotFound' },
    });
    expect(schedulingRoute(s.service, 'zzz', {})).toBeUndefined();
  });
});
