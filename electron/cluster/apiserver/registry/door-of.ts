import type { KindStrategy, UpdateStrategy } from '../../api/strategy.ts';
import type { KubeObject } from '../../api/types.ts';

/** How updates go through a subresource that is the object itself by another door; undefined when the kind has none such. */
export function doorOf(strategy: KindStrategy, subresource: string): UpdateStrategy<KubeObject> | undefined {
  if (subresource === 'status') return strategy.status;
  if (subresource === 'ephemeralcontainers') return strategy.ephemeralContainers;
  if (subresource === 'resize') return strategy.resize;
  return subresource === 'approval' ? strategy.approval : undefined;
}
