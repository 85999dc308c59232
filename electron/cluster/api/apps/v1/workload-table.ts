import type { PodTemplateSpec } from '../../types.ts';

/** The wide columns of a workload: names and images of its containers. */
export function containersAndImages(template: PodTemplateSpec | undefined): [names: string, images: string] {
  const containers = template?.spec?.containers ?? [];
  return [
    containers.map((container) => container.name).join(','),
    containers.map((container) => container.image ?? '').join(','),
  ];
}
