import { describe, expect, it } from 'vitest';
import type { Lease, Node, Pod, Taint } from '../../api/types.ts';
import { formatMicroTime } from '../../apimachinery/time.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { TaintEvictionController, toleratedSeconds } from '../taint-eviction/taint-eviction-controller.ts';
import { ControllerHarness } from '../testing/controller-harness.testing.ts';
import { NodeLifecycleController } from './node-lifecycle-controller.ts';

describe('node lifecycle', () => {
  async function setup() {
    const h = new ControllerHarness();
    const condition = (type: string, status: string) => ({
      type,
      status,
      lastHeartbeatTime: '2026-01-01T00:00:00Z',
      lastTransitionTime: '2026-01-01T00:00:00Z',
      reason: 'x',
      message: 'y',
    });
    const alive = new Set(['worker-1', 'worker-2']);
    for (const name of alive) {
      const conditions = [
        condition('Ready', 'True'),
        condition('MemoryPressure', 'False'),
        condition('DiskPressure', 'False'),
        condition('PIDPressure', 'False'),
      ];
      h.api.seed<Node>(resourceTypes.nodes, {
        metadata: { name },
        spec: {},
        status: { conditions },
      } as unknown as Node);
      h.api.seed<Lease>(resourceTypes.leases, {
        metadata: { name, namespace: 'kube-node-lease' },
        spec: { holderIdentity: name },
      });
    }
    const pod = (name: string, tolerations: object[]): Pod =>
      ({
        metadata: { name, namespace: 'default' },
        spec: { nodeName: 'worker-1', tolerations },
        status: { conditions: [{ type: 'Ready', status: 'True' }] },
      }) as unknown as Pod;
    const usual = ['not-ready', 'unreachable'].map((key) => ({
      key: `node.kubernetes.io/${key}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 300,
    }));
    h.api.seed(resourceTypes.pods, pod('web', usual));
    h.api.seed(resourceTypes.pods, pod('daemon', [{ operator: 'Exists' }]));
    await h.start(new NodeLifecycleController(h.c), new TaintEvictionController(h.c));
    const live = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 10_000) {
        for (const name of alive) {
          h.api.change<Lease>(resourceTypes.leases, `kube-node-lease/${name}`, (lease) => ({
            ...lease,
            spec: { ...lease.spec, renewTime: formatMicroTime(h.c.context.clock.now()) },
          }));
        }
        await h.run(10_000);
      }
    };
    const node = (name = 'worker-1'): Node => h.api.find<Node>(resourceTypes.nodes, name) as Node;
    const taints = (): string[] =>
      (node().spec?.taints ?? []).map((taint: Taint) => `${taint.key}:${taint.effect}`).sort();
    return { h, alive, live, node, taints };
  }

  it('finds a node that fell silent, taints it, and evicts after 300 s what does not tolerate it for ever', async () => {
    const s = await setup();
    await s.live(60_000);
    expect(s.taints()).toEqual([]);
    expect(s.h.api.events()).toContain(
      'Normal RegisteredNode Node worker-1 event: Registered Node worker-1 in Controller',
    );
    s.alive.delete('worker-1');
    await s.live(40_000);
    expect(s.taints()).toEqual([]);
    await s.live(30_000);
    const ready = s.node().status?.conditions?.find(({ type }) => type === 'Ready');
    expect(ready).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    });
    expect(s.taints()).toEqual([
      'node.kubernetes.io/unreachable:NoExecute',
      'node.kubernetes.io/unreachable:NoSchedule',
    ]);
    expect(s.h.api.events()).toContain('Normal NodeNotReady Node worker-1 status is now: NodeNotReady');
    expect(s.h.api.events()).toContain('Warning NodeNotReady Node is not ready');
    expect(s.h.api.find<Pod>(resourceTypes.pods, 'default/web')?.status?.conditions?.[0]?.status).toBe(
      'False',
    );
    await s.live(250_000);
    expect(s.h.pods()).toHaveLength(2);
    await s.live(60_000);
    expect(s.h.pods().map(({ metadata }) => metadata?.name)).toEqual(['daemon']);
    expect(s.h.api.events()).toContain('Normal TaintManagerEviction Marking for deletion Pod default/web');
    expect(s.node('worker-2').spec?.taints).toBeUndefined();
  });

  it('takes it all back when the node speaks again', async () => {
    const s = await setup();
    await s.live(20_000);
    s.alive.delete('worker-1');
    await s.live(80_000);
    expect(s.taints()).toHaveLength(2);
    s.alive.add('worker-1');
    s.h.api.change<Node>(resourceTypes.nodes, 'worker-1', (node) => ({
      ...node,
      status: {
        ...node.status,
        conditions: node.status?.conditions?.map((c) => ({
          ...c,
          status: c.type === 'Ready' ? 'True' : 'False',
          lastHeartbeatTime: '2026-01-01T00:02:00Z',
        })),
      },
    }));
    await s.live(400_000);
    expect(s.taints()).toEqual([]);
    expect(s.h.pods()).toHaveLength(2);
    expect(s.h.api.events()).toContain('Normal TaintManagerEviction Cancelling deletion of Pod default/web');
  });

  it('evicts nobody when every node is silent', async () => {
    const s = await setup();
    await s.live(20_000);
    s.alive.clear();
    await s.live(600_000);
    expect(s.taints()).toEqual(['node.kubernetes.io/unreachable:NoSchedule']);
    expect(s.h.pods()).toHaveLength(2);
  });

  it('taints cordoned nodes', async () => {
    const s = await setup();
    s.h.api.change<Node>(resourceTypes.nodes, 'worker-1', (node) => ({
      ...node,
      spec: { ...node.spec, unschedulable: true },
    }));
    await s.live(10_000);
    expect(s.taints()).toEqual(['node.kubernetes.io/unschedulable:NoSchedule']);
  });

  it.each([
    [[{ operator: 'Exists' }], Infinity],
    [[], 0],
    [[{ key: 'a', operator: 'Exists', tolerationSeconds: 30 }], 30],
    [[{ key: 'a', value: 'x', tolerationSeconds: 30 }], 0],
  ])('tolerates %j for %d s', (tolerations, seconds) => {
    expect(toleratedSeconds([{ key: 'a', effect: 'NoExecute' }], tolerations)).toBe(seconds);
  });
});
