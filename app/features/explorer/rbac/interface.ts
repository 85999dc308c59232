/** Objects of rbac.authorization.k8s.io/v1, as far as they decide anything. */
export interface PolicyRule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export interface RbacSubject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

interface Meta {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

export interface RbacRole extends Meta {
  readonly rules?: readonly PolicyRule[] | null;
}

export interface RbacBinding extends Meta {
  readonly subjects?: readonly RbacSubject[] | null;
  readonly roleRef: { readonly kind: string; readonly name: string };
}

export interface RbacObjects {
  readonly roles: readonly RbacRole[];
  readonly clusterRoles: readonly RbacRole[];
  readonly roleBindings: readonly RbacBinding[];
  readonly clusterRoleBindings: readonly RbacBinding[];
}

/** How somebody comes by a permission. */
export interface Via {
  readonly binding: { readonly kind: 'RoleBinding' | 'ClusterRoleBinding'; readonly name: string };
  readonly role: { readonly kind: string; readonly name: string };
  /** Where it holds; empty: everywhere. */
  readonly namespace: string;
}
