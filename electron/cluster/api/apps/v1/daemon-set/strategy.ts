import { ageOf } from '../../../../apimachinery/duration.ts';
import { formatLabels, formatLabelSelector } from '../../../../apimachinery/labels.ts';
import { sameValue } from '../../../../apimachinery/validation/object-meta.ts';
import { podSpecWarnings } from '../../../core/v1/pod/warnings.ts';
import { described } from '../../../described-resource.ts';
import {
  defineStrategy,
  withFirstGeneration,
  withGeneration,
  withStatusOf,
} from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { DaemonSet, DaemonSetSpec } from '../../../types.ts';
import { defaultPodTemplate } from '../pod-template.ts';
import { withoutZeros } from '../status-counters.ts';
import { containersAndImages } from '../workload-table.ts';
import { validateDaemonSet, validateDaemonSetStatus, validateDaemonSetUpdate } from './validation.ts';

/** Counts changes of the template; a field of old versions that lives on as an annotation. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';
const EMPTY_STATUS = {
  currentNumberScheduled: 0,
  desiredNumberScheduled: 0,
  numberMisscheduled: 0,
  numberReady: 0,
};
const COUNTERS = ['updatedNumberScheduled', 'numberAvailable', 'numberUnavailable'] as const;

/** DaemonSets. Models pkg/registry/apps/daemonset/strategy.go (v1.34). */
export const DAEMON_SET_STRATEGY: KindStrategy<DaemonSet> = defineStrategy<DaemonSet>({
  ...described('apps/v1', 'daemonsets'),
  applyDefaults: defaultDaemonSet,
  prepareForCreate: (daemonSet) =>
    withTemplateGeneration(withFirstGeneration({ ...daemonSet, status: EMPTY_STATUS }), 1),
  prepareForUpdate(daemonSet, old) {
    const next = withGeneration(withStatusOf(daemonSet, old), old);
    const before = Number(old.metadata?.annotations?.[TEMPLATE_GENERATION] ?? 1);
    const changed = !sameValue(next.spec?.template, old.spec?.template);
    return withTemplateGeneration(next, changed ? before + 1 : before);
  },
  validate: validateDaemonSet,
  validateUpdate: validateDaemonSetUpdate,
  warnings: (daemonSet) => podSpecWarnings(daemonSet.spec?.template?.spec, 'spec.template.spec'),
  status: {
    prepareForUpdate: (daemonSet, old) => ({
      ...daemonSet,
      metadata: { ...daemonSet.metadata, generation: old.metadata?.generation },
      status: withoutZeros({ ...EMPTY_STATUS, ...daemonSet.status }, COUNTERS),
    }),
    validate: validateDaemonSetStatus,
  },
  tableRow(daemonSet, now) {
    const { spec, status } = daemonSet;
    return [
      daemonSet.metadata?.name ?? '',
      status?.desiredNumberScheduled ?? 0,
      status?.currentNumberScheduled ?? 0,
      status?.numberReady ?? 0,
      status?.updatedNumberScheduled ?? 0,
      status?.numberAvailable ?? 0,
      formatLabels(spec?.template.spec?.nodeSelector),
      ageOf(daemonSet.metadata?.creationTimestamp, now),
      ...containersAndImages(spec?.template),
      formatLabelSelector(spec?.selector),
    ];
  },
});

/** Models SetDefaults_DaemonSet (v1.34). */
function defaultDaemonSet(daemonSet: DaemonSet): DaemonSet {
  const spec = daemonSet.spec ?? ({} as DaemonSetSpec);
  const type = spec.updateStrategy?.type ?? 'RollingUpdate';
  const { rollingUpdate } = spec.updateStrategy ?? {};
  const updateStrategy =
    type === 'RollingUpdate'
      ? {
          type,
          rollingUpdate: {
            ...rollingUpdate,
            maxUnavailable: rollingUpdate?.maxUnavailable ?? 1,
            maxSurge: rollingUpdate?.maxSurge ?? 0,
          },
        }
      : { ...spec.updateStrategy, type };
  return {
    ...daemonSet,
    spec: {
      ...spec,
      template: defaultPodTemplate(spec.template),
      updateStrategy,
      revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
    },
  } as DaemonSet;
}

function withTemplateGeneration(daemonSet: DaemonSet, generation: number): DaemonSet {
  const { metadata } = daemonSet;
  if (metadata?.annotations?.[TEMPLATE_GENERATION] === String(generation)) return daemonSet;
  const annotations = { ...metadata?.annotations, [TEMPLATE_GENERATION]: String(generation) };
  return { ...daemonSet, metadata: { ...metadata, annotations } };
}
