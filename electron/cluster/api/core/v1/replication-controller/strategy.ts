import { ageOf } from '../../../../apimachinery/duration.ts';
import { formatLabels } from '../../../../apimachinery/labels.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { required } from '../../../../apimachinery/validation/field-error.ts';
import { defaultPodTemplate, nonNegative, validateTemplate } from '../../../apps/v1/pod-template.ts';
import { validateReplicaSetStatus } from '../../../apps/v1/replica-set/validation.ts';
import { workloadScale } from '../../../apps/v1/scale.ts';
import { withoutZeros } from '../../../apps/v1/status-counters.ts';
import { containersAndImages } from '../../../apps/v1/workload-table.ts';
import { described } from '../../../described-resource.ts';
import {
  defineStrategy,
  withFirstGeneration,
  withGeneration,
  withStatusOf,
} from '../../../generic-strategy.ts';
import type { KindStrategy, ScaleStrategy } from '../../../strategy.ts';
import type { ReplicaSet, ReplicationController, ReplicationControllerSpec } from '../../../types.ts';
import { podSpecWarnings } from '../pod/warnings.ts';

const COUNTERS = ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const;

/** ReplicationControllers. Models pkg/registry/core/replicationcontroller/strategy.go (v1.34). */
export const REPLICATION_CONTROLLER_STRATEGY: KindStrategy<ReplicationController> =
  defineStrategy<ReplicationController>({
    ...described('v1', 'replicationcontrollers'),
    applyDefaults: defaultReplicationController,
    prepareForCreate: (controller) => withFirstGeneration({ ...controller, status: { replicas: 0 } }),
    prepareForUpdate: (controller, old) => withGeneration(withStatusOf(controller, old), old),
    validate: validateReplicationController,
    warnings: (controller) => podSpecWarnings(controller.spec?.template?.spec, 'spec.template.spec'),
    status: {
      prepareForUpdate: (controller, old) => ({
        ...controller,
        metadata: { ...controller.metadata, generation: old.metadata?.generation },
        status: withoutZeros(controller.status, COUNTERS),
      }),
      validate: (controller) => validateReplicaSetStatus(controller as unknown as ReplicaSet),
    },
    scale: scaleBySet(),
    fieldLabels: ['status.replicas'],
    selectableFields: (controller) => ({ 'status.replicas': String(controller.status?.replicas ?? 0) }),
    tableRow(controller, now) {
      const { spec, status } = controller;
      return [
        controller.metadata?.name ?? '',
        spec?.replicas ?? 0,
        status?.replicas ?? 0,
        status?.readyReplicas ?? 0,
        ageOf(controller.metadata?.creationTimestamp, now),
        ...containersAndImages(spec?.template),
        formatLabels(spec?.selector),
      ];
    },
  });

/** Labels and selector come from the template when they are absent. Models SetDefaults_ReplicationController (v1.34). */
function defaultReplicationController(controller: ReplicationController): ReplicationController {
  const spec = controller.spec ?? ({} as ReplicationControllerSpec);
  const labels = spec.template?.metadata?.labels;
  const { metadata } = controller;
  const ownLabels = Object.keys(metadata?.labels ?? {}).length > 0 ? metadata?.labels : labels;
  const selector = Object.keys(spec.selector ?? {}).length > 0 ? spec.selector : labels;
  return {
    ...controller,
    metadata: { ...metadata, ...(ownLabels === undefined ? {} : { labels: ownLabels }) },
    spec: {
      ...spec,
      replicas: spec.replicas ?? 1,
      ...(selector === undefined ? {} : { selector }),
      ...(spec.template === undefined ? {} : { template: defaultPodTemplate(spec.template) }),
    },
  };
}

/** Models ValidateReplicationControllerSpec (v1.34). */
function validateReplicationController(controller: ReplicationController): FieldError[] {
  const spec = controller.spec ?? {};
  const errors = nonNegative(spec.minReadySeconds, 'spec.minReadySeconds');
  const empty = Object.keys(spec.selector ?? {}).length === 0;
  if (empty) errors.push(required('spec.selector'));
  errors.push(...nonNegative(spec.replicas, 'spec.replicas'));
  if (spec.template === undefined) return [...errors, required('spec.template')];
  const selector = empty ? undefined : { matchLabels: spec.selector };
  errors.push(...validateTemplate(spec.template, selector, 'ReplicationController'));
  return errors;
}

/** Scale of a workload whose selector is a plain set of labels. */
function scaleBySet(): ScaleStrategy<ReplicationController> {
  const byLabels = workloadScale<ReplicaSet>();
  return {
    toScale: (controller) =>
      byLabels.toScale({
        ...controller,
        spec: { ...controller.spec, selector: { matchLabels: controller.spec?.selector } },
      } as unknown as ReplicaSet),
    withScale: (controller, scale) =>
      byLabels.withScale(controller as unknown as ReplicaSet, scale) as unknown as ReplicationController,
  };
}
