import type { Container, LimitRange, Pod } from '../../../api/types.ts';

const ANNOTATION = 'kubernetes.io/limit-ranger';

type Texts = Readonly<Record<string, string>>;

/** The names of `defaults` that `present` lacks, in order. */
function missing(defaults: Texts, present: Texts | undefined): string[] {
  return Object.keys(defaults)
    .filter((name) => present?.[name] === undefined)
    .sort();
}

/** The Pod with what its containers leave unsaid; the same when they leave nothing. Models mergePodResourceRequirements (v1.34). */
export function withContainerDefaults(pod: Pod, range: LimitRange): Pod {
  const items = (range.spec?.limits ?? []).filter(({ type }) => type === 'Container');
  const limits: Texts = Object.assign({}, ...items.map((item) => item.default)) as Texts;
  const requests: Texts = Object.assign({}, ...items.map((item) => item.defaultRequest)) as Texts;
  const notes: string[] = [];
  const fill =
    (kind: string) =>
    (container: Container): Container => {
      const { resources } = container;
      const newRequests = missing(requests, resources?.requests);
      const newLimits = missing(limits, resources?.limits);
      if (newRequests.length > 0)
        notes.push(`${newRequests.join(', ')} request for ${kind} ${container.name}`);
      if (newLimits.length > 0) notes.push(`${newLimits.join(', ')} limit for ${kind} ${container.name}`);
      if (newRequests.length === 0 && newLimits.length === 0) return container;
      return {
        ...container,
        resources: {
          ...resources,
          ...(newLimits.length === 0 ? {} : { limits: { ...limits, ...resources?.limits } }),
          ...(newRequests.length === 0 ? {} : { requests: { ...requests, ...resources?.requests } }),
        },
      };
    };
  const { spec } = pod;
  if (spec === undefined) return pod;
  const containers = spec.containers?.map(fill('container'));
  const initContainers = spec.initContainers?.map(fill('init container'));
  if (notes.length === 0) return pod;
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      annotations: {
        ...pod.metadata?.annotations,
        [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}`,
      },
    },
    spec: { ...spec, containers, ...(initContainers === undefined ? {} : { initContainers }) },
  } as Pod;
}
