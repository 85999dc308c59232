import type { AuthorizationResult, Authorizer } from './interface.ts';
import type { UserInfo } from './user.ts';

export const MASTERS = 'system:masters';

/** Members of `system:masters` may do everything, whatever any role says. Models NewPrivilegedGroups (v1.34). */
export class MastersAuthorizer implements Authorizer {
  readonly name = MASTERS;

  authorize(user: UserInfo): AuthorizationResult {
    if (user.groups.includes(MASTERS)) return { decision: 'allow', reason: '' };
    return { decision: 'no-opinion', reason: '' };
  }
}
