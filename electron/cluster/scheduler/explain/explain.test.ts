import { describe, expect, it } from 'vitest';
import type { KubeObject, Node, Pod } from '../../api/types.ts';
import type { ResourceType } from '../../client/resource-type.ts';
import { defaultProfile } from '../plugins/registry.ts';
import type { Change, Situation } from './interface.ts';
import { Rerun } from './rerun.ts';
import { whyNot } from './why-not.ts';

const ZONE = 'topology.kubernetes.io/zone';

interface NodeOptions {
  readonly cpu?: string;
  readonly labels?: Record<string, string>;
  readonly spec?: object;
  readonly pods?: string;
}

function node(name: string, { cpu = '4', labels = {}, spec = {}, pods = '110' }: NodeOptions = {}): Node {
  return {
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec,
    status: { allocatable: { cpu, memory: '8Gi', pods } },
  } as Node;
}

function pod(name: string, spec: object = {}, labels: Record<string, string> = { app: 'web' }): Pod {
  return {
    metadata: { name, namespace: 'default', labels },
    spec: { containers: [{ name: 'main', image: 'nginx' }], ...spec },
    status: { phase: 'Pending' },
  } as unknown as Pod;
}

const asking = (cpu: string): object => ({
  containers: [{ name: 'main', image: 'nginx', resources: { requests: { cpu } } }],
});
const on = (nodeName: string, name: string, spec: object = {}): Pod => pod(name, { nodeName, ...spec });

function situation(nodes: readonly Node[], pods: readonly Pod[] = []): Situation {
  const objects: Record<string, readonly KubeObject[]> = { nodes, pods };
  return {
    world: {
      list: <T extends KubeObject>({ resource }: ResourceType<T>) => (objects[resource] ?? []) as T[],
    },
    beliefs: { assumed: new Map(), nominated: new Map() },
    profile: defaultProfile,
  };
}

/** Alternatives, each with its changes in short. */
function remedies(found: ReturnType<typeof whyNot>): string[] {
  return (found?.remedies ?? []).map(({ changes }) =>
    changes.map(({ wording: { id, params } }) => [id, ...Object.values(params)].join(' ')).join(' + '),
  );
}

describe('Rerun', () => {
  it('decides as the scheduler, leaving the Pod itself out', () => {
    const own = on('a', 'web-1', asking('3'));
    const run = new Rerun(situation([node('a'), node('b', { cpu: '1' })], [own]), 'default/web-1');
    expect(run.cycle(own)).toMatchObject({
      outcome: 'bind',
      node: 'a',
      detail: { feasible: 1, fits: ['a'], refused: ['b'], refusals: [{ reasons: ['Insufficient cpu'] }] },
    });
  });

  it('counts Pods that are assumed on a node, and makes room for nominated ones', () => {
    const waiting = pod('other', asking('3'));
    const nodes = [node('a')];
    const asked = pod('web-1', asking('2'));
    const outcome = (beliefs: Partial<Situation['beliefs']>): string =>
      new Rerun(
        {
          ...situation(nodes, [waiting]),
          beliefs: { assumed: new Map(), nominated: new Map(), ...beliefs },
        },
        'default/web-1',
      ).cycle(asked).outcome;
    expect(outcome({})).toBe('bind');
    expect(outcome({ assumed: new Map([['default/other', 'a']]) })).toBe('unschedulable');
    expect(outcome({ nominated: new Map([['default/other', 'a']]) })).toBe('unschedulable');
  });

  it('tells who could be preempted', () => {
    const low = on('a', 'low', { ...asking('4'), priority: 1 });
    const run = new Rerun(situation([node('a')], [low]), 'default/web-1');
    expect(run.cycle(pod('web-1', { ...asking('1'), priority: 10 }))).toMatchObject({
      outcome: 'preempt',
      detail: {
        nominatedNode: 'a',
        candidates: [{ node: 'a', victims: [{ pod: 'default/low', priority: 1 }], pdbViolations: 0 }],
      },
    });
  });
});

