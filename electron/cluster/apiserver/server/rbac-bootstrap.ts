import type { ClusterRole, ClusterRoleBinding, KubeObject, PolicyRule, Subject } from '../../api/types.ts';
import { sameValue } from '../../apimachinery/validation/object-meta.ts';
import { AUTOUPDATE_ANNOTATION } from '../auth/bootstrap-policy/define.ts';
import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES } from '../auth/bootstrap-policy/cluster-roles.ts';
import { CONTROLLER_ROLE_BINDINGS, CONTROLLER_ROLES } from '../auth/bootstrap-policy/controller-roles.ts';
import { NAMESPACE_ROLE_BINDINGS, NAMESPACE_ROLES } from '../auth/bootstrap-policy/namespace-roles.ts';
import { missingRights } from '../auth/rbac/covers.ts';
import type { ApiServer } from './api-server.ts';
import { createUnlessThere, ownWrite } from './own-writes.ts';

const GROUP = 'rbac.authorization.k8s.io';

type RbacObject = KubeObject & {
  readonly rules?: readonly PolicyRule[];
  readonly aggregationRule?: unknown;
  readonly roleRef?: unknown;
  readonly subjects?: readonly Subject[];
};

/**
 * Makes the roles and bindings that every cluster has, and adds to those that are there what is missing from them, unless
 * their autoupdate annotation says false. Models the post-start hook rbac/bootstrap-roles and component-helpers
 * auth/rbac/reconciliation (v1.34). @throws StatusError, StorageError when etcd is out of reach
 */
export async function bootstrapRbac(server: ApiServer): Promise<void> {
  await reconcileAll(server, 'clusterroles', [...CLUSTER_ROLES, ...CONTROLLER_ROLES]);
  await reconcileAll(server, 'clusterrolebindings', [...CLUSTER_ROLE_BINDINGS, ...CONTROLLER_ROLE_BINDINGS]);
  await reconcileAll(server, 'roles', NAMESPACE_ROLES);
  await reconcileAll(server, 'rolebindings', NAMESPACE_ROLE_BINDINGS);
}

async function reconcileAll(
  server: ApiServer,
  resource: string,
  wanted: readonly (ClusterRole | ClusterRoleBinding)[],
): Promise<void> {
  const served = server.resources.find(GROUP, 'v1', resource);
  if (served === undefined) return;
  const { items } = await server.store.list(served.store.prefix, {});
  const present = new Map(items.map((item) => [keyOf(item), item as RbacObject]));
  for (const object of wanted) {
    const there = present.get(keyOf(object));
    if (there === undefined) {
      await createUnlessThere(server, GROUP, resource, object);
      continue;
    }
    const next = reconciled(there, object);
    if (next === there) continue;
    const { name = '', namespace = '' } = object.metadata ?? {};
    await served.writer.update(
      { namespace, name, subresource: '', update: () => next, create: 'never' },
      ownWrite(),
    );
  }
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;
}

/** `present` with what it lacks of `wanted`; itself when it lacks nothing or is not to be touched. */
function reconciled(present: RbacObject, wanted: RbacObject): RbacObject {
  if (present.metadata?.annotations?.[AUTOUPDATE_ANNOTATION] === 'false') return present;
  // A binding's role cannot change: somebody made another one of this name.
  if (!sameValue(present.roleRef, wanted.roleRef)) return present;
  const metadata = {
    ...present.metadata,
    labels: { ...wanted.metadata?.labels, ...present.metadata?.labels },
    annotations: { ...wanted.metadata?.annotations, ...present.metadata?.annotations },
  };
  const rules =
    wanted.aggregationRule === undefined
      ? [...(present.rules ?? []), ...missingRights(present.rules ?? [], wanted.rules ?? [])]
      : (present.rules ?? []);
  const known = present.subjects ?? [];
  const subjects = [
    ...known,
    ...(wanted.subjects ?? []).filter((subject) => !known.some((each) => sameValue(each, subject))),
  ];
  const next: RbacObject = {
    ...present,
    metadata,
    ...(rules.length === 0 ? {} : { rules }),
    ...(wanted.aggregationRule === undefined ? {} : { aggregationRule: wanted.aggregationRule }),
    ...(subjects.length === 0 ? {} : { subjects }),
  };
  return sameValue(next, present) ? present : next;
}
