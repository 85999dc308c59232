import { ageOf } from '../../../../apimachinery/duration.ts';
import { formatLabelSelector } from '../../../../apimachinery/labels.ts';
import { sameValue } from '../../../../apimachinery/validation/object-meta.ts';
import {
  defineStrategy,
  statusSubresource,
  withFirstGeneration,
  withGeneration,
  withStatusOf,
} from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { Deployment } from '../../../types.ts';
import { podSpecWarnings } from '../../../core/v1/pod/warnings.ts';
import { workloadScale } from '../scale.ts';
import { withoutZeros } from '../status-counters.ts';
import { containersAndImages } from '../workload-table.ts';
import { defaultDeployment } from './defaults.ts';
import { validateDeployment, validateDeploymentStatus, validateDeploymentUpdate } from './validation.ts';

const GVK = { group: 'apps', version: 'v1', kind: 'Deployment' };
const COUNTERS = [
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'unavailableReplicas',
] as const;

/** Deployments. Models pkg/registry/apps/deployment/strategy.go (v1.34). */
export const DEPLOYMENT_STRATEGY: KindStrategy<Deployment> = defineStrategy<Deployment>({
  gvk: GVK,
  resource: 'deployments',
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  storageVersionHash: '8aSe+NMegvE=',
  subresources: [
    {
      name: 'scale',
      kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
      verbs: ['get', 'patch', 'update'],
    },
    statusSubresource(GVK),
  ],
  applyDefaults: defaultDeployment,
  prepareForCreate: (deployment) => withFirstGeneration({ ...deployment, status: {} }),
  prepareForUpdate(deployment, old) {
    const next = withGeneration(withStatusOf(deployment, old), old);
    // Records of a rollout live in annotations, so a change of them counts as a change of the spec.
    if (next.metadata?.generation !== old.metadata?.generation) return next;
    if (sameValue(next.metadata?.annotations, old.metadata?.annotations)) return next;
    return { ...next, metadata: { ...next.metadata, generation: (old.metadata?.generation ?? 0) + 1 } };
  },
  validate: validateDeployment,
  validateUpdate: validateDeploymentUpdate,
  warnings: (deployment) => podSpecWarnings(deployment.spec?.template?.spec, 'spec.template.spec'),
  status: {
    prepareForUpdate(deployment, old) {
      const { labels } = old.metadata ?? {};
      const metadata = { ...deployment.metadata, labels, generation: old.metadata?.generation };
      if (labels === undefined) delete metadata.labels;
      return { ...deployment, metadata, status: withoutZeros(deployment.status, COUNTERS) };
    },
    validate: validateDeploymentStatus,
  },
  scale: workloadScale<Deployment>(),
  tableRow(deployment, now) {
    const { spec, status } = deployment;
    return [
      deployment.metadata?.name ?? '',
      `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
      status?.updatedReplicas ?? 0,
      status?.availableReplicas ?? 0,
      ageOf(deployment.metadata?.creationTimestamp, now),
      ...containersAndImages(spec?.template),
      formatLabelSelector(spec?.selector),
    ];
  },
});
