import { describe, expect, it } from 'vitest';
import { Heap } from './heap.ts';
import { SeededRand } from './rand.ts';

function drained(heap: Heap<number>): number[] {
  const out: number[] = [];
  for (let item = heap.pop(); item !== undefined; item = heap.pop()) out.push(item);
  return out;
}

describe('Heap', () => {
  it.each([0, 1, 2, 3, 10, 1000])('gives %i items in order, after some were dropped too', (count) => {
    const rand = new SeededRand(`heap ${count}`);
    const heap = new Heap<number>((a, b) => a < b);
    const items = Array.from({ length: count }, () => rand.float());
    for (const item of items) heap.push(item);
    const keep = (item: number): boolean => item > 0.3;
    heap.retain(keep);
    const kept = items.filter(keep).sort((a, b) => a - b);
    expect(heap.size).toBe(kept.length);
    expect(drained(heap)).toEqual(kept);
  });
});
