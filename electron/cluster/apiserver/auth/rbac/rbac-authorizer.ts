import type { ClusterRoleBinding, PolicyRule, RoleBinding, Subject } from '../../../api/types.ts';
import { quote } from '../../../apimachinery/validation/field-error.ts';
import type { AuthorizationAttributes, AuthorizationResult, Authorizer, RuleList } from '../interface.ts';
import type { UserInfo } from '../user.ts';
import { combinedResource, ruleAllows } from './policy-rule.ts';
import type { RbacObjects } from './rbac-objects.ts';

const NO_OPINION: AuthorizationResult = { decision: 'no-opinion', reason: '' };
/** Rules about paths are filed under it; no resource is called so. */
const PATHS = '/';

/** One rule of a role that a binding gives to somebody. */
interface Grant {
  readonly rule: PolicyRule;
  readonly allowed: AuthorizationResult;
}

/** All that bindings of one scope (the cluster, or a namespace) give to one user. */
interface Grants {
  readonly byResource: ReadonlyMap<string, readonly Grant[]>;
  readonly rules: readonly PolicyRule[];
  /** Roles that are bound and do not exist. */
  readonly errors: readonly string[];
}

interface Known {
  readonly generation: number;
  readonly cluster: Grants;
  readonly inNamespace: Map<string, Grants>;
}

/**
 * Decides by Roles and ClusterRoles and whom they are bound to. What somebody has is worked out once and filed by resource,
 * until a role or a binding changes. Models plugin/pkg/auth/authorizer/rbac (v1.34).
 */
export class RbacAuthorizer implements Authorizer {
  readonly name = 'RBAC';
  readonly #objects: RbacObjects;
  readonly #known = new WeakMap<UserInfo, Known>();
  #bindings: { readonly generation: number; readonly byNamespace: ReadonlyMap<string, RoleBinding[]> } = {
    generation: -1,
    byNamespace: new Map(),
  };

  constructor(objects: RbacObjects) {
    this.#objects = objects;
  }

  authorize(
    user: UserInfo,
    attributes: AuthorizationAttributes,
  ): AuthorizationResult | Promise<AuthorizationResult> {
    if (this.#objects.ready) return this.#decide(user, attributes);
    return this.#objects.start().then(() => this.#decide(user, attributes));
  }

  async rulesFor(user: UserInfo, namespace: string): Promise<RuleList> {
    if (!this.#objects.ready) await this.#objects.start();
    const known = this.#of(user);
    const scopes = namespace === '' ? [known.cluster] : [known.cluster, this.#within(user, known, namespace)];
    return {
      rules: scopes.flatMap(({ rules }) => rules),
      errors: scopes.flatMap(({ errors }) => errors),
      incomplete: scopes.some(({ errors }) => errors.length > 0),
    };
  }

  #decide(user: UserInfo, attributes: AuthorizationAttributes): AuthorizationResult {
    const known = this.#of(user);
    const { namespace } = attributes;
    const granted = find(known.cluster, attributes);
    if (granted !== undefined) return granted;
    const local = namespace === '' ? undefined : this.#within(user, known, namespace);
    const locally = local === undefined ? undefined : find(local, attributes);
    if (locally !== undefined) return locally;
    const errors = [...new Set([...known.cluster.errors, ...(local?.errors ?? [])])];
    if (errors.length === 0) return NO_OPINION;
    const text = errors.length === 1 ? (errors[0] as string) : `[${errors.join(', ')}]`;
    return { decision: 'no-opinion', reason: `RBAC: ${text}` };
  }

  #of(user: UserInfo): Known {
    const { generation } = this.#objects;
    let known = this.#known.get(user);
    if (known?.generation !== generation) {
      const cluster = this.#collect(user, this.#objects.clusterRoleBindings, '');
      known = { generation, cluster, inNamespace: new Map() };
      this.#known.set(user, known);
    }
    return known;
  }

  #within(user: UserInfo, known: Known, namespace: string): Grants {
    let grants = known.inNamespace.get(namespace);
    if (grants === undefined) {
      grants = this.#collect(user, this.#bindingsIn(namespace), namespace);
      known.inNamespace.set(namespace, grants);
    }
    return grants;
  }

  #bindingsIn(namespace: string): readonly RoleBinding[] {
    const { generation } = this.#objects;
    if (this.#bindings.generation !== generation) {
      const byNamespace = new Map<string, RoleBinding[]>();
      for (const binding of this.#objects.roleBindings) {
        const where = binding.metadata?.namespace ?? '';
        const list = byNamespace.get(where);
        if (list === undefined) byNamespace.set(where, [binding]);
        else list.push(binding);
      }
      this.#bindings = { generation, byNamespace };
    }
    return this.#bindings.byNamespace.get(namespace) ?? [];
  }

  #collect(
    user: UserInfo,
    bindings: readonly (ClusterRoleBinding | RoleBinding)[],
    namespace: string,
  ): Grants {
    const byResource = new Map<string, Grant[]>();
    const rules: PolicyRule[] = [];
    const errors: string[] = [];
    for (const binding of bindings) {
      const subject = binding.subjects?.find((each) => isSubject(each, user, namespace));
      if (subject === undefined) continue;
      const bound = this.#objects.rulesOf(binding.roleRef, namespace);
      if (bound === undefined) {
        const kind = binding.roleRef.kind.toLowerCase();
        errors.push(`${kind}.rbac.authorization.k8s.io ${quote(binding.roleRef.name)} not found`);
        continue;
      }
      const allowed: AuthorizationResult = {
        decision: 'allow',
        reason: `RBAC: allowed by ${sourceText(binding, subject, namespace)}`,
      };
      for (const rule of bound) {
        rules.push(rule);
        const filed = (rule.nonResourceURLs?.length ?? 0) > 0 ? [PATHS] : (rule.resources ?? []);
        for (const resource of filed) {
          const list = byResource.get(resource);
          if (list === undefined) byResource.set(resource, [{ rule, allowed }]);
          else list.push({ rule, allowed });
        }
      }
    }
    return { byResource, rules, errors };
  }
}

