import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { forbidden } from '../../../../apimachinery/validation/field-error.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { Pod } from '../../../types.ts';
import {
  defineStrategy,
  statusSubresource,
  withFirstGeneration,
  withGeneration,
  withStatusOf,
} from '../../../generic-strategy.ts';
import { defaultPod } from './defaults.ts';
import { EPHEMERAL_CONTAINERS } from './ephemeral-containers.ts';
import { withLabelKeysMerged } from './label-keys.ts';
import { POD_RESIZE } from './resize.ts';
import { computePodQos } from './qos.ts';
import { validatePodSpec } from './spec-validation.ts';
import { POD_COLUMNS, podRow } from './table.ts';
import { validatePodSpecUpdate, validatePodStatusUpdate } from './update-validation.ts';
import { podSpecWarnings } from './warnings.ts';

const GVK = { group: '', version: 'v1', kind: 'Pod' };
const FIELD_LABELS = [
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.serviceAccountName',
  'spec.hostNetwork',
  'status.phase',
  'status.podIP',
  'status.podIPs',
  'status.nominatedNodeName',
];

/** Pods. Models pkg/registry/core/pod/strategy.go (v1.34). */
export const POD_STRATEGY: KindStrategy<Pod> = defineStrategy<Pod>({
  gvk: GVK,
  resource: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  storageVersionHash: 'xPOwRZ+Yhw8=',
  subresources: [
    { name: 'binding', kind: { group: '', version: 'v1', kind: 'Binding' }, verbs: ['create'] },
    { name: 'ephemeralcontainers', kind: GVK, verbs: ['get', 'patch', 'update'] },
    { name: 'eviction', kind: { group: 'policy', version: 'v1', kind: 'Eviction' }, verbs: ['create'] },
    { name: 'log', kind: GVK, verbs: ['get'] },
    { name: 'resize', kind: GVK, verbs: ['get', 'patch', 'update'] },
    statusSubresource(GVK),
  ],
  applyDefaults: defaultPod,
  prepareForCreate(pod) {
    const status = { phase: 'Pending', qosClass: computePodQos(pod) };
    const gated = (pod.spec?.schedulingGates?.length ?? 0) > 0;
    const conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
      },
    ];
    return withFirstGeneration({
      ...withLabelKeysMerged(pod),
      status: gated ? { ...status, conditions } : status,
    });
  },
  prepareForUpdate: (pod, old) => withGeneration(withStatusOf(pod, old), old),
  validate: (pod) => [...validatePodSpec(pod.spec ?? { containers: [] }, 'spec'), ...validateNewPod(pod)],
  validateUpdateReplaces: true,
  validateUpdate: validatePodSpecUpdate,
  warnings: (pod) => podSpecWarnings(pod.spec, 'spec'),
  status: {
    prepareForUpdate(pod, old) {
      const qosClass = pod.status?.qosClass ?? old.status?.qosClass;
      const generation = old.metadata?.generation;
      const kept =
        pod.metadata?.generation === generation ? pod : { ...pod, metadata: { ...pod.metadata, generation } };
      if (qosClass === kept.status?.qosClass) return kept;
      return { ...kept, status: { ...kept.status, qosClass } };
    },
    validate: validatePodStatusUpdate,
  },
  ephemeralContainers: EPHEMERAL_CONTAINERS,
  resize: POD_RESIZE,
  fieldLabels: FIELD_LABELS,
  selectableFields: (pod) => ({
    'spec.nodeName': pod.spec?.nodeName ?? '',
    'spec.restartPolicy': pod.spec?.restartPolicy ?? '',
    'spec.schedulerName': pod.spec?.schedulerName ?? '',
    'spec.serviceAccountName': pod.spec?.serviceAccountName ?? '',
    'spec.hostNetwork': String(pod.spec?.hostNetwork ?? false),
    'status.phase': pod.status?.phase ?? '',
    'status.podIP': pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP ?? '',
    'status.nominatedNodeName': pod.status?.nominatedNodeName ?? '',
  }),
  columns: POD_COLUMNS,
  tableRow: podRow,
  gracePeriod: podGracePeriod,
});

/** What only a new Pod may not have. Models ValidatePodCreate (v1.34). */
function validateNewPod(pod: Pod): FieldError[] {
  const errors: FieldError[] = [];
  const nodeName = pod.spec?.nodeName ?? '';
  if (nodeName !== '' && (pod.spec?.schedulingGates?.length ?? 0) > 0) {
    errors.push(forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  }
  if ((pod.spec?.ephemeralContainers?.length ?? 0) > 0) {
    errors.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  }
  return errors;
}

/**
 * Seconds a Pod gets to stop: what was asked for, else its own; none for one that never reached a node or has
 * ended. Models podStrategy.CheckGracefulDelete (v1.34).
 */
function podGracePeriod(pod: Pod, request: { readonly gracePeriodSeconds?: number }): number {
  let period = request.gracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 0;
  if ((pod.spec?.nodeName ?? '') === '') period = 0;
  if (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') period = 0;
  return period < 0 ? 1 : period;
}
