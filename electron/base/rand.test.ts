import { describe, expect, it } from 'vitest';
import { SeededRand } from './rand.ts';

describe('SeededRand', () => {
  it('gives the same sequence for the same seed and another for another', () => {
    const draw = (seed: string): number[] => {
      const rand = new SeededRand(seed);
      return Array.from({ length: 8 }, () => rand.int(1000));
    };
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('a')).not.toEqual(draw('b'));
  });

  it('goes on from a kept state exactly where it was', () => {
    const rand = new SeededRand(7);
    rand.uuid();
    const copy = new SeededRand(rand.state);
    expect([copy.float(), copy.int(10), copy.string(5, 'abc')]).toEqual([
      rand.float(),
      rand.int(10),
      rand.string(5, 'abc'),
    ]);
  });

  it('makes version 4 UUIDs and stays within bounds', () => {
    expect(new SeededRand('uuid').uuid()).toBe('50f6ce54-acd2-4059-a38c-9ebc755611df');
    const rand = new SeededRand(3);
    for (let index = 0; index < 1000; index += 1) {
      expect(rand.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      const value = rand.int(3);
      expect(value >= 0 && value < 3).toBe(true);
    }
  });
});
