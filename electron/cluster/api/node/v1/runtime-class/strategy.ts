import { ageOf } from '../../../../apimachinery/duration.ts';
import { invalid } from '../../../../apimachinery/validation/field-error.ts';
import { isDNS1123Label } from '../../../../apimachinery/validation/names.ts';
import { validateImmutableField } from '../../../../apimachinery/validation/object-meta.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { RuntimeClass } from '../../../types.ts';

/** RuntimeClasses. Models pkg/registry/node/runtimeclass (v1.34). */
export const RUNTIME_CLASS_STRATEGY: KindStrategy<RuntimeClass> = defineStrategy<RuntimeClass>({
  ...described('node.k8s.io/v1', 'runtimeclasses'),
  validate: ({ handler = '' }) =>
    isDNS1123Label(handler).map((message) => invalid('handler', handler, message)),
  validateUpdate: (runtime, old) => validateImmutableField(runtime.handler, old.handler, 'handler'),
  tableRow: (runtime, now) => [
    runtime.metadata?.name ?? '',
    runtime.handler,
    ageOf(runtime.metadata?.creationTimestamp, now),
  ],
});
