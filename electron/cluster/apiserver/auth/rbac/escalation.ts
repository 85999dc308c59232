import type { ClusterRole, KubeObject, PolicyRule, RoleBinding } from '../../../api/types.ts';
import { newForbidden, newNotFound } from '../../../apimachinery/status.ts';
import { quote } from '../../../apimachinery/validation/field-error.ts';
import { sameValue } from '../../../apimachinery/validation/object-meta.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../../admission/interface.ts';
import type { AuthorizationChain } from '../authorization-chain.ts';
import type { AuthorizationAttributes } from '../interface.ts';
import { MASTERS } from '../masters-authorizer.ts';
import type { UserInfo } from '../user.ts';
import { compactRules, missingRights, quotedList, ruleText } from './covers.ts';
import type { RbacObjects } from './rbac-objects.ts';

const GROUP = 'rbac.authorization.k8s.io';
const KINDS = new Set(['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings']);
const EVERYTHING: readonly PolicyRule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
];

/**
 * Nobody grants what they do not have themselves, unless they may `escalate` the role or `bind` it. Stands where admission
 * stands because upstream asks between admission and the write. Models registry/rbac/*\/policybased (v1.34).
 */
export class EscalationCheck implements AdmissionPlugin {
  readonly name = 'RBACEscalation';
  readonly #authorization: AuthorizationChain;
  readonly #objects: RbacObjects;

  constructor(authorization: AuthorizationChain, objects: RbacObjects) {
    this.#authorization = authorization;
    this.#objects = objects;
  }

  handles({ operation, resource, user }: AdmissionAttributes): boolean {
    if (resource.group !== GROUP || operation === 'DELETE' || !KINDS.has(resource.resource)) return false;
    return !user.groups.includes(MASTERS);
  }

  async admit(attributes: AdmissionAttributes, object: KubeObject): Promise<KubeObject> {
    const { oldObject, resource } = attributes;
    if (oldObject !== undefined && onlyForCollection(object, oldObject)) return object;
    if (resource.resource.endsWith('bindings')) await this.#checkBinding(attributes, object as RoleBinding);
    else await this.#checkRole(attributes, object as ClusterRole);
    return object;
  }

  async #checkRole(attributes: AdmissionAttributes, role: ClusterRole): Promise<void> {
    const { user, resource, namespace, name } = attributes;
    const may = await this.#may(user, 'escalate', resource.resource, namespace, name);
    if (may) return;
    const shown = role.metadata?.name ?? '';
    const refused = await this.#missing(user, namespace, role.rules ?? []);
    if (refused !== undefined) throw newForbidden(resource, shown, refused);
    if ((role.aggregationRule?.clusterRoleSelectors?.length ?? 0) === 0) return;
    // What it gathers can become anything.
    const lacking = await this.#missing(user, namespace, EVERYTHING);
    if (lacking !== undefined) {
      const why = `must have cluster-admin privileges to use an aggregationRule: ${lacking}`;
      throw newForbidden(resource, shown, why);
    }
  }

  async #checkBinding(attributes: AdmissionAttributes, binding: RoleBinding): Promise<void> {
    const { user, resource, namespace } = attributes;
    const { kind, name } = binding.roleRef;
    const roles = kind === 'ClusterRole' ? 'clusterroles' : 'roles';
    if (await this.#may(user, 'bind', roles, namespace, name)) return;
    const rules = this.#objects.rulesOf(binding.roleRef, namespace);
    if (rules === undefined) throw newNotFound({ group: GROUP, resource: roles.slice(0, -1) }, name);
    const refused = await this.#missing(user, namespace, rules);
    if (refused !== undefined) throw newForbidden(resource, binding.metadata?.name ?? '', refused);
  }

  async #may(
    user: UserInfo,
    verb: string,
    resource: string,
    namespace: string,
    name: string,
  ): Promise<boolean> {
    const asked: AuthorizationAttributes = {
      isResourceRequest: true, path: '', verb, apiGroup: GROUP, namespace, resource, subresource: '', name,
    }; // prettier-ignore
    return (await this.#authorization.authorize(user, asked)).decision === 'allow';
  }

  /** Why `user` may not grant `rules`; undefined when they may. Models ConfirmNoEscalation (v1.34). */
  async #missing(
    user: UserInfo,
    namespace: string,
    rules: readonly PolicyRule[],
  ): Promise<string | undefined> {
    const owned = await this.#authorization.rulesFor(user, namespace);
    const missing = missingRights(owned.rules, rules);
    if (missing.length === 0) return undefined;
    const lines = [...new Set(compactRules(missing).map(ruleText))].sort();
    const who = `user ${quote(user.name)} (groups=${quotedList(user.groups)})`;
    const trouble = owned.errors.length === 0 ? '' : `; resolution errors: [${owned.errors.join(' ')}]`;
    return `${who} is attempting to grant RBAC permissions not currently held:\n${lines.join('\n')}${trouble}`;
  }
}

/** Only what the garbage collector needs to change is changed. Models IsOnlyMutatingGCFields (v1.34). */
function onlyForCollection(object: KubeObject, old: KubeObject): boolean {
  const bare = ({ metadata, ...rest }: KubeObject): unknown => ({
    ...rest,
    metadata: {
      ...metadata,
      ownerReferences: undefined,
      finalizers: undefined,
      managedFields: undefined,
      resourceVersion: undefined,
    },
  });
  return sameValue(bare(object), bare(old));
}
