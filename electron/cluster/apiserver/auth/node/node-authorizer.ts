import { quote } from '../../../apimachinery/validation/field-error.ts';
import { NODE_RULES } from '../bootstrap-policy/node-rules.ts';
import type { AuthorizationAttributes, AuthorizationResult, Authorizer, RuleList } from '../interface.ts';
import { ruleAllows } from '../rbac/policy-rule.ts';
import type { UserInfo } from '../user.ts';
import { nodeIdentity } from './node-identity.ts';
import type { NodeObjects } from './node-objects.ts';
import { podRefersTo } from '../../../api/helpers/pod-references.ts';
import type { ReferredResource } from '../../../api/helpers/pod-references.ts';

type Verdict = AuthorizationResult | Promise<AuthorizationResult>;

const ALLOW: AuthorizationResult = { decision: 'allow', reason: '' };
const LEASES = 'kube-node-lease';
const OWN_VERBS = new Set(['get', 'create', 'update', 'patch', 'delete']);
const READS = new Set(['get', 'list', 'watch']);

const no = (reason: string): AuthorizationResult => ({ decision: 'no-opinion', reason });

/**
 * What a kubelet may do: its own Node and Lease, and of what others own only what Pods on its node need. Has no opinion on
 * anybody else. Models plugin/pkg/auth/authorizer/node (v1.34), resource claims left out.
 */
export class NodeAuthorizer implements Authorizer {
  readonly name = 'Node';
  readonly #objects: NodeObjects;

  constructor(objects: NodeObjects) {
    this.#objects = objects;
  }

  authorize(user: UserInfo, attributes: AuthorizationAttributes): Verdict {
    const node = nodeIdentity(user);
    if (node === undefined) return no('');
    if (node === '') return no(`unknown node for user ${quote(user.name)}`);
    if (attributes.isResourceRequest) {
      const verdict = this.#subdivided(node, attributes);
      if (verdict !== undefined) return verdict;
    }
    return NODE_RULES.some((rule) => ruleAllows(rule, attributes)) ? ALLOW : no('');
  }

  rulesFor(user: UserInfo): RuleList {
    if (nodeIdentity(user) === undefined) return { rules: [], errors: [], incomplete: false };
    const errors = ['node authorizer does not support user rule resolution'];
    return { rules: [], errors, incomplete: true };
  }

