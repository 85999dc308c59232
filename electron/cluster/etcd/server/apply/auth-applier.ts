import { AuthManagement } from '../../auth/auth-management.ts';
import type { AuthStore } from '../../auth/auth-store.ts';
import type { ResponseHeader } from '../../client/interface.ts';
import type { InternalRequest } from '../interface.ts';

/** Applies the requests of the Auth service. */
export class AuthApplier {
  readonly #store: AuthStore;
  readonly #management: AuthManagement;

  constructor(store: AuthStore) {
    this.#store = store;
    this.#management = new AuthManagement(store);
  }

  /** Undefined: the request is none of the Auth service. @throws EtcdError; then nothing has changed */
  apply(request: InternalRequest, index: number, header: ResponseHeader): object | undefined {
    const store = this.#store;
    if ('authenticate' in request) {
      const { name, simpleToken } = request.authenticate;
      return { header, token: store.authenticate(name, simpleToken, index) };
    }
    if ('authStatus' in request) return { header, enabled: store.enabled, authRevision: store.revision };
    if ('authUserGet' in request) {
      return { header, roles: this.#management.userRoles(request.authUserGet.name) };
    }
    if ('authUserList' in request) return { header, users: store.directory.users.map(({ name }) => name) };
    if ('authRoleGet' in request) {
      return { header, perm: this.#management.rolePermissions(request.authRoleGet.role) };
    }
    if ('authRoleList' in request) return { header, roles: store.directory.roles.map(({ name }) => name) };
    return this.#change(request) ? { header } : undefined;
  }

  #change(request: InternalRequest): boolean {
    const management = this.#management;
    if ('authEnable' in request) this.#store.enable();
    else if ('authDisable' in request) this.#store.disable();
    else if ('authUserAdd' in request) management.userAdd(request.authUserAdd);
    else if ('authUserDelete' in request) management.userDelete(request.authUserDelete);
    else if ('authUserChangePassword' in request)
      management.userChangePassword(request.authUserChangePassword);
    else if ('authUserGrantRole' in request) management.userGrantRole(request.authUserGrantRole);
    else if ('authUserRevokeRole' in request) management.userRevokeRole(request.authUserRevokeRole);
    else if ('authRoleAdd' in request) management.roleAdd(request.authRoleAdd);
    else if ('authRoleDelete' in request) management.roleDelete(request.authRoleDelete);
    else if ('authRoleGrantPermission' in request)
      management.roleGrantPermission(request.authRoleGrantPermission);
    else if ('authRoleRevokePermission' in request)
      management.roleRevokePermission(request.authRoleRevokePermission);
    else return false;
    return true;
  }
}
