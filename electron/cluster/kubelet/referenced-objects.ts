import type { Disposable } from '../../base/disposable.ts';
import type { ConfigMap, KubeObject, Pod, Secret } from '../api/types.ts';
import { decodeBase64 } from '../apimachinery/base64.ts';
import type { ComponentContext } from '../client/component-context.ts';
import type { ApiClient } from '../client/interface.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { resourceClient } from '../client/resource-type.ts';
import { SharedInformer } from '../client/shared-informer.ts';
import { metaOf, uidOf } from './pod-accessors.ts';

/** A container cannot be made because what it refers to is not there. */
export class ContainerConfigError extends Error {}

export type ReferredKind = 'configmap' | 'secret';
export type Values = Readonly<Record<string, string>>;

/** How long an object that is asked for the first time may take to come. */
const SYNC_TIMEOUT = 1_000;

interface Watched {
  readonly informer: SharedInformer<KubeObject>;
  readonly kind: ReferredKind;
  /** Pods that refer to it, by uid. */
  readonly pods: Set<string>;
}

/** Config maps and secrets that a Pod refers to, `kind namespace/name`. Models VisitPodConfigmapNames and VisitPodSecretNames. */
function referencesOf(pod: Pod): Set<string> {
  const { namespace } = metaOf(pod);
  const found = new Set<string>();
  const add = (kind: ReferredKind, name: string | undefined): void => {
    if (name !== undefined && name !== '') found.add(`${kind} ${namespace}/${name}`);
  };
  for (const volume of pod.spec?.volumes ?? []) {
    add('configmap', volume.configMap?.name);
    add('secret', volume.secret?.secretName);
    for (const source of volume.projected?.sources ?? []) {
      add('configmap', source.configMap?.name);
      add('secret', source.secret?.name);
    }
  }
  for (const { name } of pod.spec?.imagePullSecrets ?? []) add('secret', name);
  const { initContainers = [], containers = [], ephemeralContainers = [] } = pod.spec ?? {};
  for (const container of [...initContainers, ...containers, ...ephemeralContainers]) {
    for (const source of container.envFrom ?? []) {
      add('configmap', source.configMapRef?.name);
      add('secret', source.secretRef?.name);
    }
    for (const { valueFrom } of container.env ?? []) {
      add('configmap', valueFrom?.configMapKeyRef?.name);
      add('secret', valueFrom?.secretKeyRef?.name);
    }
  }
  return found;
}

/**
 * Config maps and secrets that Pods of the node refer to: one watch for each object, as long as a Pod needs it. Models
 * pkg/kubelet/util/manager watch_based_manager.go (v1.34); an immutable object is watched like any other.
 */
export class ReferencedObjects {
  readonly #context: ComponentContext;
  readonly #client: ApiClient;
  readonly #changed: (uid: string) => void;
  readonly #watched = new Map<string, Watched>();

  /** `changed`: an object that the Pod of this uid refers to is another. */
  constructor(context: ComponentContext, client: ApiClient, changed: (uid: string) => void) {
    this.#context = context;
    this.#client = client;
    this.#changed = changed;
  }

  /** The Pod is here, or refers to other objects than before. */
  register(pod: Pod): void {
    const wanted = referencesOf(pod);
    const uid = uidOf(pod);
    for (const key of wanted) this.#watch(key).pods.add(uid);
    for (const [key, watched] of [...this.#watched])
      if (!wanted.has(key) && watched.pods.has(uid)) this.#release(key, watched, uid);
  }

  unregister(uid: string): void {
    for (const [key, watched] of [...this.#watched])
      if (watched.pods.has(uid)) this.#release(key, watched, uid);
  }

  /** Its data, decoded; undefined when it is missing but optional. @throws ContainerConfigError `configmap "x" not found` */
  async data(
    kind: ReferredKind,
    namespace: string,
    name: string,
    optional: boolean,
  ): Promise<Values | undefined> {
    const object = await this.#find(kind, namespace, name);
    if (object !== undefined) return contentOf(kind, object);
    if (optional) return undefined;
    throw new ContainerConfigError(`${kind} "${name}" not found`);
  }

  /** A Secret as it is. @throws ContainerConfigError */
  async secret(namespace: string, name: string): Promise<Secret> {
    const object = await this.#find('secret', namespace, name);
    if (object === undefined) throw new ContainerConfigError(`secret "${name}" not found`);
    return object as Secret;
  }

  async #find(kind: ReferredKind, namespace: string, name: string): Promise<KubeObject | undefined> {
    const watched = this.#watched.get(`${kind} ${namespace}/${name}`);
    // The Pod went while somebody was still busy with it.
    if (watched === undefined)
      throw new ContainerConfigError(`object "${namespace}"/"${name}" not registered`);
    const { informer } = watched;
    if (!informer.hasSynced && !(await this.#inTime(informer)))
      throw new ContainerConfigError(`failed to sync ${kind} cache: timed out waiting for the condition`);
    return informer.lister.get(`${namespace}/${name}`);
  }

  async #inTime(informer: SharedInformer<KubeObject>): Promise<boolean> {
    let timer: Disposable | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = this.#context.clock.setTimeout(() => resolve(false), SYNC_TIMEOUT);
    });
    const synced = await Promise.race([informer.whenSynced().then(() => true), late]);
    timer?.dispose();
    return synced;
  }

  #watch(key: string): Watched {
    const known = this.#watched.get(key);
    if (known !== undefined) return known;
    const [kind, path] = key.split(' ') as [ReferredKind, string];
    const [namespace = '', name = ''] = path.split('/');
    const type = kind === 'secret' ? resourceTypes.secrets : resourceTypes.configMaps;
    const client = resourceClient<KubeObject>(this.#client, type, namespace);
    const fieldSelector = `metadata.name=${name}`;
    const informer = new SharedInformer(this.#context, `*${type.version}.${type.kind}`, client, {
      fieldSelector,
    });
    const watched: Watched = { informer, kind, pods: new Set() };
    this.#watched.set(key, watched);
    const tell = (): void => {
      if (informer.hasSynced) for (const uid of watched.pods) this.#changed(uid);
    };
    informer.addEventHandler({
      onAdd: tell,
      onUpdate: (old, object) => {
        if (old.metadata?.resourceVersion !== object.metadata?.resourceVersion) tell();
      },
      onDelete: tell,
    });
    informer.start();
    return watched;
  }

  #release(key: string, watched: Watched, uid: string): void {
    watched.pods.delete(uid);
    if (watched.pods.size > 0) return;
    watched.informer.dispose();
    this.#watched.delete(key);
  }
}

const decoded = new WeakMap<KubeObject, Values>();

function contentOf(kind: ReferredKind, object: KubeObject): Values {
  if (kind === 'configmap') {
    const { data, binaryData } = object as ConfigMap;
    return binaryData === undefined ? (data ?? {}) : { ...data, ...decode(object, binaryData) };
  }
  return decode(object, (object as Secret).data ?? {});
}

function decode(object: KubeObject, encoded: Values): Values {
  let values = decoded.get(object);
  if (values === undefined) {
    const decoder = new TextDecoder();
    values = Object.fromEntries(
      Object.entries(encoded).map(([key, value]) => [key, decoder.decode(decodeBase64(value))]),
    );
    decoded.set(object, values);
  }
  return values;
}