describe('under', () => {
  it('looks at a changed cluster, and puts everything back', () => {
    const pods = [on('a', 'web-0', asking('3')), pod('later', { ...asking('1'), priority: 5 })];
    const run = new Rerun(
      {
        ...situation([node('a')], pods),
        beliefs: { assumed: new Map(), nominated: new Map([['default/later', 'a']]) },
      },
      'default/web-1',
    );
    const asked = pod('web-1', asking('1'));
    const before = run.cycle(asked);
    expect(before.outcome).toBe('unschedulable');
    const gone = ['default/web-0', 'default/later'].map((name): Change => ({
      target: 'remove-pod',
      name,
      wording: { id: 'remove-pod', params: {} },
    }));
    const more: Change = {
      target: 'node',
      name: 'a',
      patch: { status: { allocatable: { cpu: '8' } } },
      wording: { id: 'more-allocatable', params: {} },
    };
    expect(run.under(gone, () => run.cycle(asked).outcome)).toBe('bind');
    expect(run.cycle(asked)).toEqual(before);
    expect(run.under([more], () => run.cycle(asked).outcome)).toBe('bind');
    expect(() =>
      run.under([more], () => {
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(run.cycle(asked)).toEqual(before);
  });
});

describe('whyNot', () => {
  it('asks for exactly what is free, and proves it', () => {
    const found = whyNot(
      situation([node('a'), node('b', { cpu: '2' })], [on('b', 'other', asking('1300m'))]),
      pod('web-1', asking('900m')),
      'b',
    );
    expect(found?.verdicts.find(({ code }) => code !== undefined)).toEqual({
      plugin: 'NodeResourcesFit',
      code: 'Unschedulable',
      reasons: ['Insufficient cpu'],
    });
    expect(remedies(found)).toEqual([
      'ask-less cpu 200m 900m 700m',
      'remove-pod default/other',
      'more-allocatable b cpu 200m 2 2200m',
    ]);
    expect(found?.remedies[0]?.result).toMatchObject({ outcome: 'bind', detail: { fits: ['a', 'b'] } });
  });

  it('needs as many changes as there are reasons, and no more', () => {
    const tainted = { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] };
    const found = whyNot(
      situation([node('b', { spec: tainted })]),
      pod('web-1', { nodeSelector: { disk: 'ssd' } }),
      'b',
    );
    expect(remedies(found)).toEqual([
      'tolerate gpu=yes:NoSchedule + label-node b disk=ssd',
      'tolerate gpu=yes:NoSchedule + drop-node-selector disk=ssd',
      'untaint b gpu=yes:NoSchedule + label-node b disk=ssd',
      'untaint b gpu=yes:NoSchedule + drop-node-selector disk=ssd',
    ]);
    expect(found?.remedies[0]?.result.node).toBe('b');
  });

  const web = { matchLabels: { app: 'web' } };
  const anti = {
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { labelSelector: web, topologyKey: 'kubernetes.io/hostname' },
        ],
      },
    },
  };
  const spread = {
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule', labelSelector: web },
    ],
  };
  const port = { containers: [{ name: 'main', ports: [{ containerPort: 80, hostPort: 80 }] }] };
  const zones = [node('a', { labels: { [ZONE]: '1' } }), node('b', { labels: { [ZONE]: '2' } })];

  const cases: [string, Situation, Pod, string, string[]][] = [
    [
      'anti-affinity of its own',
      situation([node('a')], [on('a', 'web-0')]),
      pod('web-1', anti),
      'a',
      ['drop-pod-anti-affinity kubernetes.io/hostname 1', 'remove-pod default/web-0'],
    ],
    [
      'anti-affinity of another',
      situation([node('a')], [on('a', 'web-0', anti)]),
      pod('web-1'),
      'a',
      ['remove-pod default/web-0'],
    ],
    [
      'a skew of two',
      situation(zones, [on('a', 'w1'), on('a', 'w2')]),
      pod('web-1', spread),
      'a',
      [`raise-max-skew ${ZONE} 1 3`, `drop-spread ${ZONE}`],
    ],
    [
      'a port that is taken',
      situation([node('a')], [on('a', 'web-0', port)]),
      pod('web-1', port),
      'a',
      ['drop-host-port 80/TCP', 'remove-pod default/web-0'],
    ],
    [
      'a cordoned node',
      situation([node('a', { spec: { unschedulable: true } })]),
      pod('web-1'),
      'a',
      ['uncordon a', 'tolerate node.kubernetes.io/unschedulable:NoSchedule'],
    ],
    [
      'no room for Pods',
      situation([node('a', { pods: '1' })], [on('a', 'web-0')]),
      pod('web-1'),
      'a',
      ['remove-pod default/web-0', 'more-allocatable a pods 1 1 2'],
    ],
    [
      'a gate',
      situation([node('a')]),
      pod('web-1', { schedulingGates: [{ name: 'wait' }] }),
      'a',
      ['remove-gates wait'],
    ],
  ];
  it.each(cases)('%s', (_name, cluster, asked, name, expected) => {
    expect(remedies(whyNot(cluster, asked, name))).toEqual(expected);
  });

  it('says when it knows no change, and when there is no such node', () => {
    const claim = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'none' } }] };
    expect(whyNot(situation([node('a')]), pod('web-1', claim), 'a')).toMatchObject({
      fits: false,
      before: { plugin: 'VolumeRestrictions', reasons: ['persistentvolumeclaim "none" not found'] },
      remedies: [],
      complete: true,
    });
    expect(whyNot(situation([node('a')]), pod('web-1'), 'zzz')).toBeUndefined();
    expect(whyNot(situation([node('a')]), pod('web-1'), 'a')).toMatchObject({ fits: true, remedies: [] });
  });
});
