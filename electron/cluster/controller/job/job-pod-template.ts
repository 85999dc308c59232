import { nameOf } from '../../apimachinery/meta.ts';
import type { Job, PodTemplateSpec } from '../../api/types.ts';
import { completionIndexKey, indexFailureCountAnnotation, trackingFinalizer } from './job-pods.ts';

type PodSpec = NonNullable<PodTemplateSpec['spec']>;
type Container = PodSpec['containers'][number];

const maxGeneratedNamePrefix = 58;

/** What a Job's Pod is made of: the template with the finalizer and, where it has one, its index. Models job_controller.go manageJob (v1.34). */
export function jobPodTemplate(
  job: Job,
  index: number | undefined,
  earlierFailures: number,
): PodTemplateSpec {
  const template = job.spec?.template ?? {};
  const finalizers = [...(template.metadata?.finalizers ?? []), trackingFinalizer];
  if (index === undefined) return { ...template, metadata: { ...template.metadata, finalizers } };
  const own = { [completionIndexKey]: String(index) };
  const counted: Record<string, string> =
    job.spec?.backoffLimitPerIndex === undefined
      ? {}
      : { [indexFailureCountAnnotation]: String(earlierFailures) };
  const spec = template.spec as PodSpec;
  const withIndex = (container: Container): Container => {
    if (container.env?.some(({ name }) => name === 'JOB_COMPLETION_INDEX')) return container;
    const fieldRef = { fieldPath: `metadata.labels['${completionIndexKey}']` };
    const variable = { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef } };
    return { ...container, env: [...(container.env ?? []), variable] };
  };
  return {
    ...template,
    metadata: {
      ...template.metadata,
      finalizers,
      labels: { ...template.metadata?.labels, ...own },
      annotations: { ...template.metadata?.annotations, ...own, ...counted },
    },
    spec: {
      ...spec,
      hostname: `${nameOf(job)}-${index}`,
      containers: spec.containers.map(withIndex),
      ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(withIndex) }),
    },
  };
}

/** `job-` or `job-3-`, cut so that the whole name fits. */
export function jobPodPrefix(job: Job, index: number | undefined): string {
  const suffix = index === undefined ? '-' : `-${index}-`;
  return `${nameOf(job).slice(0, maxGeneratedNamePrefix - suffix.length)}${suffix}`;
}
