import { describe, expect, it } from 'vitest';
import { fakePod } from '../../../testing/fake-world.ts';
import { PodSlots } from './pod-slots.ts';

const area = { x: 0, y: 0, w: 204, h: 66 };
const place = (slots: PodSlots, names: readonly string[]) => {
  const { cells } = slots.arrange(
    names.map((name) => fakePod(name, 'worker-1', 'Running')),
    area,
  );
  return new Map(cells.map((cell) => [cell.pod.name, `${cell.x},${cell.y}`]));
};

describe('PodSlots', () => {
  it('keeps each Pod where it is, and gives a newcomer the place that became free', () => {
    const slots = new PodSlots();
    const before = place(slots, ['a', 'b', 'c']);
    const without = place(slots, ['a', 'c']);
    expect(without.get('c')).toBe(before.get('c'));
    const after = place(slots, ['a', 'c', 'd']);
    expect(after.get('d')).toBe(before.get('b'));
    expect(after.get('c')).toBe(before.get('c'));
  });

  it('names groups by owner and falls back to a grid when there are too many', () => {
    const slots = new PodSlots();
    const pods = ['x', 'y'].map((owner) =>
      fakePod(owner, 'worker-1', 'Running', { owner: `ReplicaSet/${owner}` }),
    );
    expect(slots.arrange(pods, area).labels.map((label) => label.text)).toEqual(['x', 'y']);
    const many = Array.from({ length: 8 }, (_, index) =>
      fakePod(`p${index}`, 'worker-1', 'Running', { owner: `ReplicaSet/o${index}` }),
    );
    expect(slots.arrange(many, area).labels).toEqual([]);
  });

  it.each([30, 110, 1000])('fits %i Pods into the area without overlap', (count) => {
    const pods = Array.from({ length: count }, (_, index) => fakePod(`p${index}`, 'worker-1', 'Running'));
    const { cells } = new PodSlots().arrange(pods, area);
    expect(new Set(cells.map((cell) => `${cell.x},${cell.y}`)).size).toBe(count);
    for (const cell of cells) {
      expect(cell.x + cell.size).toBeLessThanOrEqual(area.w);
      expect(cell.y + cell.size).toBeLessThanOrEqual(area.h);
    }
  });
});
