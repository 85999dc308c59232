import { described } from '../../../described-resource.ts';
import { defineStrategy } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { LimitRange, LimitRangeItem } from '../../../types.ts';
import { validateLimitRange } from './validation.ts';

/** LimitRanges. Models pkg/registry/core/limitrange (v1.34). */
export const LIMIT_RANGE_STRATEGY: KindStrategy<LimitRange> = defineStrategy<LimitRange>({
  ...described('v1', 'limitranges'),
  applyDefaults: (range) =>
    range.spec?.limits === undefined
      ? range
      : { ...range, spec: { ...range.spec, limits: range.spec.limits.map(defaultItem) } },
  validate: validateLimitRange,
  tableRow: (range) => [range.metadata?.name ?? '', range.metadata?.creationTimestamp ?? '<unknown>'],
});

/** A container's default limit is its highest; its default request that limit, else the lowest. Models SetDefaults_LimitRangeItem (v1.34). */
function defaultItem(item: LimitRangeItem): LimitRangeItem {
  if (item.type !== 'Container') return item;
  const limits = { ...item.max, ...item.default };
  const requests = { ...item.min, ...limits, ...item.defaultRequest };
  const some = (amounts: Readonly<Record<string, string>>): boolean => Object.keys(amounts).length > 0;
  return {
    ...item,
    ...(some(limits) ? { default: limits } : {}),
    ...(some(requests) ? { defaultRequest: requests } : {}),
  };
}
