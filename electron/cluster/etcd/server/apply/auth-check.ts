import type { AuthStore } from '../../auth/auth-store.ts';
import type { AuthInfo } from '../../auth/interface.ts';
import type { PutRequest, RequestOp, TxnRequest, Uint64 } from '../../client/interface.ts';
import { NO_LEASE } from '../../client/interface.ts';
import type { Lessor } from '../../lease/lessor.ts';
import type { InternalRequest } from '../interface.ts';

/** Kinds of request that need root; reading a user or a role is checked where it is done. */
const ADMIN: ReadonlySet<string> = new Set([
  'authEnable',
  'authDisable',
  'authUserAdd',
  'authUserDelete',
  'authUserChangePassword',
  'authUserGrantRole',
  'authUserRevokeRole',
  'authRoleAdd',
  'authRoleGrantPermission',
  'authRoleRevokePermission',
  'authRoleDelete',
  'authUserList',
  'authRoleList',
]);

/** Refuses what the asking user may not do, before anything else is looked at. Models apply_auth.go. @throws EtcdError */
export function checkRequest(
  auth: AuthStore,
  lessor: Lessor,
  info: AuthInfo,
  request: InternalRequest,
): void {
  if ('put' in request) checkPut(auth, lessor, info, request.put);
  else if ('txn' in request) checkTxn(auth, info, request.txn);
  else if ('deleteRange' in request) {
    const { key, rangeEnd, prevKv } = request.deleteRange;
    auth.checkDeleteRange(info, key, rangeEnd);
    if (prevKv === true) auth.checkRange(info, key, rangeEnd);
  } else if ('leaseRevoke' in request) checkLeasePuts(auth, lessor, info, request.leaseRevoke.id);
  else if ('authUserGet' in request) {
    if (request.authUserGet.name !== info.username) auth.checkAdmin(info);
  } else if ('authRoleGet' in request) {
    const own = auth.directory.user(info.username)?.roles.includes(request.authRoleGet.role);
    if (own !== true) auth.checkAdmin(info);
  } else if (Object.keys(request).some((kind) => ADMIN.has(kind))) auth.checkAdmin(info);
}

/** Compares read, and so does every operation of either branch. @throws EtcdError */
export function checkTxn(auth: AuthStore, info: AuthInfo, txn: TxnRequest): void {
  for (const { key, rangeEnd } of txn.compare) auth.checkRange(info, key, rangeEnd);
  for (const op of txn.success) checkOp(auth, info, op);
  for (const op of txn.failure) checkOp(auth, info, op);
}

function checkOp(auth: AuthStore, info: AuthInfo, op: RequestOp): void {
  if ('requestRange' in op) auth.checkRange(info, op.requestRange.key, op.requestRange.rangeEnd);
  else if ('requestPut' in op) auth.checkPut(info, op.requestPut.key);
  else if ('requestDeleteRange' in op) {
    const { key, rangeEnd, prevKv } = op.requestDeleteRange;
    if (prevKv === true) auth.checkRange(info, key, rangeEnd);
    auth.checkDeleteRange(info, key, rangeEnd);
  } else checkTxn(auth, info, op.requestTxn);
}

function checkPut(auth: AuthStore, lessor: Lessor, info: AuthInfo, put: PutRequest): void {
  auth.checkPut(info, put.key);
  checkLeasePuts(auth, lessor, info, put.lease ?? NO_LEASE);
  if (put.prevKv === true) auth.checkRange(info, put.key);
}

/** A lease may be given up, and more keys given to it, only by who may write all its keys: they end together. */
function checkLeasePuts(auth: AuthStore, lessor: Lessor, info: AuthInfo, id: Uint64): void {
  if (!lessor.has(id) || auth.isAdmin(info)) return;
  for (const key of lessor.keysOf(id)) auth.checkPut(info, key);
}
