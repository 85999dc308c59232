import type { ConfigMap, KubeObject, Secret } from '../api/types.ts';
import { decodeBase64 } from '../apimachinery/base64.ts';
import { isNotFound } from '../client/api-errors.ts';
import type { ApiClient } from '../client/interface.ts';
import { resourceTypes } from '../client/resource-types.ts';

/** A container cannot be made because what it refers to is not there. */
export class ContainerConfigError extends Error {}

/** Config maps and secrets that Pods of the node refer to, read from the API. */
export class ReferencedObjects {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /** Its data, decoded; undefined when it is missing but optional. @throws ContainerConfigError `configmap "x" not found` */
  async data(
    kind: 'configmap' | 'secret',
    namespace: string,
    name: string,
    optional: boolean,
  ): Promise<Readonly<Record<string, string>> | undefined> {
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
    const decoder = new TextDecoder();
    return Object.fromEntries(
      Object.entries(encoded).map(([key, value]) => [key, decoder.decode(decodeBase64(value))]),
    );
  }
}
