import type { KubeObject, Node, PersistentVolumeClaim, Pod, TokenRequest } from '../../../api/types.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { groupResourceString } from '../../../apimachinery/gvk.ts';
import { newNotFound } from '../../../apimachinery/status.ts';
import { quote } from '../../../apimachinery/validation/field-error.ts';
import type { AuthorizationChain } from '../../auth/authorization-chain.ts';
import { nodeIdentity } from '../../auth/node/node-identity.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../interface.ts';
import { admissionForbidden } from '../forbidden.ts';
import { admitMirrorPod } from './mirror-pod.ts';
import { forbiddenNodeLabels } from './node-labels.ts';
import type { NodeLookup } from './node-lookup.ts';
import { refusedAudience } from './token-audience.ts';

const LEASES = 'kube-node-lease';

/**
 * Keeps a kubelet to its own Node and the Pods bound to it. Judges before anything else may be wrong with the object, as
 * upstream, hence `admit`; deletions bring no object and are judged by `validate`.
 * Models plugin/pkg/admission/noderestriction (v1.34), ResourceClaims left out.
 */
export class NodeRestriction implements AdmissionPlugin {
  readonly name = 'NodeRestriction';
  readonly #find: NodeLookup;
  readonly #authorization: AuthorizationChain;

  constructor(find: NodeLookup, authorization: AuthorizationChain) {
    this.#find = find;
    this.#authorization = authorization;
  }

  handles({ user }: AdmissionAttributes): boolean {
    return nodeIdentity(user) !== undefined;
  }

  async admit(attributes: AdmissionAttributes, object: KubeObject): Promise<KubeObject> {
    await this.#judge(attributes);
    return object;
  }

  async validate(attributes: AdmissionAttributes): Promise<void> {
    if (attributes.operation === 'DELETE') await this.#judge(attributes);
  }

  async #judge(attributes: AdmissionAttributes): Promise<void> {
    const node = nodeIdentity(attributes.user) ?? '';
    if (node === '') {
      const why = `could not determine node from user ${quote(attributes.user.name)}`;
      throw admissionForbidden(attributes, why);
    }
    switch (groupResourceString(attributes.resource)) {
      case 'pods':
        return this.#judgePod(node, attributes);
      case 'nodes':
        return judgeNode(node, attributes);
      case 'persistentvolumeclaims':
        return judgeClaim(node, attributes);
      case 'serviceaccounts':
        return this.#judgeToken(node, attributes);
      case 'leases.coordination.k8s.io':
        if (attributes.namespace !== LEASES) {
          const why = `can only access leases in the ${quote(LEASES)} system namespace`;
          throw admissionForbidden(attributes, why);
        }
        return judgeName(node, attributes, 'node lease');
      case 'csinodes.storage.k8s.io':
        return judgeName(node, attributes, 'CSINode');
    }
  }

  async #judgePod(node: string, attributes: AdmissionAttributes): Promise<void> {
    const { operation, subresource, object, oldObject, namespace, name } = attributes;
    const refuse = (why: string): Error => admissionForbidden(attributes, why);
    switch (subresource) {
      case '':
        if (operation === 'CREATE') return admitMirrorPod(node, attributes, this.#find);
        if (operation === 'UPDATE')
          throw refuse(
            `unexpected operation "UPDATE", node ${quote(node)} can only create and delete mirror pods`,
          );
        if (!isOn(node, oldObject))
          throw refuse(`node ${quote(node)} can only delete pods with spec.nodeName set to itself`);
        return;
      case 'status': {
        if (!isOn(node, oldObject)) {
          const why = 'can only update pod status for pods with spec.nodeName set to itself';
          throw refuse(`node ${quote(node)} ${why}`);
        }
        if (!deepEqual(object?.metadata?.labels ?? {}, oldObject?.metadata?.labels ?? {}))
          throw refuse(`node ${quote(node)} cannot update labels through pod status`);
        const before = (oldObject as Pod).status?.resourceClaimStatuses ?? [];
        if (!deepEqual((object as Pod).status?.resourceClaimStatuses ?? [], before))
          throw refuse(`node ${quote(node)} cannot update resource claim statues`);
        return;
      }
      case 'eviction': {
        const pod = await this.#find('', 'pods', namespace, name);
        if (pod === undefined) throw newNotFound({ group: '', resource: 'pod' }, name);
        if (!isOn(node, pod))
          throw refuse(`node ${node} can only evict pods with spec.nodeName set to itself`);
        return;
      }
      default:
        throw refuse(
          `unexpected pod subresource ${quote(subresource)}, only 'status' and 'eviction' are allowed`,
        );
    }
  }

  /** Tokens are only for Pods that run here. */
  async #judgeToken(node: string, attributes: AdmissionAttributes): Promise<void> {
    if (attributes.operation !== 'CREATE' || attributes.subresource !== 'token') return;
    const refuse = (why: string): Error => admissionForbidden(attributes, why);
    const { boundObjectRef: bound, audiences = [] } = (attributes.object as TokenRequest).spec ?? {};
    const { apiVersion, kind, name = '', uid = '' } = bound ?? {};
    if (apiVersion !== 'v1' || kind !== 'Pod' || name === '')
      throw refuse('node requested token not bound to a pod');
    if (uid === '') throw refuse('node requested token with a pod binding without a uid');
    const pod = (await this.#find('', 'pods', attributes.namespace, name)) as Pod | undefined;
    if (pod === undefined) throw newNotFound({ group: '', resource: 'pod' }, name);
    if (uid !== pod.metadata?.uid) {
      const why = `the UID in the bound object reference (${uid}) does not match the UID in record.`;
      throw refuse(`${why} The object might have been deleted and then recreated`);
    }
    if (!isOn(node, pod)) throw refuse('node requested token bound to a pod scheduled on a different node');
    const why = await refusedAudience(attributes, audiences, pod, this.#find, this.#authorization);
    if (why !== undefined) throw refuse(why);
  }
}

