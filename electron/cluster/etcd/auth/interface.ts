import type { ByteString } from '../../../base/byte-string.ts';
import type { PermissionType } from '../client/auth.ts';

// What the buckets `authUsers` and `authRoles` hold, as JSON; names as in authpb.

export interface StoredUser {
  readonly name: string;
  /** The bcrypt hash; empty without a password. */
  readonly password: ByteString;
  /** Sorted. */
  readonly roles: readonly string[];
  readonly noPassword: boolean;
}

export interface StoredPermission {
  readonly permType: PermissionType;
  readonly key: ByteString;
  /** Empty: the one key; `'\0'`: every key from `key` on. */
  readonly rangeEnd: ByteString;
}

export interface StoredRole {
  readonly name: string;
  /** Sorted by key. */
  readonly keyPermission: readonly StoredPermission[];
}

/** Who asks, and which state of users and roles they were known in. Nobody: `ANONYMOUS`. */
export interface AuthInfo {
  readonly username: string;
  readonly revision: number;
}

export const ANONYMOUS: AuthInfo = { username: '', revision: 0 };

export const ROOT_USER = 'root';
export const ROOT_ROLE = 'root';
