/** Who makes a request. Models apiserver/pkg/authentication/user (v1.34). */
export interface UserInfo {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** Which credential proved it, among a user's extra fields. */
export const CREDENTIAL_ID = 'authentication.kubernetes.io/credential-id';

export const ANONYMOUS: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** Adds `system:authenticated`, which every user who proved an identity is in. */
export function authenticated(name: string, groups: readonly string[], uid?: string): UserInfo {
  const all = groups.includes('system:authenticated') ? groups : [...groups, 'system:authenticated'];
  return { name, groups: all, ...(uid === undefined ? {} : { uid }) };
}
