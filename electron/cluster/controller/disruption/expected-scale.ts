import { parseApiVersion } from '../../apimachinery/gvk.ts';
import { controllerOf, nameOf, namespaceOf, uidOf } from '../../apimachinery/meta.ts';
import type { OwnerReference } from '../../apimachinery/types.ts';
import type {
  Deployment,
  KubeObject,
  Pod,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
} from '../../api/types.ts';
import { isNotFound } from '../../client/api-errors.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { ResourceType } from '../../client/resource-type.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { ControllerContext } from '../interface.ts';

type Scaled = KubeObject & { readonly spec?: { readonly replicas?: number } };

interface Scale {
  readonly uid: string;
  readonly replicas: number;
}

interface ApiResources {
  readonly resources?: readonly { readonly name: string; readonly kind: string }[];
}

/** How many Pods the controllers of Pods want to have, by their informers or their scale subresource. Models disruption.go finders (v1.34). */
export class ExpectedScale {
  readonly #c: ControllerContext;
  readonly #deployments: SharedInformer<Deployment>;
  readonly #replicaSets: SharedInformer<ReplicaSet>;
  readonly #others: ReadonlyMap<string, SharedInformer<Scaled>>;

  constructor(c: ControllerContext) {
    this.#c = c;
    this.#deployments = c.factory.informer(resourceTypes.deployments);
    this.#replicaSets = c.factory.informer(resourceTypes.replicaSets);
    const scaled = <T extends Scaled>(type: ResourceType<T>): readonly [string, SharedInformer<Scaled>] => [
      `${type.group}/${type.kind}`,
      c.factory.informer(type) as unknown as SharedInformer<Scaled>,
    ];
    this.#others = new Map([
      scaled<ReplicationController>(resourceTypes.replicationControllers),
      scaled<StatefulSet>(resourceTypes.statefulSets),
    ]);
  }

  /** Over all controllers of the Pods, and the Pods that have none. @throws Error for a controller that cannot be asked */
  async of(pods: readonly Pod[]): Promise<{ readonly count: number; readonly unmanaged: readonly string[] }> {
    const scales = new Map<string, number>();
    const unmanaged: string[] = [];
    for (const pod of pods) {
      const owner = controllerOf(pod);
      if (owner === undefined) {
        unmanaged.push(nameOf(pod));
        continue;
      }
      if (scales.has(owner.uid)) continue;
      const scale = this.#known(owner, namespaceOf(pod)) ?? (await this.#asked(owner, namespaceOf(pod)));
      if (scale === undefined) throw new Error(`found no controllers for pod "${nameOf(pod)}"`);
      scales.set(scale.uid, scale.replicas);
    }
    return { count: [...scales.values()].reduce((sum, replicas) => sum + replicas, 0), unmanaged };
  }

  #known(owner: OwnerReference, namespace: string): Scale | undefined {
    const group = parseApiVersion(owner.apiVersion)?.group ?? '';
    const key = `${namespace}/${owner.name}`;
    if (`${group}/${owner.kind}` !== 'apps/ReplicaSet')
      return scaleOf(this.#others.get(`${group}/${owner.kind}`)?.lister.get(key), owner);
    const set = this.#replicaSets.lister.get(key);
    if (set === undefined || uidOf(set) !== owner.uid) return undefined;
    const above = controllerOf(set);
    if (above?.kind !== 'Deployment') return scaleOf(set, owner);
    return scaleOf(this.#deployments.lister.get(`${namespace}/${above.name}`), above);
  }

  /** By the scale subresource, which custom resources may have. */
  async #asked(owner: OwnerReference, namespace: string): Promise<Scale | undefined> {
    const { client } = this.#c;
    const group = parseApiVersion(owner.apiVersion)?.group ?? '';
    const base = group === '' ? `/api/${owner.apiVersion}` : `/apis/${owner.apiVersion}`;
    const { resources = [] } = await this.#resources(base);
    const resource = resources.find(({ kind, name }) => kind === owner.kind && !name.includes('/'));
    if (resource === undefined)
      throw new Error(`no matches for kind "${owner.kind}" in version "${owner.apiVersion}"`);
    try {
      const path = `${base}/namespaces/${namespace}/${resource.name}/${owner.name}/scale`;
      return scaleOf((await client.request('GET', path)) as Scaled, owner);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      if (resources.some(({ name }) => name === `${resource.name}/scale`)) return undefined;
      const of = group === '' ? resource.name : `${resource.name}.${group}`;
      throw new Error(`${of} does not implement the scale subresource`, { cause: error });
    }
  }

  async #resources(base: string): Promise<ApiResources> {
    try {
      return (await this.#c.client.request('GET', base)) as ApiResources;
    } catch (error) {
      if (isNotFound(error)) return {};
      throw error;
    }
  }
}

function scaleOf(object: Scaled | undefined, { uid }: OwnerReference): Scale | undefined {
  if (object === undefined || uidOf(object) !== uid) return undefined;
  return { uid, replicas: object.spec?.replicas ?? 0 };
}
