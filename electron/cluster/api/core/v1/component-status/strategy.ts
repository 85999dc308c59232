import { described } from '../../../described-resource.ts';
import { defineStrategy } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { ComponentStatus } from '../../../types.ts';

/** How the control plane's components are: asked anew with every read, and stored nowhere. Models pkg/registry/core/componentstatus (v1.34). */
export const COMPONENT_STATUS_STRATEGY: KindStrategy<ComponentStatus> = defineStrategy<ComponentStatus>({
  ...described('v1', 'componentstatuses'),
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  tableRow: (component) => {
    const healthy = component.conditions?.find(({ type }) => type === 'Healthy');
    const status = healthy === undefined ? 'Unknown' : healthy.status === 'True' ? 'Healthy' : 'Unhealthy';
    return [component.metadata?.name ?? '', status, healthy?.message ?? '', healthy?.error ?? ''];
  },
});