function find({ byResource }: Grants, attributes: AuthorizationAttributes): AuthorizationResult | undefined {
  if (byResource.size === 0) return undefined;
  if (!attributes.isResourceRequest) return first(byResource.get(PATHS), attributes);
  return (
    first(byResource.get(combinedResource(attributes)), attributes) ??
    first(byResource.get('*'), attributes) ??
    (attributes.subresource === ''
      ? undefined
      : first(byResource.get(`*/${attributes.subresource}`), attributes))
  );
}

function first(
  grants: readonly Grant[] | undefined,
  attributes: AuthorizationAttributes,
): AuthorizationResult | undefined {
  return grants?.find(({ rule }) => ruleAllows(rule, attributes))?.allowed;
}

/** An account of a role binding without a namespace is one of the binding's own. */
function isSubject(subject: Subject, user: UserInfo, bindingNamespace: string): boolean {
  switch (subject.kind) {
    case 'User':
      return subject.name === user.name;
    case 'Group':
      return user.groups.includes(subject.name);
    case 'ServiceAccount': {
      const namespace = (subject.namespace ?? '') === '' ? bindingNamespace : (subject.namespace as string);
      return namespace !== '' && user.name === `system:serviceaccount:${namespace}:${subject.name}`;
    }
    default:
      return false;
  }
}

/** `ClusterRoleBinding "x" of ClusterRole "y" to Group "z"`. */
function sourceText(
  binding: ClusterRoleBinding | RoleBinding,
  subject: Subject,
  bindingNamespace: string,
): string {
  const { name = '', namespace } = binding.metadata ?? {};
  const what =
    bindingNamespace === ''
      ? `ClusterRoleBinding ${quote(name)}`
      : `RoleBinding ${quote(`${name}/${namespace ?? ''}`)}`;
  const who =
    subject.kind === 'ServiceAccount'
      ? quote(`${subject.name}/${subject.namespace ?? bindingNamespace}`)
      : quote(subject.name);
  return `${what} of ${binding.roleRef.kind} ${quote(binding.roleRef.name)} to ${subject.kind} ${who}`;
}
