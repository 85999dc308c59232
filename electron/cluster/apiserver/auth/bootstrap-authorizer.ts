import type { RequestInfo } from '../endpoints/request-info.ts';
import type { BootstrapRole } from './bootstrap-policy.ts';
import type { AuthorizationResult, Authorizer } from './interface.ts';
import { ruleAllows } from './policy-rule.ts';
import type { UserInfo } from './user.ts';

/** Members of `system:masters` may do everything, whatever any role says. */
export class MastersAuthorizer implements Authorizer {
  readonly name = 'system:masters';

  authorize(user: UserInfo): AuthorizationResult {
    if (user.groups.includes('system:masters')) return { decision: 'allow', reason: '' };
    return { decision: 'no-opinion', reason: '' };
  }
}

/** Decides by the roles of bootstrap-policy.ts. Says which role allowed. */
export class BootstrapAuthorizer implements Authorizer {
  readonly name = 'bootstrap-roles';
  readonly #roles: readonly BootstrapRole[];
  readonly #rolesOf = new WeakMap<UserInfo, readonly BootstrapRole[]>();

  constructor(roles: readonly BootstrapRole[]) {
    this.#roles = roles;
  }

  authorize(user: UserInfo, info: RequestInfo): AuthorizationResult {
    for (const role of this.#boundTo(user)) {
      if (role.rules.some((rule) => ruleAllows(rule, info))) return { decision: 'allow', reason: role.name };
    }
    return { decision: 'no-opinion', reason: '' };
  }

  #boundTo(user: UserInfo): readonly BootstrapRole[] {
    let roles = this.#rolesOf.get(user);
    if (roles === undefined) {
      roles = this.#roles.filter(
        (role) =>
          role.users?.includes(user.name) === true ||
          role.groups?.some((group) => user.groups.includes(group)),
      );
      this.#rolesOf.set(user, roles);
    }
    return roles;
  }
}
