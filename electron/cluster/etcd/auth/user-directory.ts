import type { Backend } from '../backend/interface.ts';
import type { PermissionType } from '../client/auth.ts';
import type { ByteString } from '../../../base/byte-string.ts';
import type { StoredPermission, StoredRole, StoredUser } from './interface.ts';
import { KeyRanges } from './key-ranges.ts';

export type AuthBuckets = Pick<Backend, 'bucket' | 'putInBucket' | 'deleteFromBucket'>;

interface UserRanges {
  readonly read: KeyRanges;
  readonly write: KeyRanges;
}

/** Users and roles of a member, on its disk and decoded; both sorted by name. What a user may do is worked out once. */
export class UserDirectory {
  readonly #buckets: AuthBuckets;
  readonly #users = new Map<string, StoredUser>();
  readonly #roles = new Map<string, StoredRole>();
  readonly #ranges = new Map<string, UserRanges>();

  constructor(buckets: AuthBuckets) {
    this.#buckets = buckets;
    this.reload();
  }

  /** Reads the backend anew. */
  reload(): void {
    this.#users.clear();
    this.#roles.clear();
    this.#ranges.clear();
    for (const [name, text] of this.#buckets.bucket('authUsers')) {
      this.#users.set(name, JSON.parse(text) as StoredUser);
    }
    for (const [name, text] of this.#buckets.bucket('authRoles')) {
      this.#roles.set(name, JSON.parse(text) as StoredRole);
    }
  }

  user(name: string): StoredUser | undefined {
    return this.#users.get(name);
  }

  role(name: string): StoredRole | undefined {
    return this.#roles.get(name);
  }

  get users(): readonly StoredUser[] {
    return sorted(this.#users);
  }

  get roles(): readonly StoredRole[] {
    return sorted(this.#roles);
  }

  putUser(user: StoredUser): void {
    this.#users.set(user.name, user);
    this.#buckets.putInBucket('authUsers', user.name, JSON.stringify(user));
    this.#ranges.delete(user.name);
  }

  deleteUser(name: string): void {
    this.#users.delete(name);
    this.#buckets.deleteFromBucket('authUsers', name);
    this.#ranges.delete(name);
  }

  putRole(role: StoredRole): void {
    this.#roles.set(role.name, role);
    this.#buckets.putInBucket('authRoles', role.name, JSON.stringify(role));
    this.#ranges.clear();
  }

  deleteRole(name: string): void {
    this.#roles.delete(name);
    this.#buckets.deleteFromBucket('authRoles', name);
    this.#ranges.clear();
  }

  /** Whether the roles of a user together permit a whole range. */
  permits(name: string, key: ByteString, rangeEnd: ByteString, type: 'READ' | 'WRITE'): boolean {
    let ranges = this.#ranges.get(name);
    if (ranges === undefined) {
      const permissions = (this.#users.get(name)?.roles ?? []).flatMap(
        (role) => this.#roles.get(role)?.keyPermission ?? [],
      );
      ranges = {
        read: rangesOf(permissions, ['READ', 'READWRITE']),
        write: rangesOf(permissions, ['WRITE', 'READWRITE']),
      };
      this.#ranges.set(name, ranges);
    }
    return (type === 'READ' ? ranges.read : ranges.write).covers(key, rangeEnd);
  }
}

function rangesOf(permissions: readonly StoredPermission[], types: readonly PermissionType[]): KeyRanges {
  return new KeyRanges(permissions.filter(({ permType }) => types.includes(permType)));
}

function sorted<T>(map: ReadonlyMap<string, T>): readonly T[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, value]) => value);
}
