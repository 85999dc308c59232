import { ageOf } from '../../../../apimachinery/duration.ts';
import { isDNS1123Label } from '../../../../apimachinery/validation/names.ts';
import { nameValidator } from '../../../../apimachinery/validation/object-meta.ts';
import { podSpecWarnings } from '../../../core/v1/pod/warnings.ts';
import { described } from '../../../described-resource.ts';
import {
  defineStrategy,
  withFirstGeneration,
  withGeneration,
  withStatusOf,
} from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { StatefulSet, StatefulSetSpec } from '../../../types.ts';
import { defaultPodTemplate } from '../pod-template.ts';
import { workloadScale } from '../scale.ts';
import { withoutZeros } from '../status-counters.ts';
import { containersAndImages } from '../workload-table.ts';
import { validateStatefulSet, validateStatefulSetStatus, validateStatefulSetUpdate } from './validation.ts';

const EMPTY_STATUS = { replicas: 0, availableReplicas: 0 };
const COUNTERS = ['readyReplicas', 'currentReplicas', 'updatedReplicas'] as const;

/** StatefulSets. Models pkg/registry/apps/statefulset/strategy.go (v1.34). */
export const STATEFUL_SET_STRATEGY: KindStrategy<StatefulSet> = defineStrategy<StatefulSet>({
  ...described('apps/v1', 'statefulsets'),
  names: nameValidator(isDNS1123Label),
  applyDefaults: defaultStatefulSet,
  prepareForCreate: (statefulSet) => withFirstGeneration({ ...statefulSet, status: EMPTY_STATUS }),
  prepareForUpdate: (statefulSet, old) => withGeneration(withStatusOf(statefulSet, old), old),
  validate: validateStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  warnings: (statefulSet) => podSpecWarnings(statefulSet.spec?.template?.spec, 'spec.template.spec'),
  status: {
    prepareForUpdate: (statefulSet, old) => ({
      ...statefulSet,
      metadata: { ...statefulSet.metadata, generation: old.metadata?.generation },
      status: withoutZeros({ ...EMPTY_STATUS, ...statefulSet.status }, COUNTERS),
    }),
    validate: validateStatefulSetStatus,
  },
  scale: workloadScale<StatefulSet>(),
  tableRow(statefulSet, now) {
    const { spec, status } = statefulSet;
    return [
      statefulSet.metadata?.name ?? '',
      `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
      ageOf(statefulSet.metadata?.creationTimestamp, now),
      ...containersAndImages(spec?.template),
    ];
  },
});

/** Models SetDefaults_StatefulSet (v1.34). */
function defaultStatefulSet(statefulSet: StatefulSet): StatefulSet {
  const spec = statefulSet.spec ?? ({} as StatefulSetSpec);
  const type = spec.updateStrategy?.type ?? 'RollingUpdate';
  const { rollingUpdate } = spec.updateStrategy ?? {};
  const updateStrategy =
    type === 'RollingUpdate'
      ? { type, rollingUpdate: { ...rollingUpdate, partition: rollingUpdate?.partition ?? 0 } }
      : { ...spec.updateStrategy, type };
  const retention = spec.persistentVolumeClaimRetentionPolicy;
  return {
    ...statefulSet,
    spec: {
      ...spec,
      replicas: spec.replicas ?? 1,
      podManagementPolicy: spec.podManagementPolicy ?? 'OrderedReady',
      template: defaultPodTemplate(spec.template),
      updateStrategy,
      revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
      persistentVolumeClaimRetentionPolicy: {
        whenDeleted: retention?.whenDeleted ?? 'Retain',
        whenScaled: retention?.whenScaled ?? 'Retain',
      },
      ...(spec.volumeClaimTemplates === undefined
        ? {}
        : { volumeClaimTemplates: spec.volumeClaimTemplates.map(defaultClaimTemplate) }),
    },
  } as StatefulSet;
}

type ClaimTemplate = NonNullable<StatefulSetSpec['volumeClaimTemplates']>[number];

function defaultClaimTemplate(claim: ClaimTemplate): ClaimTemplate {
  return {
    ...claim,
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    spec: { ...claim.spec, volumeMode: claim.spec?.volumeMode ?? 'Filesystem' },
    status: { phase: 'Pending' },
  };
}
