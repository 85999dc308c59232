import { describe, expect, it } from 'vitest';
import type { ComponentView, MachineView } from '../../../../electron/shared/contract/diagram.ts';
import { fakeComponents, fakeMachines } from '../../../testing/fake-world.ts';
import type { Rect } from './geometry.ts';
import { LayoutMemory } from './layout-memory.ts';
import { naturalLinks } from './links.ts';

const overlap = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

describe('LayoutMemory', () => {
  it.each([
    ['2 workers', 2, false],
    ['3 zones', 3, true],
    ['100 workers in 3 zones', 100, true],
  ])('places everything without overlap: %s', (_name, workers, zones) => {
    const machines = fakeMachines(workers, zones);
    const layout = new LayoutMemory().arrange(machines, fakeComponents(machines));
    const frames = [...layout.machines.values(), layout.unbound];
    expect(layout.machines.size).toBe(workers + 2);
    for (const [index, a] of frames.entries())
      for (const b of frames.slice(index + 1)) expect(overlap(a, b)).toBe(false);
    const blocks = [...layout.components.values()];
    for (const [index, a] of blocks.entries())
      for (const b of blocks.slice(index + 1)) expect(overlap(a, b)).toBe(false);
    expect(layout.zones.map((zone) => zone.zone)).toEqual(zones ? ['AD-1', 'AD-2', 'AD-3'] : []);
  });

  it('keeps the place of a machine while others go and come back', () => {
    const memory = new LayoutMemory();
    const machines = fakeMachines(3, false);
    const components = fakeComponents(machines);
    const before = memory.arrange(machines, components).machines.get('worker-3');
    const without = machines.filter((machine) => machine.name !== 'worker-2');
    expect(memory.arrange(without, components).machines.get('worker-3')).toEqual(before);
    expect(
      memory.arrange([...without, ...machines.slice(-2, -1)], components).machines.get('worker-3'),
    ).toEqual(before);
  });

  it('gives slots in the order machines came, first to the left', () => {
    const machines = fakeMachines(2, false);
    const { machines: rects } = new LayoutMemory().arrange(machines, fakeComponents(machines));
    expect(rects.get('worker-1')?.x).toBeLessThan(rects.get('worker-2')?.x ?? 0);
  });
});

describe('a load balancer', () => {
  const machines: MachineView[] = [
    ...fakeMachines(2, false, 3),
    { ...(fakeMachines(0, false)[1] as MachineView), name: 'lb-1', isNode: false, ready: null },
  ];
  const haproxy: ComponentView = {
    id: 'lb-1/haproxy',
    machine: 'lb-1',
    name: 'haproxy',
    kind: 'load-balancer',
    health: 'running',
    runsAs: 'unit',
  };
  const components = [...fakeComponents(machines).filter(({ machine }) => machine !== 'lb-1'), haproxy];

  it('is as small as what it does, between those outside and the control planes', () => {
    const layout = new LayoutMemory().arrange(machines, components);
    const [lb, cp1] = ['lb-1', 'cp-1'].map((name) => layout.machines.get(name) as Rect) as [Rect, Rect];
    expect(lb.w).toBe(128);
    expect(lb.x + lb.w).toBeLessThan(cp1.x);
    expect(lb.y + lb.h).toBe(cp1.y + cp1.h);
    expect(layout.pods.has('lb-1')).toBe(false);
    const frames = [...layout.machines.values(), layout.unbound];
    for (const [index, a] of frames.entries())
      for (const b of frames.slice(index + 1)) expect(overlap(a, b)).toBe(false);
  });

  it('stands below those outside, and Pods without a node beside the workers, so that three control planes stay legible', () => {
    const layout = new LayoutMemory().arrange(machines, components);
    const rect = (name: string): Rect => layout.machines.get(name) as Rect;
    expect(rect('console').x).toBe(rect('lb-1').x);
    expect(rect('console').y + rect('console').h).toBeLessThan(rect('lb-1').y);
    expect(layout.unbound.y).toBe(rect('worker-2').y);
    expect(layout.unbound.x).toBeGreaterThan(rect('worker-2').x + rect('worker-2').w);
    expect(layout.bounds.w).toBe(rect('cp-3').x + rect('cp-3').w);
  });

  it('is what kubelets and those outside talk to; it talks to every API server', () => {
    const links = naturalLinks(components).map((link) => `${link.from} ${link.to}`);
    expect(links).toContain('worker-1/kubelet lb-1/haproxy');
    expect(links).toContain('console/kubectl lb-1/haproxy');
    for (const cp of ['cp-1', 'cp-2', 'cp-3']) {
      expect(links).toContain(`lb-1/haproxy ${cp}/kube-apiserver`);
      expect(links).toContain(`${cp}/kube-scheduler ${cp}/kube-apiserver`);
    }
    expect(links).not.toContain('worker-1/kubelet cp-1/kube-apiserver');
  });
});

describe('naturalLinks', () => {
  it('joins clients to the API server, and only the API server to etcd', () => {
    const machines = fakeMachines(2, false);
    const links = naturalLinks(fakeComponents(machines)).map((link) => `${link.from} ${link.to}`);
    expect(links).toContain('cp-1/kube-apiserver cp-1/etcd');
    expect(links).toContain('worker-2/kubelet cp-1/kube-apiserver');
    expect(links).toContain('console/kubectl cp-1/kube-apiserver');
    expect(links).toContain('worker-1/kubelet worker-1/containerd');
    expect(links.filter((link) => link.endsWith('cp-1/etcd'))).toHaveLength(1);
  });

  it('joins what etcdctl comes in by to every member, and to no API server', () => {
    const machines = fakeMachines(2, false);
    const gateway: ComponentView = {
      id: 'console/etcd-gateway', machine: 'console', name: 'etcd-gateway', kind: 'console', health: 'running', runsAs: 'outside',
    }; // prettier-ignore
    const member: ComponentView = {
      id: 'cp-2/etcd', machine: 'cp-2', name: 'etcd', kind: 'etcd', health: 'running', runsAs: 'static-pod',
    }; // prettier-ignore
    const links = naturalLinks([...fakeComponents(machines), member, gateway]).filter(
      ({ from }) => from === gateway.id,
    );
    expect(links.map(({ to }) => to)).toEqual(['cp-1/etcd', 'cp-2/etcd']);
  });
});