  /** Undefined for resources to which the rules apply as they are. */
  #subdivided(node: string, attributes: AuthorizationAttributes): Verdict | undefined {
    switch (`${attributes.apiGroup}/${attributes.resource}`) {
      case '/secrets':
        return this.#read(node, 'secrets', attributes);
      case '/configmaps':
        return this.#read(node, 'configmaps', attributes);
      case '/persistentvolumeclaims':
        if (attributes.subresource === 'status') return this.#updateClaimStatus(node, attributes);
        return this.#get(attributes, () => this.#referred(node, 'persistentvolumeclaims', attributes));
      case '/persistentvolumes':
        return this.#get(attributes, () => this.#volume(node, attributes.name));
      case 'storage.k8s.io/volumeattachments':
        return this.#get(attributes, () => this.#attachment(node, attributes.name));
      case '/serviceaccounts':
        return this.#createToken(node, attributes);
      case 'coordination.k8s.io/leases':
        return lease(node, attributes);
      case 'storage.k8s.io/csinodes':
        return csiNode(node, attributes);
      case '/nodes':
        return ownNode(node, attributes);
      case '/pods':
        return this.#pod(node, attributes);
      default:
        return undefined;
    }
  }

  #read(node: string, resource: ReferredResource, attributes: AuthorizationAttributes): Verdict {
    if (!READS.has(attributes.verb)) return no('can only read resources of this type');
    if (attributes.subresource !== '') return no('cannot read subresource');
    if (attributes.namespace === '') return no('can only read namespaced object of this type');
    return this.#referred(node, resource, attributes);
  }

  #get(attributes: AuthorizationAttributes, related: () => Verdict): Verdict {
    if (attributes.verb !== 'get') return no('can only get individual resources of this type');
    if (attributes.subresource !== '') return no('cannot get subresource');
    if (attributes.name === '') return no('No Object name found');
    return related();
  }

  #updateClaimStatus(node: string, attributes: AuthorizationAttributes): Verdict {
    if (attributes.verb !== 'update' && attributes.verb !== 'patch' && attributes.verb !== 'get')
      return no('can only get/update/patch this type');
    return this.#referred(node, 'persistentvolumeclaims', attributes);
  }

  #createToken(node: string, attributes: AuthorizationAttributes): Verdict {
    if (attributes.verb !== 'create' || attributes.name === '')
      return no('can only create tokens for individual service accounts');
    if (attributes.subresource !== 'token') return no('can only create token subresource of serviceaccount');
    return this.#referred(node, 'serviceaccounts', attributes);
  }

  async #referred(
    node: string,
    resource: ReferredResource,
    { namespace, name }: AuthorizationAttributes,
  ): Promise<AuthorizationResult> {
    if (name === '') return no('No Object name found');
    const found = await this.#objects.somePodOn(
      node,
      (pod) => pod.metadata?.namespace === namespace && podRefersTo(pod, resource, name),
    );
    return found ? ALLOW : unrelated(node);
  }

  async #volume(node: string, name: string): Promise<AuthorizationResult> {
    const volume = (await this.#objects.find('', 'persistentvolumes', '', name)) as
      | { readonly spec?: { readonly claimRef?: { readonly namespace?: string; readonly name?: string } } }
      | undefined;
    const claim = volume?.spec?.claimRef;
    if (claim?.name === undefined) return unrelated(node);
    const found = await this.#objects.somePodOn(
      node,
      (pod) =>
        pod.metadata?.namespace === claim.namespace &&
        podRefersTo(pod, 'persistentvolumeclaims', claim.name ?? ''),
    );
    return found ? ALLOW : unrelated(node);
  }

  async #attachment(node: string, name: string): Promise<AuthorizationResult> {
    const attachment = (await this.#objects.find('storage.k8s.io', 'volumeattachments', '', name)) as
      { readonly spec?: { readonly nodeName?: string } } | undefined;
    return attachment?.spec?.nodeName === node ? ALLOW : unrelated(node);
  }

  #pod(node: string, attributes: AuthorizationAttributes): Verdict {
    const { verb, subresource, namespace, name } = attributes;
    if (subresource === 'status') return verb === 'update' || verb === 'patch' ? ALLOW : no('');
    if (subresource === 'eviction') return verb === 'create' ? ALLOW : no('');
    if (subresource !== '') return no('');
    switch (verb) {
      case 'get':
        return this.#get(attributes, async () => {
          const own = await this.#objects.somePodOn(
            node,
            ({ metadata }) => metadata?.name === name && metadata.namespace === namespace,
          );
          return own ? ALLOW : unrelated(node);
        });
      case 'list':
      case 'watch': {
        const terms = (attributes.query?.get('fieldSelector') ?? '').split(',');
        const own = terms.some((term) => /^spec\.nodeName==?/.test(term) && term.split('=').pop() === node);
        return own ? ALLOW : no('can only list/watch pods with spec.nodeName field selector');
      }
      case 'create':
      case 'delete':
        // NodeRestriction lets only mirror Pods of the node itself through.
        return ALLOW;
      default:
        return no('');
    }
  }
}

function unrelated(node: string): AuthorizationResult {
  return no(`no relationship found between node '${node}' and this object`);
}

function lease(node: string, { verb, namespace, name }: AuthorizationAttributes): AuthorizationResult {
  if (!OWN_VERBS.has(verb)) return no('can only get, create, update, patch, or delete a node lease');
  if (namespace !== LEASES) return no(`can only access leases in the ${quote(LEASES)} system namespace`);
  // Who creates one has its name in the body, which NodeRestriction sees.
  if (verb !== 'create' && name !== node)
    return no('can only access node lease with the same name as the requesting node');
  return ALLOW;
}

function csiNode(node: string, { verb, subresource, name }: AuthorizationAttributes): AuthorizationResult {
  if (!OWN_VERBS.has(verb)) return no('can only get, create, update, patch, or delete a CSINode');
  if (subresource !== '') return no('cannot authorize CSINode subresources');
  if (verb !== 'create' && name !== node)
    return no('can only access CSINode with the same name as the requesting node');
  return ALLOW;
}

function ownNode(node: string, { verb, subresource, name }: AuthorizationAttributes): AuthorizationResult {
  const writes = verb === 'update' || verb === 'patch';
  if (subresource === 'status') return writes ? ALLOW : no('');
  if (subresource !== '') return no('');
  // NodeRestriction sees to it that it is its own.
  if (verb === 'create' || writes) return ALLOW;
  if (!READS.has(verb)) return no('');
  if (name === node) return ALLOW;
  if (name === '') return no(`node '${node}' cannot read all nodes, only its own Node object`);
  return no(`node '${node}' cannot read '${name}', only its own Node object`);
}
