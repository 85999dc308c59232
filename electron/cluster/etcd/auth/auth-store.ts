import type { ByteString } from '../../../base/byte-string.ts';
import type { Clock } from '../../../base/clock.ts';
import { etcdError } from '../client/errors.ts';
import type { AuthInfo, StoredUser } from './interface.ts';
import { ROOT_ROLE, ROOT_USER } from './interface.ts';
import { isPassword } from './password.ts';
import { SimpleTokens } from './simple-tokens.ts';
import { UserDirectory } from './user-directory.ts';
import type { AuthBuckets } from './user-directory.ts';

export interface AuthStoreOptions {
  /** Virtual milliseconds that a token lives from its last use. */
  readonly tokenTtl: number;
  /** As etcd 3.4 behaves: it takes permissions for ranges without keys, and role `root` shows what it was granted. */
  readonly as34: boolean;
}

/**
 * Who may do what on a member: whether auth is on, its revision (which counts changes of users and roles, from 1), the
 * users and roles, and the tokens. Every member holds the same, as all changes come through the log. Models
 * server/auth/store.go.
 */
export class AuthStore {
  readonly options: AuthStoreOptions;
  readonly directory: UserDirectory;
  readonly tokens: SimpleTokens;
  readonly #buckets: AuthBuckets;
  #enabled = false;
  #revision = 0;

  constructor(buckets: AuthBuckets, clock: Clock, options: AuthStoreOptions) {
    this.#buckets = buckets;
    this.options = options;
    this.directory = new UserDirectory(buckets);
    this.tokens = new SimpleTokens(clock, options.tokenTtl);
    this.#load();
    if (this.#revision === 0) this.commitRevision();
  }

  /** Reads the backend anew. Tokens stay: they are not in it. */
  reload(): void {
    this.directory.reload();
    this.#load();
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  get revision(): number {
    return this.#revision;
  }

  /** After every change of users and roles. */
  commitRevision(): void {
    this.#revision += 1;
    this.#buckets.putInBucket('auth', 'authRevision', String(this.#revision));
  }

  /** @throws EtcdError rootUserNotExist, rootRoleNotExist */
  enable(): void {
    if (this.#enabled) return;
    const root = this.directory.user(ROOT_USER);
    if (root === undefined) throw etcdError('rootUserNotExist');
    if (!hasRootRole(root)) throw etcdError('rootRoleNotExist');
    this.#setEnabled(true);
    this.tokens.enable();
  }

  disable(): void {
    if (!this.#enabled) return;
    this.#setEnabled(false);
    this.commitRevision();
    this.tokens.disable();
  }

  /** Whose token it is. @throws EtcdError invalidAuthToken */
  infoOfToken(token: string): AuthInfo {
    const username = SimpleTokens.indexOf(token) === undefined ? undefined : this.tokens.userOf(token);
    if (username === undefined) throw etcdError('invalidAuthToken');
    return { username, revision: this.#revision };
  }

  /** Returns the revision at which name and password were right. @throws EtcdError authNotEnabled, authFailed, noPasswordUser */
  checkPassword(name: string, password: string): number {
    if (!this.#enabled) throw etcdError('authNotEnabled');
    const user = this.directory.user(name);
    if (user === undefined) throw etcdError('authFailed');
    if (user.noPassword) throw etcdError('noPasswordUser');
    if (!isPassword(password, user.password)) throw etcdError('authFailed');
    return this.#revision;
  }

  /** Assigns a token, the same on every member. @throws EtcdError authNotEnabled, authFailed */
  authenticate(name: string, prefix: string, index: number): string {
    if (!this.#enabled) throw etcdError('authNotEnabled');
    const user = this.directory.user(name);
    if (user === undefined || user.noPassword) throw etcdError('authFailed');
    return this.tokens.assign(prefix, index, name);
  }

  /** @throws EtcdError userEmpty, authOldRevision, permissionDenied */
  checkPut(info: AuthInfo, key: ByteString): void {
    this.#check(info, key, '', 'WRITE');
  }

  /** @throws EtcdError userEmpty, authOldRevision, permissionDenied */
  checkRange(info: AuthInfo, key: ByteString, rangeEnd: ByteString = ''): void {
    this.#check(info, key, rangeEnd, 'READ');
  }

  /** @throws EtcdError userEmpty, authOldRevision, permissionDenied */
  checkDeleteRange(info: AuthInfo, key: ByteString, rangeEnd: ByteString = ''): void {
    this.#check(info, key, rangeEnd, 'WRITE');
  }

  /** @throws EtcdError userEmpty, userNotFound, permissionDenied */
  checkAdmin(info: AuthInfo): void {
    if (!this.#enabled) return;
    if (info.username === '') throw etcdError('userEmpty');
    const user = this.directory.user(info.username);
    if (user === undefined) throw etcdError('userNotFound');
    if (!hasRootRole(user)) throw etcdError('permissionDenied');
  }

  isAdmin(info: AuthInfo): boolean {
    if (!this.#enabled) return true;
    const user = this.directory.user(info.username);
    return user !== undefined && hasRootRole(user);
  }

  #check(info: AuthInfo, key: ByteString, rangeEnd: ByteString, type: 'READ' | 'WRITE'): void {
    if (!this.#enabled) return;
    if (info.revision === 0) throw etcdError('userEmpty');
    if (info.revision < this.#revision) throw etcdError('authOldRevision');
    const user = this.directory.user(info.username);
    if (user === undefined) throw etcdError('permissionDenied');
    if (hasRootRole(user) || this.directory.permits(info.username, key, rangeEnd, type)) return;
    throw etcdError('permissionDenied');
  }

  #load(): void {
    const stored = this.#buckets.bucket('auth');
    this.#enabled = stored.get('authEnabled') === 'true';
    this.#revision = Number(stored.get('authRevision') ?? '0');
    if (this.#enabled) this.tokens.enable();
  }

  #setEnabled(enabled: boolean): void {
    this.#enabled = enabled;
    this.#buckets.putInBucket('auth', 'authEnabled', String(enabled));
  }
}

function hasRootRole(user: StoredUser): boolean {
  return user.roles.includes(ROOT_ROLE);
}
