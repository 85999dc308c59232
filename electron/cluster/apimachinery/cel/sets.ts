import { CelScalar, celFunc, listType } from '@bufbuild/cel';
import type { CelFunc, CelList } from '@bufbuild/cel';
import { deepEqual } from '../deep-equal.ts';
import { fromCel } from './values.ts';

const { BOOL, DYN } = CelScalar;
const LIST = listType(DYN);

const plain = (list: CelList): readonly unknown[] => [...list].map(fromCel);
const has = (all: readonly unknown[], one: unknown): boolean => all.some((other) => deepEqual(other, one));
const covers = (all: readonly unknown[], some: readonly unknown[]): boolean =>
  some.every((one) => has(all, one));

/** Lists as sets. Models cel-go's ext/sets.go. `spend` is told how many comparisons there may be. */
export function setFunctions(spend: (cost: number) => void): readonly CelFunc[] {
  const define = (
    name: string,
    answer: (one: readonly unknown[], other: readonly unknown[]) => boolean,
  ): CelFunc =>
    celFunc(`sets.${name}`, [LIST, LIST], BOOL, (one, other) => {
      spend(one.size * other.size);
      return answer(plain(one), plain(other));
    });
  return [
    define('contains', covers),
    define('equivalent', (one, other) => covers(one, other) && covers(other, one)),
    define('intersects', (one, other) => one.some((item) => has(other, item))),
  ];
}
