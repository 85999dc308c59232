import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inRange } from './model.testing.ts';
import { WatcherGroup } from './watcher-group.ts';

const name = fc.constantFrom('a', 'aa', 'ab', 'b', 'ba', 'c', 'd');
const range = fc.record({ key: name, end: fc.oneof(name, fc.constantFrom('', '\0')) });

describe('WatcherGroup', () => {
  it('finds exactly those who want a key, after any additions and removals', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(range, fc.boolean()), { maxLength: 25 }), (steps) => {
        const group = new WatcherGroup<{ key: string; end: string }>();
        const present = new Set<{ key: string; end: string }>();
        for (const [watcher, add] of steps) {
          const [first] = present;
          if (add || first === undefined) {
            group.add(watcher);
            present.add(watcher);
          } else {
            expect(group.delete(first)).toBe(true);
            expect(group.delete(first)).toBe(false);
            present.delete(first);
          }
        }
        for (const key of ['a', 'aa', 'aaa', 'b', 'bz', 'c', 'd', 'e']) {
          const found: { key: string; end: string }[] = [];
          group.find(key, found);
          expect(new Set(found)).toEqual(
            new Set([...present].filter((item) => inRange(key, item.key, item.end))),
          );
          expect(found).toHaveLength(new Set(found).size);
        }
        expect(group.size).toBe(present.size);
      }),
    );
  });
});
