import type { ClusterRoleBinding } from '../../../types.ts';
import { defineBinding } from '../role-binding/define-binding.ts';

/** ClusterRoleBindings. Models pkg/registry/rbac/clusterrolebinding (v1.34). */
export const CLUSTER_ROLE_BINDING_STRATEGY = defineBinding<ClusterRoleBinding>({
  resource: 'clusterrolebindings',
  roleKinds: ['ClusterRole'],
});
