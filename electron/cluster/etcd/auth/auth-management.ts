import type {
  AuthRoleAddRequest,
  AuthRoleDeleteRequest,
  AuthRoleGrantPermissionRequest,
  AuthRoleRevokePermissionRequest,
  AuthUserAddRequest,
  AuthUserChangePasswordRequest,
  AuthUserDeleteRequest,
  AuthUserGrantRoleRequest,
  AuthUserRevokeRoleRequest,
  Permission,
} from '../client/auth.ts';
import { etcdError } from '../client/errors.ts';
import { FROM_KEY_END } from '../client/prefix.ts';
import type { AuthStore } from './auth-store.ts';
import type { StoredPermission, StoredRole, StoredUser } from './interface.ts';
import { ROOT_ROLE, ROOT_USER } from './interface.ts';

/** What role `root` shows when it is asked for. */
const ROOT_PERMISSION: Permission = { permType: 'READWRITE', key: '', rangeEnd: FROM_KEY_END };

/**
 * Changes of users and roles, as they are applied. Every one that changes something commits a revision, and what was
 * known of the caller's permissions before is old then. Models the rest of server/auth/store.go.
 */
export class AuthManagement {
  readonly #store: AuthStore;

  constructor(store: AuthStore) {
    this.#store = store;
  }

  /** The password comes hashed. @throws EtcdError userEmpty, userAlreadyExist */
  userAdd({ name, options, hashedPassword = '' }: AuthUserAddRequest): void {
    if (name === '') throw etcdError('userEmpty');
    const { directory } = this.#store;
    if (directory.user(name) !== undefined) throw etcdError('userAlreadyExist');
    const noPassword = options?.noPassword === true;
    directory.putUser({ name, password: noPassword ? '' : atob(hashedPassword), roles: [], noPassword });
    this.#store.commitRevision();
  }

  /** @throws EtcdError invalidAuthMgmt, userNotFound */
  userDelete({ name }: AuthUserDeleteRequest): void {
    if (this.#store.enabled && name === ROOT_USER) throw etcdError('invalidAuthMgmt');
    this.#user(name);
    this.#store.directory.deleteUser(name);
    this.#store.commitRevision();
    this.#store.tokens.invalidateUser(name);
  }

  /** @throws EtcdError userNotFound */
  userChangePassword({ name, hashedPassword = '' }: AuthUserChangePasswordRequest): void {
    const user = this.#user(name);
    this.#store.directory.putUser({ ...user, password: user.noPassword ? '' : atob(hashedPassword) });
    this.#store.commitRevision();
    this.#store.tokens.invalidateUser(name);
  }

  /** @throws EtcdError userNotFound, roleNotFound */
  userGrantRole({ user: name, role }: AuthUserGrantRoleRequest): void {
    const user = this.#user(name);
    // `root` need not exist as a role.
    if (role !== ROOT_ROLE) this.#role(role);
    if (user.roles.includes(role)) return;
    this.#store.directory.putUser({ ...user, roles: [...user.roles, role].sort(byName) });
    this.#store.commitRevision();
  }

  /** @throws EtcdError invalidAuthMgmt, userNotFound, roleNotGranted */
  userRevokeRole({ name, role }: AuthUserRevokeRoleRequest): void {
    if (this.#store.enabled && name === ROOT_USER && role === ROOT_ROLE) throw etcdError('invalidAuthMgmt');
    const user = this.#user(name);
    if (!user.roles.includes(role)) throw etcdError('roleNotGranted');
    this.#store.directory.putUser({ ...user, roles: user.roles.filter((other) => other !== role) });
    this.#store.commitRevision();
  }

  /** @throws EtcdError userNotFound */
  userRoles(name: string): readonly string[] {
    return this.#user(name).roles;
  }

  /** @throws EtcdError roleEmpty, roleAlreadyExist */
  roleAdd({ name }: AuthRoleAddRequest): void {
    if (name === '') throw etcdError('roleEmpty');
    if (this.#store.directory.role(name) !== undefined) throw etcdError('roleAlreadyExist');
    this.#store.directory.putRole({ name, keyPermission: [] });
    this.#store.commitRevision();
  }

  /** @throws EtcdError invalidAuthMgmt, roleNotFound */
  roleDelete({ role: name }: AuthRoleDeleteRequest): void {
    if (this.#store.enabled && name === ROOT_ROLE) throw etcdError('invalidAuthMgmt');
    this.#role(name);
    const { directory } = this.#store;
    directory.deleteRole(name);
    for (const user of directory.users) {
      if (!user.roles.includes(name)) continue;
      directory.putUser({ ...user, roles: user.roles.filter((role) => role !== name) });
    }
    this.#store.commitRevision();
  }

  /** @throws EtcdError roleNotFound */
  rolePermissions(name: string): readonly Permission[] {
    const role = this.#role(name);
    return name === ROOT_ROLE && !this.#store.options.as34 ? [ROOT_PERMISSION] : role.keyPermission;
  }

  /** @throws EtcdError permissionNotGiven, invalidAuthMgmt, roleNotFound */
  roleGrantPermission({ name, perm }: AuthRoleGrantPermissionRequest): void {
    if (perm === undefined) throw etcdError('permissionNotGiven');
    const { permType, key, rangeEnd = '' } = perm;
    if (!this.#store.options.as34 && !isValidRange(key, rangeEnd)) throw etcdError('invalidAuthMgmt');
    const role = this.#role(name);
    const granted: StoredPermission = { permType, key, rangeEnd };
    const permissions = [...role.keyPermission];
    // Looked for at the first of its key only: the same range may be there twice, as upstream.
    const first = permissions.findIndex((other) => other.key >= key);
    const known = permissions[first];
    if (known?.key === key && known.rangeEnd === rangeEnd) permissions[first] = granted;
    else permissions.push(granted);
    this.#store.directory.putRole({ name, keyPermission: permissions.sort(byKey) });
    this.#store.commitRevision();
  }

  /** @throws EtcdError roleNotFound, permissionNotGranted */
  roleRevokePermission({ role: name, key, rangeEnd = '' }: AuthRoleRevokePermissionRequest): void {
    const role = this.#role(name);
    const left = role.keyPermission.filter((other) => other.key !== key || other.rangeEnd !== rangeEnd);
    if (left.length === role.keyPermission.length) throw etcdError('permissionNotGranted');
    this.#store.directory.putRole({ name, keyPermission: left });
    this.#store.commitRevision();
  }

  #user(name: string): StoredUser {
    const user = this.#store.directory.user(name);
    if (user === undefined) throw etcdError('userNotFound');
    return user;
  }

  #role(name: string): StoredRole {
    const role = this.#store.directory.role(name);
    if (role === undefined) throw etcdError('roleNotFound');
    return role;
  }
}

/** Models isValidPermissionRange. */
function isValidRange(key: string, rangeEnd: string): boolean {
  if (key === '') return false;
  return rangeEnd === '' || rangeEnd === FROM_KEY_END || key < rangeEnd;
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function byKey(a: StoredPermission, b: StoredPermission): number {
  return byName(a.key, b.key);
}
