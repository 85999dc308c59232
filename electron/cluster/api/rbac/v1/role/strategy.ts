import type { Role } from '../../../types.ts';
import { defineRole } from './define-role.ts';

/** Roles. Models pkg/registry/rbac/role (v1.34). */
export const ROLE_STRATEGY = defineRole<Role>({
  resource: 'roles',
});
