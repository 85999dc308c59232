import { CelScalar, celFunc, celMethod, isCelList, listType } from '@bufbuild/cel';
import type { CelFunc, CelValue } from '@bufbuild/cel';
import type { AskAuthorizer } from './authorizer.ts';
import { authorizerFunctions } from './authorizer.ts';
import type { CostMeter } from './cost.ts';
import { IPS } from './ips.ts';
import { QUANTITIES } from './quantities.ts';
import { setFunctions } from './sets.ts';
import { URLS } from './urls.ts';

const { BOOL, DYN, INT } = CelScalar;
const LIST = listType(DYN);

const CHECK_COST = 350_000;

export const STEP = '@step';
export const SIZE = '@size';

function compare(one: CelValue, other: CelValue): number {
  return (one as bigint) < (other as bigint) ? -1 : (one as bigint) > (other as bigint) ? 1 : 0;
}

/** The functions on lists that Kubernetes adds. Models apiserver/pkg/cel/library/lists.go (v1.34). */
const LISTS: readonly CelFunc[] = [
  celMethod('isSorted', LIST, [], BOOL, function () {
    const items = [...this];
    return items.every((item, index) => index === 0 || compare(items[index - 1] as CelValue, item) <= 0);
  }),
  celMethod('sum', LIST, [], DYN, function () {
    const items = [...this];
    if (items.every((item) => typeof item === 'bigint')) return items.reduce((sum, item) => sum + item, 0n);
    return items.reduce((sum: number, item) => sum + Number(item), 0);
  }),
  celMethod('min', LIST, [], DYN, function () {
    return extreme([...this], -1, 'min');
  }),
  celMethod('max', LIST, [], DYN, function () {
    return extreme([...this], 1, 'max');
  }),
  celMethod('indexOf', LIST, [DYN], INT, function (item) {
    return BigInt([...this].findIndex((other) => other === item));
  }),
  celMethod('lastIndexOf', LIST, [DYN], INT, function (item) {
    return BigInt([...this].findLastIndex((other) => other === item));
  }),
];

function extreme(items: readonly CelValue[], sign: number, name: string): CelValue {
  const [first, ...rest] = items;
  if (first === undefined) throw new Error(`${name} called on empty list`);
  return rest.reduce((best, item) => (compare(item, best) * sign > 0 ? item : best), first);
}

/** What Kubernetes has beside the standard functions, and the two that count. */
export function kubernetesFunctions(meter: CostMeter, ask: AskAuthorizer): CelFunc[] {
  return [
    ...LISTS,
    ...QUANTITIES,
    ...URLS,
    ...IPS,
    ...setFunctions((cost) => meter.spend(cost)),
    ...authorizerFunctions((question) => {
      // Models the cost of a check (350,000), so that an expression asks a few times and no more.
      meter.spend(CHECK_COST);
      return ask(question);
    }),
    celFunc(STEP, [BOOL], BOOL, (condition) => {
      meter.spend(1);
      return condition;
    }),
    celFunc(SIZE, [DYN], DYN, (value) => {
      if (typeof value === 'string') meter.spend(value.length / 10);
      else meter.spend(isCelList(value) ? value.size : 1);
      return value;
    }),
  ];
}
