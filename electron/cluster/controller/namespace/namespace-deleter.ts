import type { Namespace, Pod } from '../../api/types.ts';
import { nameOf } from '../../apimachinery/meta.ts';
import type { KubeObject } from '../../apimachinery/types.ts';
import { errorText, isNotFound, isStatusCode } from '../../client/api-errors.ts';
import type { DiscoveredResource } from '../../client/discovery.ts';
import { discoverResources } from '../../client/discovery.ts';
import type { ApiClient } from '../../client/interface.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { isPodFinished } from '../pod-status.ts';
import type { ContentReport } from './namespace-conditions.ts';

/** What is left, and in how many seconds it may be gone. */
export interface DeletionPass {
  readonly report: ContentReport;
  readonly estimate: number;
}

const finalizer = 'kubernetes';
/** Seconds that whoever has put a finalizer on an object may need. */
const FINALIZER_ESTIMATE = 15;

/** Empties a namespace that is being deleted: Pods first, then the rest. Models namespace/deletion (v1.34). */
export class NamespaceDeleter {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /** One pass over all content. `passed`: seconds since the deletion was asked for. */
  async deleteContent(namespace: string, passed: number): Promise<DeletionPass> {
    const remaining = new Map<string, number>();
    const finalizers = new Map<string, number>();
    const contentErrors: string[] = [];
    let resources: readonly DiscoveredResource[];
    try {
      resources = await discoverResources(this.#client);
    } catch (error) {
      const discoveryError = errorText(error);
      return { report: { discoveryError, contentErrors, remaining, finalizers }, estimate: 0 };
    }
    const deletable = resources.filter(
      ({ namespaced, verbs }) => namespaced && verbs.includes('delete') && verbs.includes('list'),
    );
    let estimate = 0;
    const pods = deletable.filter(({ group, resource }) => group === '' && resource === 'pods');
    const others = deletable.filter((resource) => !pods.includes(resource));
    // Pods may depend on the rest while they end: the rest waits for them.
    for (const group of [pods, others]) {
      for (const resource of group) {
        try {
          const left = await this.#deleteAll(namespace, resource, passed, { remaining, finalizers });
          estimate = Math.max(estimate, left);
        } catch (error) {
          contentErrors.push(errorText(error));
        }
      }
      if (remaining.size > 0 || contentErrors.length > 0) break;
    }
    return { report: { contentErrors, remaining, finalizers }, estimate };
  }

  /** Lets the namespace go. */
  async finalize(namespace: Namespace): Promise<void> {
    const finalizers = (namespace.spec?.finalizers ?? []).filter((name) => name !== finalizer);
    const body = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: namespace.metadata,
      spec: { ...namespace.spec, finalizers },
    };
    try {
      await this.#client.request('PUT', `/api/v1/namespaces/${nameOf(namespace)}/finalize`, body);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** Seconds until all of them may be gone. @throws Error of a call, or when something is left that nothing keeps */
  async #deleteAll(
    namespace: string,
    type: DiscoveredResource,
    passed: number,
    { remaining, finalizers }: { remaining: Map<string, number>; finalizers: Map<string, number> },
  ): Promise<number> {
    const client = this.#client.resource<KubeObject>(type, namespace);
    const before = await client.list();
    if (before.items.length === 0) return 0;
    const isPods = type.group === '' && type.resource === resourceTypes.pods.resource;
    const grace = isPods ? graceOf(before.items as readonly Pod[]) : 0;
    const estimate = passed >= grace ? 0 : grace;
    await this.#deleteItems(client, type, before.items);
    const after = await client.list();
    if (after.items.length === 0) return estimate;
    remaining.set(`${type.resource}.${type.group}`, after.items.length);
    let held = false;
    for (const item of after.items) {
      for (const name of item.metadata?.finalizers ?? []) {
        held = true;
        finalizers.set(name, (finalizers.get(name) ?? 0) + 1);
      }
    }
    if (estimate > 0) return estimate;
    if (held) return FINALIZER_ESTIMATE;
    const what = `${type.group}/${type.version}, Resource=${type.resource}`;
    throw new Error(`unexpected items still remain in namespace: ${namespace} for gvr: ${what}`);
  }

  async #deleteItems(
    client: ReturnType<ApiClient['resource']>,
    resource: DiscoveredResource,
    items: readonly KubeObject[],
  ): Promise<void> {
    const options = { propagationPolicy: 'Background' } as const;
    if (resource.verbs.includes('deletecollection')) {
      try {
        await client.deleteCollection(options);
        return;
      } catch (error) {
        if (!isStatusCode(error, 405)) throw error;
      }
    }
    for (const item of items) {
      try {
        await client.delete(nameOf(item), options);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
  }
}

/** The longest grace period of Pods that still run, in seconds. */
function graceOf(pods: readonly Pod[]): number {
  return pods.reduce(
    (longest, pod) =>
      isPodFinished(pod) ? longest : Math.max(longest, pod.spec?.terminationGracePeriodSeconds ?? 0),
    0,
  );
}
