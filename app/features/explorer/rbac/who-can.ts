import type { PolicyRule, RbacBinding, RbacObjects, RbacSubject, Via } from './interface.ts';

export interface AccessQuestion {
  readonly verb: string;
  readonly group: string;
  /** With its subresource where one is asked about: `pods/log`. */
  readonly resource: string;
  /** Empty: at the cluster scope, or in all namespaces. */
  readonly namespace: string;
}

export interface Holder extends Via {
  readonly subject: RbacSubject;
  /** The permission holds for these names only; empty: for all. */
  readonly names: readonly string[];
}

export interface Permission extends Via {
  readonly rule: PolicyRule;
  /** As whom the subject has it: itself or one of its groups. */
  readonly as: RbacSubject;
}

/** Models rbac.VerbMatches, APIGroupMatches and ResourceMatches of pkg/apis/rbac/v1 (v1.34). */
function allows(rule: PolicyRule, { verb, group, resource }: AccessQuestion): boolean {
  const has = (list: readonly string[] | undefined, value: string): boolean =>
    list !== undefined && (list.includes('*') || list.includes(value));
  const slash = resource.indexOf('/');
  return (
    has(rule.verbs, verb) &&
    has(rule.apiGroups, group) &&
    (has(rule.resources, resource) ||
      (slash >= 0 && rule.resources?.includes(`*${resource.slice(slash)}`) === true))
  );
}

function* bindings(
  objects: RbacObjects,
): Generator<{ binding: RbacBinding; via: Via; rules: readonly PolicyRule[] }> {
  const clusterRoles = new Map(objects.clusterRoles.map((role) => [role.metadata.name, role]));
  const roles = new Map(
    objects.roles.map((role) => [`${role.metadata.namespace ?? ''}/${role.metadata.name}`, role]),
  );
  for (const [kind, list] of [
    ['ClusterRoleBinding', objects.clusterRoleBindings],
    ['RoleBinding', objects.roleBindings],
  ] as const)
    for (const binding of list) {
      const namespace = binding.metadata.namespace ?? '';
      const role =
        binding.roleRef.kind === 'ClusterRole'
          ? clusterRoles.get(binding.roleRef.name)
          : roles.get(`${namespace}/${binding.roleRef.name}`);
      const { kind: roleKind, name: roleName } = binding.roleRef;
      // A binding to a role that is not there gives nothing.
      yield {
        binding,
        rules: role?.rules ?? [],
        via: {
          binding: { kind, name: binding.metadata.name },
          role: { kind: roleKind, name: roleName },
          namespace,
        },
      };
    }
}

/** Who may do that, and through which binding and role. */
export function whoCan(objects: RbacObjects, question: AccessQuestion): Holder[] {
  const holders: Holder[] = [];
  for (const { binding, via, rules } of bindings(objects)) {
    if (via.namespace !== '' && via.namespace !== question.namespace) continue;
    const matching = rules.filter((rule) => allows(rule, question));
    if (matching.length === 0) continue;
    const unlimited = matching.some(({ resourceNames }) => (resourceNames ?? []).length === 0);
    const names = unlimited ? [] : matching.flatMap(({ resourceNames }) => resourceNames ?? []);
    for (const subject of binding.subjects ?? []) holders.push({ ...via, subject, names });
  }
  return holders;
}

/** Everything a subject may do, through itself and the groups that everybody of its kind is in. */
export function permissionsOf(objects: RbacObjects, subject: RbacSubject): Permission[] {
  const mine = identities(subject);
  const permissions: Permission[] = [];
  for (const { binding, via, rules } of bindings(objects)) {
    const as = (binding.subjects ?? []).find((one) => mine.some((own) => sameSubject(own, one)));
    if (as === undefined) continue;
    for (const rule of rules) permissions.push({ ...via, rule, as });
  }
  return permissions;
}

function sameSubject(a: RbacSubject, b: RbacSubject): boolean {
  return (
    a.kind === b.kind && a.name === b.name && (a.kind !== 'ServiceAccount' || a.namespace === b.namespace)
  );
}

/** A subject and what the API server takes it for besides: a service account is a user and in three groups. */
function identities(subject: RbacSubject): RbacSubject[] {
  const group = (name: string): RbacSubject => ({ kind: 'Group', name });
  if (subject.kind === 'Group') return [subject];
  const authenticated = group('system:authenticated');
  if (subject.kind === 'User') {
    const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(subject.name);
    if (account !== null)
      return identities({ kind: 'ServiceAccount', namespace: account[1] ?? '', name: account[2] ?? '' });
    return subject.name === 'system:anonymous'
      ? [subject, group('system:unauthenticated')]
      : [subject, authenticated];
  }
  const namespace = subject.namespace ?? '';
  return [
    subject,
    { kind: 'User', name: `system:serviceaccount:${namespace}:${subject.name}` },
    group('system:serviceaccounts'),
    group(`system:serviceaccounts:${namespace}`),
    authenticated,
  ];
}

/** `ServiceAccount kube-system/default`, `Group system:masters`. */
export function subjectText({ kind, name, namespace }: RbacSubject): string {
  return `${kind} ${kind === 'ServiceAccount' ? `${namespace ?? ''}/` : ''}${name}`;
}

/** Every subject that some binding names, in the order of kind and name. */
export function subjectsOf(objects: RbacObjects): RbacSubject[] {
  const found = new Map<string, RbacSubject>();
  for (const binding of [...objects.clusterRoleBindings, ...objects.roleBindings])
    for (const subject of binding.subjects ?? []) found.set(subjectText(subject), subject);
  return [...found.keys()].sort().map((key) => found.get(key) as RbacSubject);
}
