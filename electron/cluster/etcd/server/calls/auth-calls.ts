import { hashPassword } from '../../auth/password.ts';
import { SimpleTokens } from '../../auth/simple-tokens.ts';
import type { AuthenticateRequest, AuthenticateResponse } from '../../client/auth.ts';
import type { EtcdMethods } from '../../client/methods.ts';
import type { ServerCore } from '../core.ts';
import type { InternalRequestBody, Outcome, Reply } from '../interface.ts';
import { attempt } from '../proposer.ts';
import type { Call, Calls } from './interface.ts';

const BCRYPT_COST = 10;

type AuthMethod = Extract<keyof EtcdMethods, `Auth${string}` | `User${string}` | `Role${string}`>;

/** The Auth service. Everything goes through the log, reading too; passwords only as hashes. */
export function authCalls(core: ServerCore): Pick<Calls, AuthMethod> {
  const { auth, proposer, context, options } = core;

  const through =
    <M extends AuthMethod>(body: (request: EtcdMethods[M]['request']) => InternalRequestBody): Call<M> =>
    (request, caller, reply) =>
      proposer.propose(body(request), caller, reply);

  const hash = (password: string): string =>
    btoa(hashPassword(password, options.bcryptCost ?? BCRYPT_COST, context.rand));

  const authenticate = (
    { name, password }: AuthenticateRequest,
    reply: Reply<AuthenticateResponse>,
  ): void => {
    const checked = attempt(() => auth.checkPassword(name, password));
    if ('error' in checked) {
      reply(checked);
      return;
    }
    const simpleToken = SimpleTokens.prefix(context.rand);
    proposer.propose(
      { authenticate: { name, simpleToken } },
      {},
      (outcome: Outcome<AuthenticateResponse>) => {
        // The password may have been another one by the time the token was assigned.
        if ('response' in outcome && auth.revision !== checked.response)
          authenticate({ name, password }, reply);
        else reply(outcome);
      },
    );
  };

  return {
    AuthEnable: through(() => ({ authEnable: {} })),
    AuthDisable: through(() => ({ authDisable: {} })),
    AuthStatus: through(() => ({ authStatus: {} })),
    Authenticate(request, _, reply) {
      core.consensus.linearizableRead((error) => {
        if (error === undefined) authenticate(request, reply);
        else reply({ error });
      });
    },
    UserAdd: through<'UserAdd'>(({ name, password = '', options: userOptions }) => {
      const noPassword = userOptions?.noPassword === true;
      return {
        authUserAdd: {
          name,
          ...(userOptions === undefined ? {} : { options: userOptions }),
          ...(noPassword ? {} : { hashedPassword: hash(password) }),
        },
      };
    }),
    UserDelete: through<'UserDelete'>((authUserDelete) => ({ authUserDelete })),
    UserGet: through<'UserGet'>((authUserGet) => ({ authUserGet })),
    UserList: through(() => ({ authUserList: {} })),
    UserChangePassword: through<'UserChangePassword'>(({ name, password = '' }) => ({
      authUserChangePassword: { name, ...(password === '' ? {} : { hashedPassword: hash(password) }) },
    })),
    UserGrantRole: through<'UserGrantRole'>((authUserGrantRole) => ({ authUserGrantRole })),
    UserRevokeRole: through<'UserRevokeRole'>((authUserRevokeRole) => ({ authUserRevokeRole })),
    RoleAdd: through<'RoleAdd'>((authRoleAdd) => ({ authRoleAdd })),
    RoleDelete: through<'RoleDelete'>((authRoleDelete) => ({ authRoleDelete })),
    RoleGet: through<'RoleGet'>((authRoleGet) => ({ authRoleGet })),
    RoleList: through(() => ({ authRoleList: {} })),
    RoleGrantPermission: through<'RoleGrantPermission'>((authRoleGrantPermission) => ({
      authRoleGrantPermission,
    })),
    RoleRevokePermission: through<'RoleRevokePermission'>((authRoleRevokePermission) => ({
      authRoleRevokePermission,
    })),
  };
}
