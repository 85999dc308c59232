import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
  Subject,
} from '../../../api/types.ts';

const GROUP = 'rbac.authorization.k8s.io';
const API_VERSION = `${GROUP}/v1`;
/** Marks what an API server makes by itself. */
export const BOOTSTRAPPING_LABEL = { 'kubernetes.io/bootstrapping': 'rbac-defaults' } as const;
/** `true`: an API server puts back at its start what is missing. */
export const AUTOUPDATE_ANNOTATION = 'rbac.authorization.kubernetes.io/autoupdate';

const words = (text: string): string[] => (text === '' ? [] : text.split(' ')).sort();

/** A rule about resources; each argument is a list of words. The core group is written `core`. */
export function rule(verbs: string, groups: string, resources: string, names = ''): PolicyRule {
  return {
    apiGroups: words(groups)
      .map((group) => (group === 'core' ? '' : group))
      .sort(),
    ...(names === '' ? {} : { resourceNames: words(names) }),
    resources: words(resources),
    verbs: words(verbs),
  };
}

/** A rule about paths. */
export function urls(verbs: string, paths: string): PolicyRule {
  return { nonResourceURLs: words(paths), verbs: words(verbs) };
}

/** May write events. */
export const EVENTS: PolicyRule = rule('create update patch', 'core events.k8s.io', 'events');

export const READ = 'get list watch';
export const WRITE = 'create update patch delete deletecollection';
export const READ_WRITE = `${READ} ${WRITE}`;

function metadata(name: string, namespace = '', labels: Readonly<Record<string, string>> = {}) {
  return {
    annotations: { [AUTOUPDATE_ANNOTATION]: 'true' },
    labels: { ...BOOTSTRAPPING_LABEL, ...labels },
    name,
    ...(namespace === '' ? {} : { namespace }),
  };
}

export interface Aggregation {
  readonly labels?: Readonly<Record<string, string>>;
  /** Label whose ClusterRoles are gathered. */
  readonly gathers?: string;
}

export function clusterRole(
  name: string,
  rules: readonly PolicyRule[],
  { labels, gathers }: Aggregation = {},
): ClusterRole {
  return {
    apiVersion: API_VERSION,
    kind: 'ClusterRole',
    metadata: metadata(name, '', labels),
    ...(gathers === undefined
      ? { rules }
      : { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [gathers]: 'true' } }] } }),
  };
}

export function role(namespace: string, name: string, rules: readonly PolicyRule[]): Role {
  return { apiVersion: API_VERSION, kind: 'Role', metadata: metadata(name, namespace), rules };
}

export const user = (name: string): Subject => ({ apiGroup: GROUP, kind: 'User', name });
export const group = (name: string): Subject => ({ apiGroup: GROUP, kind: 'Group', name });
export const account = (name: string): Subject => ({
  kind: 'ServiceAccount',
  name,
  namespace: 'kube-system',
});

export function clusterBinding(
  name: string,
  subjects: readonly Subject[],
  roleName = name,
): ClusterRoleBinding {
  return {
    apiVersion: API_VERSION,
    kind: 'ClusterRoleBinding',
    metadata: metadata(name),
    roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: roleName },
    ...(subjects.length === 0 ? {} : { subjects }),
  };
}

export function binding(
  namespace: string,
  name: string,
  subjects: readonly Subject[],
  roleName = name,
): RoleBinding {
  return {
    apiVersion: API_VERSION,
    kind: 'RoleBinding',
    metadata: metadata(name, namespace),
    roleRef: { apiGroup: GROUP, kind: 'Role', name: roleName },
    subjects,
  };
}
