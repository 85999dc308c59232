import { defineStrategy, statusSubresource } from '../../api/generic-strategy.ts';
import type { KindStrategy } from '../../api/strategy.ts';
import type { KubeObject, Namespace } from '../../api/types.ts';

const NAMESPACE = { group: '', version: 'v1', kind: 'Namespace' };
const CONFIG_MAP = { group: '', version: 'v1', kind: 'ConfigMap' };

/** Two small kinds, so that what is generic can be tested by itself. */
export const TEST_STRATEGIES: readonly KindStrategy[] = [
  defineStrategy<Namespace & KubeObject>({
    gvk: NAMESPACE,
    resource: 'namespaces',
    singular: 'namespace',
    storageVersionHash: 'a',
    namespaced: false,
    verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
    subresources: [statusSubresource(NAMESPACE)],
    status: {},
    prepareForCreate: (object) => ({
      ...object,
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    }),
    tableRow: (object) => [object.metadata?.name ?? ''],
  }) as unknown as KindStrategy,
  defineStrategy<KubeObject>({
    gvk: CONFIG_MAP,
    resource: 'configmaps',
    singular: 'configmap',
    storageVersionHash: 'b',
    shortNames: ['cm'],
    namespaced: true,
    tableRow: (object) => [object.metadata?.name ?? '', 0, ''],
  }),
];
