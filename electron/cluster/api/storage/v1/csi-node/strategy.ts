import { ageOf } from '../../../../apimachinery/duration.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { duplicate, required } from '../../../../apimachinery/validation/field-error.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { CSINode } from '../../../types.ts';

/** CSINodes: the storage drivers of each node. Models pkg/registry/storage/csinode (v1.34). */
export const CSI_NODE_STRATEGY: KindStrategy<CSINode> = defineStrategy<CSINode>({
  ...described('storage.k8s.io/v1', 'csinodes'),
  validate(node): FieldError[] {
    const names = new Set<string>();
    return (node.spec?.drivers ?? []).flatMap(({ name = '', nodeID = '' }, index) => {
      const path = `spec.drivers[${index}]`;
      const errors: FieldError[] = [];
      if (name === '') errors.push(required(`${path}.name`));
      if (nodeID === '') errors.push(required(`${path}.nodeID`));
      if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
      names.add(name);
      return errors;
    });
  },
  tableRow: (node, now) => [
    node.metadata?.name ?? '',
    node.spec?.drivers?.length ?? 0,
    ageOf(node.metadata?.creationTimestamp, now),
  ],
});
