import type {
  ClusterRole,
  ClusterRoleBinding,
  KubeObject,
  PolicyRule,
  Role,
  RoleBinding,
} from '../../../api/types.ts';
import type { Predicate } from '../../storage/predicate.ts';
import type { WatchCache } from '../../storage/watch-cache.ts';
import { storageKey, storagePrefix } from '../../storage/storage-prefix.ts';

const GROUP = 'rbac.authorization.k8s.io';
const ALL: Predicate = {
  namespace: '',
  name: undefined,
  required: {},
  matches: () => true,
  everything: true,
};

/** The caches of the four kinds; undefined for a kind that is not served. */
export type RbacCaches = Readonly<
  Record<'roles' | 'clusterroles' | 'rolebindings' | 'clusterrolebindings', WatchCache | undefined>
>;

/** Roles and bindings as the watch caches know them. */
export class RbacObjects {
  readonly #caches: RbacCaches;

  constructor(caches: RbacCaches) {
    this.#caches = caches;
  }

  /** True once all has been in memory: as an informer does, it keeps what it knew while etcd is away. */
  get ready(): boolean {
    const { roles, clusterroles, rolebindings, clusterrolebindings } = this.#caches;
    return (
      (roles?.filled ?? true) &&
      (clusterroles?.filled ?? true) &&
      (rolebindings?.filled ?? true) &&
      (clusterrolebindings?.filled ?? true)
    );
  }

  /** Changes whenever a role or a binding does. */
  get generation(): number {
    const { roles, clusterroles, rolebindings, clusterrolebindings } = this.#caches;
    return (
      (roles?.generation ?? 0) +
      (clusterroles?.generation ?? 0) +
      (rolebindings?.generation ?? 0) +
      (clusterrolebindings?.generation ?? 0)
    );
  }

  /** Fills the caches where they are not. What cannot be read now is missing: then nothing it grants is granted. */
  async start(): Promise<void> {
    for (const cache of Object.values(this.#caches)) await cache?.tryStart();
  }

  get clusterRoleBindings(): readonly ClusterRoleBinding[] {
    return list(this.#caches.clusterrolebindings) as ClusterRoleBinding[];
  }

  get roleBindings(): readonly RoleBinding[] {
    return list(this.#caches.rolebindings) as RoleBinding[];
  }

  /** Undefined when there is no such role. */
  clusterRole(name: string): ClusterRole | undefined {
    const key = storageKey(storagePrefix(GROUP, 'clusterroles'), '', name);
    return this.#caches.clusterroles?.get(key) as ClusterRole | undefined;
  }

  role(namespace: string, name: string): Role | undefined {
    const key = storageKey(storagePrefix(GROUP, 'roles'), namespace, name);
    return this.#caches.roles?.get(key) as Role | undefined;
  }

  /** The rules of the role that a binding names; undefined when there is none. */
  rulesOf(
    roleRef: { readonly kind: string; readonly name: string },
    namespace: string,
  ): readonly PolicyRule[] | undefined {
    const found =
      roleRef.kind === 'ClusterRole' ? this.clusterRole(roleRef.name) : this.role(namespace, roleRef.name);
    return found === undefined ? undefined : (found.rules ?? []);
  }
}

function list(cache: WatchCache | undefined): KubeObject[] {
  return cache?.list(ALL) ?? [];
}
