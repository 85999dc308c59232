import { ageOf } from '../../../../apimachinery/duration.ts';
import { formatLabelSelector } from '../../../../apimachinery/labels.ts';
import {
  defineStrategy,
  statusSubresource,
  withFirstGeneration,
  withGeneration,
  withStatusOf,
} from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { ReplicaSet, ReplicaSetSpec } from '../../../types.ts';
import { podSpecWarnings } from '../../../core/v1/pod/warnings.ts';
import { defaultPodTemplate } from '../pod-template.ts';
import { workloadScale } from '../scale.ts';
import { withoutZeros } from '../status-counters.ts';
import { containersAndImages } from '../workload-table.ts';
import { validateReplicaSet, validateReplicaSetStatus, validateReplicaSetUpdate } from './validation.ts';

const GVK = { group: 'apps', version: 'v1', kind: 'ReplicaSet' };
const COUNTERS = ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const;

/** ReplicaSets. Models pkg/registry/apps/replicaset/strategy.go (v1.34). */
export const REPLICA_SET_STRATEGY: KindStrategy<ReplicaSet> = defineStrategy<ReplicaSet>({
  gvk: GVK,
  resource: 'replicasets',
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  storageVersionHash: 'P1RzHs8/mWQ=',
  subresources: [
    {
      name: 'scale',
      kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
      verbs: ['get', 'patch', 'update'],
    },
    statusSubresource(GVK),
  ],
  applyDefaults(replicaSet) {
    const spec = replicaSet.spec ?? ({} as ReplicaSetSpec);
    return {
      ...replicaSet,
      spec: { ...spec, replicas: spec.replicas ?? 1, template: defaultPodTemplate(spec.template) },
    };
  },
  prepareForCreate: (replicaSet) => withFirstGeneration({ ...replicaSet, status: { replicas: 0 } }),
  prepareForUpdate: (replicaSet, old) => withGeneration(withStatusOf(replicaSet, old), old),
  validate: validateReplicaSet,
  validateUpdate: validateReplicaSetUpdate,
  warnings: (replicaSet) => podSpecWarnings(replicaSet.spec?.template?.spec, 'spec.template.spec'),
  status: {
    prepareForUpdate: (replicaSet, old) => ({
      ...replicaSet,
      metadata: { ...replicaSet.metadata, generation: old.metadata?.generation },
      status: withoutZeros(replicaSet.status, COUNTERS),
    }),
    validate: validateReplicaSetStatus,
  },
  scale: workloadScale<ReplicaSet>(),
  fieldLabels: ['status.replicas'],
  selectableFields: (replicaSet) => ({ 'status.replicas': String(replicaSet.status?.replicas ?? 0) }),
  tableRow(replicaSet, now) {
    const { spec, status } = replicaSet;
    return [
      replicaSet.metadata?.name ?? '',
      spec?.replicas ?? 0,
      status?.replicas ?? 0,
      status?.readyReplicas ?? 0,
      ageOf(replicaSet.metadata?.creationTimestamp, now),
      ...containersAndImages(spec?.template),
      formatLabelSelector(spec?.selector),
    ];
  },
});
