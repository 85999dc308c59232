import type { ConfigMap, Container, KubeObject, Pod, Secret } from '../api/types.ts';
import { isNotFound } from '../client/api-errors.ts';
import type { ApiClient } from '../client/interface.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { metaOf } from './pod-accessors.ts';

/** A container cannot be made because what it refers to is not there. */
export class ContainerConfigError extends Error {}

export interface EnvironmentFacts {
  readonly podIp: string;
  readonly hostIp: string;
}

type Values = Readonly<Record<string, string>>;

/** Resolves a container's environment, reading config maps and secrets from the API as it goes. */
export class ContainerEnvironment {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /** @throws ContainerConfigError `configmap "x" not found`, … */
  async resolve(
    pod: Pod,
    container: Container,
    facts: EnvironmentFacts,
  ): Promise<{ key: string; value: string }[]> {
    const { namespace } = metaOf(pod);
    const result = new Map<string, string>();
    for (const source of container.envFrom ?? []) {
      const values = await this.#bulk(namespace, source);
      for (const [key, value] of Object.entries(values)) result.set(`${source.prefix ?? ''}${key}`, value);
    }
    for (const variable of container.env ?? []) {
      const { name, value, valueFrom } = variable;
      if (valueFrom === undefined) {
        result.set(name, expand(value ?? '', result));
        continue;
      }
      const { fieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
      if (fieldRef !== undefined) result.set(name, fieldValue(pod, fieldRef.fieldPath, facts));
      const reference = configMapKeyRef ?? secretKeyRef;
      if (reference === undefined) continue;
      const kind = configMapKeyRef === undefined ? 'secret' : 'configmap';
      const data = await this.#data(kind, namespace, reference.name ?? '', reference.optional === true);
      const found = data?.[reference.key];
      if (found !== undefined) result.set(name, found);
      else if (data !== undefined && reference.optional !== true) {
        const what = kind === 'secret' ? 'Secret' : 'ConfigMap';
        throw new ContainerConfigError(
          `couldn't find key ${reference.key} in ${what} ${namespace}/${reference.name ?? ''}`,
        );
      }
    }
    return [...result].map(([key, value]) => ({ key, value }));
  }

  /** Volumes whose config map or secret is missing, as mounting them says it. */
  async missingVolumes(pod: Pod): Promise<string[]> {
    const { namespace } = metaOf(pod);
    const messages: string[] = [];
    for (const volume of pod.spec?.volumes ?? []) {
      const { configMap, secret } = volume;
      const kind = configMap === undefined ? 'secret' : 'configmap';
      const name = configMap?.name ?? secret?.secretName;
      if (name === undefined || (configMap ?? secret)?.optional === true) continue;
      try {
        await this.#data(kind, namespace, name, false);
      } catch (error) {
        if (!(error instanceof ContainerConfigError)) throw error;
        messages.push(`MountVolume.SetUp failed for volume "${volume.name}" : ${error.message}`);
      }
    }
    return messages;
  }

  async #bulk(namespace: string, source: NonNullable<Container['envFrom']>[number]): Promise<Values> {
    const reference = source.configMapRef ?? source.secretRef;
    if (reference === undefined) return {};
    const kind = source.configMapRef === undefined ? 'secret' : 'configmap';
    return (await this.#data(kind, namespace, reference.name ?? '', reference.optional === true)) ?? {};
  }

  /** Undefined when it is missing but optional. */
  async #data(
    kind: 'configmap' | 'secret',
    namespace: string,
    name: string,
    optional: boolean,
  ): Promise<Values | undefined> {
    const type = kind === 'secret' ? resourceTypes.secrets : resourceTypes.configMaps;
    let object: KubeObject;
    try {
      object = await this.#client.resource(type, namespace).get(name);
    } catch (error) {
      if (!isNotFound(error))
        throw new ContainerConfigError(error instanceof Error ? error.message : String(error));
      if (optional) return undefined;
      throw new ContainerConfigError(`${kind} "${name}" not found`);
    }
    if (kind === 'configmap') return (object as ConfigMap).data ?? {};
    const encoded = (object as Secret).data ?? {};
    return Object.fromEntries(Object.entries(encoded).map(([key, value]) => [key, decodeBase64(value)]));
  }
}

/** `$(NAME)` of variables that came before; `$$(` is a plain `$(`. */
export function expand(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$\$|\$\(([A-Za-z_][\w.-]*)\)/g, (all, name: string | undefined) =>
    name === undefined ? '$' : (values.get(name) ?? all),
  );
}

function fieldValue(pod: Pod, path: string, facts: EnvironmentFacts): string {
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

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function decodeBase64(text: string): string {
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const char of text) {
    const value = BASE64.indexOf(char);
    if (value < 0) continue;
    bits = (bits << 6) | value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push((bits >> count) & 255);
    }
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}
