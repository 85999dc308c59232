import type { KubeObject, Namespace } from '../../api/types.ts';
import { newForbidden, newNotFound, StatusError } from '../../apimachinery/status.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './interface.ts';

const IMMORTAL = new Set(['default', 'kube-system', 'kube-public']);
const NAMESPACES = { group: '', resource: 'namespaces' };

/** Finds a namespace: in the watch cache, and in etcd itself when it is not there. */
export type NamespaceLookup = (name: string) => Promise<KubeObject | undefined>;

/**
 * Nothing new in a namespace that does not exist or is going away, and no deletion of those the cluster cannot
 * do without. Models plugin/pkg/admission/namespace/lifecycle (v1.34).
 */
export class NamespaceLifecycle implements AdmissionPlugin {
  readonly name = 'NamespaceLifecycle';
  readonly #find: NamespaceLookup;

  constructor(find: NamespaceLookup) {
    this.#find = find;
  }

  handles(attributes: AdmissionAttributes): boolean {
    if (attributes.resource.resource === 'namespaces' && attributes.resource.group === '') {
      return attributes.operation === 'DELETE';
    }
    return attributes.operation === 'CREATE' && attributes.namespace !== '';
  }

  async admit(attributes: AdmissionAttributes, object: KubeObject): Promise<KubeObject> {
    if (attributes.operation === 'CREATE') await this.#checkNamespace(attributes);
    return object;
  }

  validate(attributes: AdmissionAttributes): void {
    if (attributes.operation === 'DELETE' && IMMORTAL.has(attributes.name)) {
      throw newForbidden(NAMESPACES, attributes.name, 'this namespace may not be deleted');
    }
  }

  async #checkNamespace({ namespace, resource, name }: AdmissionAttributes): Promise<void> {
    const found = (await this.#find(namespace)) as Namespace | undefined;
    if (found === undefined) throw newNotFound(NAMESPACES, namespace);
    if (found.status?.phase !== 'Terminating' && found.metadata?.deletionTimestamp === undefined) return;
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    const refusal = newForbidden(resource, name, why);
    throw new StatusError(refusal.code, refusal.reason, refusal.message, {
      ...refusal.status.details,
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    });
  }
}