function isOn(node: string, pod: KubeObject | undefined): boolean {
  return (pod as Pod | undefined)?.spec?.nodeName === node;
}

function judgeName(node: string, attributes: AdmissionAttributes, what: string): void {
  const { operation, object, name } = attributes;
  const meant = operation === 'CREATE' ? object?.metadata?.name : name;
  if (meant === node) return;
  const why = `can only access ${what} with the same name as the requesting node`;
  throw admissionForbidden(attributes, why);
}

function judgeNode(node: string, attributes: AdmissionAttributes): void {
  const { operation, name } = attributes;
  const refuse = (why: string): Error => admissionForbidden(attributes, why);
  if (name !== node) throw refuse(`node ${quote(node)} is not allowed to modify node ${quote(name)}`);
  if (operation === 'DELETE') return;
  const { metadata, spec } = attributes.object as Node;
  const before = attributes.oldObject as Node | undefined;
  if (before === undefined) {
    // `pods` is upstream's word.
    if (spec?.configSource !== undefined)
      throw refuse(`node ${quote(node)} is not allowed to create pods with a non-nil configSource`);
    const labels = forbiddenNodeLabels(metadata?.labels);
    if (labels.length > 0)
      throw refuse(`node ${quote(node)} is not allowed to set the following labels: ${labels.join(', ')}`);
    return;
  }
  if (spec?.configSource !== undefined && !deepEqual(spec.configSource, before.spec?.configSource))
    throw refuse(`node ${quote(node)} is not allowed to update configSource to a new non-nil configSource`);
  if (!deepEqual(spec?.taints ?? [], before.spec?.taints ?? []))
    throw refuse(`node ${quote(node)} is not allowed to modify taints`);
  if (!deepEqual(metadata?.ownerReferences ?? [], before.metadata?.ownerReferences ?? []))
    throw refuse(`node ${quote(node)} is not allowed to modify ownerReferences`);
  const labels = forbiddenNodeLabels(metadata?.labels, before.metadata?.labels);
  if (labels.length > 0) throw refuse(`is not allowed to modify labels: ${labels.join(', ')}`);
}

function judgeClaim(node: string, attributes: AdmissionAttributes): void {
  if (attributes.subresource !== 'status') throw admissionForbidden(attributes, 'may only update PVC status');
  const object = withoutGrowth(attributes.object);
  const before = withoutGrowth(attributes.oldObject);
  if (deepEqual(object, before)) return;
  // Upstream ends with a diff in Go's notation, which has no fixed form: here, the fields that differ.
  const differ = Object.keys({ ...before, ...object }).filter((key) => !deepEqual(object[key], before[key]));
  const why = 'is not allowed to update fields other than status.capacity and status.conditions';
  throw admissionForbidden(attributes, `node ${quote(node)} ${why}: ${differ.sort().join(', ')}`);
}

/** A claim without what a kubelet reports of its size. */
function withoutGrowth(claim: KubeObject | undefined): Readonly<Record<string, unknown>> {
  const { metadata, spec, status } = claim as PersistentVolumeClaim;
  const { resourceVersion: _version, managedFields: _owners, ...meta } = metadata ?? {};
  const {
    capacity: _capacity,
    conditions: _conditions,
    allocatedResourceStatuses: _statuses,
    allocatedResources: _resources,
    ...state
  } = status ?? {};
  return { metadata: meta, spec, status: state };
}
