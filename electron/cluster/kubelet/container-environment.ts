import type { Container, Pod, Service } from '../api/types.ts';
import { isStaticPod, metaOf } from './pod-accessors.ts';
import { ContainerConfigError } from './referenced-objects.ts';
import type { ReferencedObjects } from './referenced-objects.ts';
import type { Amounts } from './resource-field.ts';
import { resourceFieldValue } from './resource-field.ts';
import { serviceEnvironment } from './service-environment.ts';

export interface EnvironmentFacts {
  readonly podIp: string;
  readonly hostIp: string;
}

type Values = Readonly<Record<string, string>>;

/** What the kubelet knows of Services: undefined before the first list. */
export type KnownServices = () => readonly Service[] | undefined;

/** Resolves a container's environment. Models makeEnvironmentVariables (pkg/kubelet/kubelet_pods.go, v1.34). */
export class ContainerEnvironment {
  readonly #objects: ReferencedObjects;
  readonly #services: KnownServices;
  readonly #allocatable: () => Amounts;

  constructor(objects: ReferencedObjects, services: KnownServices, allocatable: () => Amounts) {
    this.#objects = objects;
    this.#services = services;
    this.#allocatable = allocatable;
  }

  /** @throws ContainerConfigError `configmap "x" not found`, … */
  async resolve(
    pod: Pod,
    container: Container,
    facts: EnvironmentFacts,
  ): Promise<{ key: string; value: string }[]> {
    const { namespace } = metaOf(pod);
    const known = this.#services();
    if (known === undefined && !isStaticPod(pod))
      throw new ContainerConfigError(
        'services have not yet been read at least once, cannot construct envvars',
      );
    const links = pod.spec?.enableServiceLinks !== false;
    const services = serviceEnvironment(known ?? [], namespace, links);
    const result = new Map<string, string>();
    for (const source of container.envFrom ?? []) {
      const values = await this.#bulk(namespace, source);
      for (const [key, value] of Object.entries(values)) result.set(`${source.prefix ?? ''}${key}`, value);
    }
    for (const variable of container.env ?? []) {
      const { name, value, valueFrom } = variable;
      if (valueFrom === undefined) {
        result.set(name, expand(value ?? '', result, services));
        continue;
      }
      const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
      if (fieldRef !== undefined) result.set(name, fieldValue(pod, fieldRef.fieldPath, facts));
      if (resourceFieldRef !== undefined)
        result.set(name, resourceFieldValue(pod, container, resourceFieldRef, this.#allocatable()));
      const reference = configMapKeyRef ?? secretKeyRef;
      if (reference === undefined) continue;
      const kind = configMapKeyRef === undefined ? 'secret' : 'configmap';
      const data = await this.#objects.data(
        kind,
        namespace,
        reference.name ?? '',
        reference.optional === true,
      );
      const found = data?.[reference.key];
      if (found !== undefined) result.set(name, found);
      else if (data !== undefined && reference.optional !== true) {
        const what = kind === 'secret' ? 'Secret' : 'ConfigMap';
        throw new ContainerConfigError(
          `couldn't find key ${reference.key} in ${what} ${namespace}/${reference.name ?? ''}`,
        );
      }
    }
    for (const [name, value] of services) if (!result.has(name)) result.set(name, value);
    return [...result].map(([key, value]) => ({ key, value }));
  }

  async #bulk(namespace: string, source: NonNullable<Container['envFrom']>[number]): Promise<Values> {
    const reference = source.configMapRef ?? source.secretRef;
    if (reference === undefined) return {};
    const kind = source.configMapRef === undefined ? 'secret' : 'configmap';
    return (
      (await this.#objects.data(kind, namespace, reference.name ?? '', reference.optional === true)) ?? {}
    );
  }
}

/** `$(NAME)` by the first of `values` that has it; `$$(` is a plain `$(`. */
export function expand(text: string, ...values: readonly ReadonlyMap<string, string>[]): string {
  return text.replace(/\$\$|\$\(([A-Za-z_][\w.-]*)\)/g, (all, name: string | undefined) =>
    name === undefined ? '$' : (values.find((known) => known.has(name))?.get(name) ?? all),
  );
}

/** What a `fieldRef` of an environment variable gives. */
export function fieldValue(pod: Pod, path: string, facts: EnvironmentFacts): string {
  const meta = metaOf(pod);
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed !== null) return meta[keyed[1] as 'labels' | 'annotations']?.[keyed[2] ?? ''] ?? '';
  const known: Readonly<Record<string, string>> = {
    'metadata.name': meta.name,
    'metadata.namespace': meta.namespace,
    'metadata.uid': meta.uid,
    'spec.nodeName': pod.spec?.nodeName ?? '',
    'spec.serviceAccountName': pod.spec?.serviceAccountName ?? '',
    'status.hostIP': facts.hostIp,
    'status.hostIPs': facts.hostIp,
    'status.podIP': facts.podIp,
    'status.podIPs': facts.podIp,
  };
  return known[path] ?? '';
}
