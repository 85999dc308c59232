import type { ByteString } from '../../../base/byte-string.ts';
import type { ResponseHeader } from './interface.ts';

// Shapes of the Auth service, in the words of rpc.proto and auth.proto. Names and passwords are text, keys bytes.

export type PermissionType = 'READ' | 'WRITE' | 'READWRITE';

export interface Permission {
  readonly permType: PermissionType;
  readonly key: ByteString;
  /** As in `RangeRequest`. */
  readonly rangeEnd?: ByteString;
}

export interface UserAddOptions {
  /** The user can be authenticated by a certificate only. */
  readonly noPassword: boolean;
}

/** What has nothing to ask, and what has nothing to say beyond the header. */
export type EmptyRequest = Readonly<Record<string, never>>;
export interface HeaderResponse {
  readonly header: ResponseHeader;
}

export interface AuthStatusResponse extends HeaderResponse {
  readonly enabled: boolean;
  readonly authRevision: number;
}

export interface AuthenticateRequest {
  readonly name: string;
  readonly password: string;
}

export interface AuthenticateResponse extends HeaderResponse {
  readonly token: string;
}

export interface AuthUserAddRequest {
  readonly name: string;
  readonly password?: string;
  readonly options?: UserAddOptions;
  /** Base64 of the hash: what goes through the log in place of the password. */
  readonly hashedPassword?: string;
}

export interface AuthUserGetRequest {
  readonly name: string;
}

export interface AuthUserGetResponse extends HeaderResponse {
  readonly roles: readonly string[];
}

export interface AuthUserDeleteRequest {
  readonly name: string;
}

export interface AuthUserChangePasswordRequest {
  readonly name: string;
  readonly password?: string;
  readonly hashedPassword?: string;
}

export interface AuthUserGrantRoleRequest {
  readonly user: string;
  readonly role: string;
}

export interface AuthUserRevokeRoleRequest {
  readonly name: string;
  readonly role: string;
}

export interface AuthUserListResponse extends HeaderResponse {
  readonly users: readonly string[];
}

export interface AuthRoleAddRequest {
  readonly name: string;
}

export interface AuthRoleGetRequest {
  readonly role: string;
}

export interface AuthRoleGetResponse extends HeaderResponse {
  readonly perm: readonly Permission[];
}

export interface AuthRoleListResponse extends HeaderResponse {
  readonly roles: readonly string[];
}

export interface AuthRoleDeleteRequest {
  readonly role: string;
}

export interface AuthRoleGrantPermissionRequest {
  readonly name: string;
  readonly perm?: Permission;
}

export interface AuthRoleRevokePermissionRequest {
  readonly role: string;
  readonly key: ByteString;
  readonly rangeEnd?: ByteString;
}
