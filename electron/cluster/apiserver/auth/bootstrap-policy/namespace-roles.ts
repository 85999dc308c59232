import type { Role, RoleBinding } from '../../../api/types.ts';
import { account, binding, EVENTS, READ, role, rule, user } from './define.ts';

const KCM = 'kube-controller-manager';
const SCHEDULER = 'kube-scheduler';
const SYSTEM = 'kube-system';
const PUBLIC = 'kube-public';
const READER = 'extension-apiserver-authentication-reader';
const SIGNER = 'system:controller:bootstrap-signer';
const locking = (component: string): string => `system::leader-locking-${component}`;

/** Models NamespaceRoles (bootstrappolicy, v1.34). */
export const NAMESPACE_ROLES: readonly Role[] = [
  role(SYSTEM, READER, [rule(READ, 'core', 'configmaps', 'extension-apiserver-authentication')]),
  role(SYSTEM, SIGNER, [rule(READ, 'core', 'secrets')]),
  role(SYSTEM, 'system:controller:cloud-provider', [rule(`create ${READ}`, 'core', 'configmaps')]),
  role(SYSTEM, 'system:controller:token-cleaner', [rule(`delete ${READ}`, 'core', 'secrets'), EVENTS]),
  ...[KCM, SCHEDULER].map((component) =>
    role(SYSTEM, locking(component), [
      rule('watch', 'core', 'configmaps'),
      rule('get update', 'core', 'configmaps', component),
    ]),
  ),
  role(PUBLIC, SIGNER, [
    rule(READ, 'core', 'configmaps'),
    rule('update', 'core', 'configmaps', 'cluster-info'),
    EVENTS,
  ]),
];

/** Models NamespaceRoleBindings (bootstrappolicy, v1.34). */
export const NAMESPACE_ROLE_BINDINGS: readonly RoleBinding[] = [
  binding(
    SYSTEM,
    'system::extension-apiserver-authentication-reader',
    [user(`system:${KCM}`), user(`system:${SCHEDULER}`)],
    READER,
  ),
  binding(SYSTEM, SIGNER, [account('bootstrap-signer')]),
  binding(SYSTEM, 'system:controller:cloud-provider', [account('cloud-provider')]),
  binding(SYSTEM, 'system:controller:token-cleaner', [account('token-cleaner')]),
  ...[KCM, SCHEDULER].map((component) =>
    binding(SYSTEM, locking(component), [user(`system:${component}`), account(component)]),
  ),
  binding(PUBLIC, SIGNER, [account('bootstrap-signer')]),
];
