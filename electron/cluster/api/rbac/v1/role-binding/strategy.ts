import type { RoleBinding } from '../../../types.ts';
import { defineBinding } from './define-binding.ts';

/** RoleBindings. Models pkg/registry/rbac/rolebinding (v1.34). */
export const ROLE_BINDING_STRATEGY = defineBinding<RoleBinding>({
  resource: 'rolebindings',
  roleKinds: ['Role', 'ClusterRole'],
});
