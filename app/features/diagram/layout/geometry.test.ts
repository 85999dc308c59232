import { describe, expect, it } from 'vitest';
import { fakeComponents, fakeMachines } from '../../../testing/fake-world.ts';
import { along, beside, between, over, pathOf } from './geometry.ts';
import { LayoutMemory } from './layout-memory.ts';

const left = { x: 0, y: 30, w: 100, h: 36 };
const right = { x: 600, y: 30, w: 100, h: 36 };

describe('ways between things', () => {
  it('are straight, from border to border', () => {
    const way = between(left, right);
    expect(along(way, 0)).toEqual({ x: 100, y: 48 });
    expect(along(way, 0.5)).toEqual({ x: 350, y: 48 });
    expect(beside(way, 0.5)).toEqual({ x: -0, y: 1 });
    expect(pathOf(way)).toBe('M100 48L600 48');
  });

  it('of members of etcd are arcs above everything, the higher the farther', () => {
    const way = over(left, right, 0);
    expect([along(way, 0), along(way, 1)]).toEqual([
      { x: 50, y: 30 },
      { x: 650, y: 30 },
    ]);
    const peak = along(way, 0.5);
    expect(peak).toEqual({ x: 350, y: -34 });
    expect(along(over(left, { ...right, x: 300 }, 0), 0.5).y).toBeGreaterThan(peak.y);
    expect(pathOf(way)).toBe('M50 30Q350 -98 650 30');
  });
});

describe('several control planes', () => {
  it('are narrow, side by side, with room above for the arcs; one alone is as it was', () => {
    const arrange = (count: number) => {
      const machines = fakeMachines(2, false, count);
      return new LayoutMemory().arrange(machines, fakeComponents(machines));
    };
    expect(arrange(1).machines.get('cp-1')?.w).toBe(444);
    const three = arrange(3);
    expect(three.machines.get('cp-3')?.w).toBe(292);
    const blocks = [...three.components].filter(([id]) => id.startsWith('cp-2/'));
    expect(blocks).toHaveLength(8);
    // No block lies on another.
    for (const [id, a] of blocks)
      for (const [other, b] of blocks)
        if (id < other)
          expect(
            a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y,
            `${id} ${other}`,
          ).toBe(true);
    const etcds = ['cp-1/etcd', 'cp-3/etcd'].map((id) => three.components.get(id)!);
    expect(along(over(etcds[0]!, etcds[1]!, three.top), 0.5).y).toBeGreaterThan(three.bounds.y);
  });
});
