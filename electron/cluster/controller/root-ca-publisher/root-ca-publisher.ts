import type { ConfigMap, Namespace } from '../../api/types.ts';
import { isTerminating, nameOf, namespaceOf } from '../../apimachinery/meta.ts';
import { hasStatusCause, isAlreadyExists, isNotFound } from '../../client/api-errors.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';

const name = 'kube-root-ca.crt';
const descriptionAnnotation = 'kubernetes.io/description';
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Puts the cluster's CA into a ConfigMap of each namespace, and puts it back when it was changed. Models certificates/rootcacertpublisher (v1.34). */
export class RootCaPublisher implements Controller {
  readonly #c: ControllerContext;
  readonly #queue: WorkQueue;
  readonly #namespaces: SharedInformer<Namespace>;
  readonly #configMaps: SharedInformer<ConfigMap>;
  readonly #data: Readonly<Record<string, string>>;

  constructor(c: ControllerContext, rootCa: string) {
    this.#c = c;
    this.#data = { 'ca.crt': rootCa };
    this.#queue = c.journal.queue('root_ca_cert_publisher', { resource: 'namespaces' });
    this.#namespaces = c.factory.informer(resourceTypes.namespaces);
    this.#configMaps = c.factory.informer(resourceTypes.configMaps);
    this.#namespaces.addEventHandler({
      onAdd: (namespace) => this.#queue.add(nameOf(namespace)),
      onUpdate: (_, namespace) => this.#queue.add(nameOf(namespace)),
    });
    const changed = (map: ConfigMap): void => {
      if (nameOf(map) === name) this.#queue.add(namespaceOf(map));
    };
    this.#configMaps.addEventHandler({ onUpdate: (_, map) => changed(map), onDelete: changed });
  }

  run(): void {
    runWorkers(this.#c.context, { queue: this.#queue, workers: 1, sync: (key) => this.#sync(key) });
  }

  async #sync(key: string): Promise<void> {
    const namespace = this.#namespaces.lister.get(key);
    if (namespace === undefined || isTerminating(namespace)) return;
    const present = this.#configMaps.lister.get(`${key}/${name}`);
    const annotations = { ...present?.metadata?.annotations, [descriptionAnnotation]: description };
    const same = JSON.stringify(present?.data) === JSON.stringify(this.#data);
    if (same && present?.metadata?.annotations?.[descriptionAnnotation] === description) return;
    const action = present === undefined ? 'create-configmap' : 'restore-configmap';
    decide(this.#c, {
      subject: `namespaces ${key}`,
      action,
      desired: `ConfigMap ${name}`,
      observed: present === undefined ? 'none' : 'changed',
    });
    const client = this.#c.client.resource<ConfigMap>(resourceTypes.configMaps, key);
    try {
      if (present === undefined)
        await client.create({ metadata: { name, namespace: key, annotations }, data: this.#data });
      else
        await client.update({ ...present, metadata: { ...present.metadata, annotations }, data: this.#data });
    } catch (error) {
      if (isAlreadyExists(error) || isNotFound(error) || hasStatusCause(error, 'NamespaceTerminating'))
        return;
      throw error;
    }
  }
}
