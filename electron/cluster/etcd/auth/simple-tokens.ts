import type { Clock } from '../../../base/clock.ts';
import type { Rand } from '../../../base/rand.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const PREFIX_LENGTH = 16;

interface Token {
  readonly username: string;
  /** Virtual time after which it is no longer known. */
  expiry: number;
}

/**
 * Tokens that say nothing by themselves: 16 letters, a dot, and the index of the entry that assigned them, on every
 * member the same. They are in memory only and live `ttl` virtual milliseconds from their last use. Models
 * server/auth/simple_token.go.
 */
export class SimpleTokens {
  readonly #clock: Clock;
  readonly #ttl: number;
  readonly #tokens = new Map<string, Token>();
  #enabled = false;

  constructor(clock: Clock, ttl: number) {
    this.#clock = clock;
    this.#ttl = ttl;
  }

  /** A new prefix, for one `assign` on every member. */
  static prefix(rand: Rand): string {
    return Array.from({ length: PREFIX_LENGTH }, () => LETTERS[rand.int(LETTERS.length)]).join('');
  }

  /** Index of the entry that assigned a token; undefined for what is no token at all. */
  static indexOf(token: string): number | undefined {
    const match = /^[^.]*\.(\d{1,15})$/.exec(token);
    return match === null ? undefined : Number(match[1]);
  }

  get count(): number {
    this.#sweep();
    return this.#tokens.size;
  }

  enable(): void {
    this.#enabled = true;
  }

  /** Forgets every token. */
  disable(): void {
    this.#enabled = false;
    this.#tokens.clear();
  }

  assign(prefix: string, index: number, username: string): string {
    const token = `${prefix}.${index}`;
    this.#sweep();
    if (this.#enabled) this.#tokens.set(token, { username, expiry: this.#clock.now() + this.#ttl });
    return token;
  }

  /** Whose token it is; using it begins its time anew. */
  userOf(token: string): string | undefined {
    const known = this.#tokens.get(token);
    if (known === undefined) return undefined;
    const now = this.#clock.now();
    if (now > known.expiry) {
      this.#tokens.delete(token);
      return undefined;
    }
    known.expiry = now + this.#ttl;
    return known.username;
  }

  invalidateUser(username: string): void {
    for (const [token, known] of this.#tokens) {
      if (known.username === username) this.#tokens.delete(token);
    }
  }

  #sweep(): void {
    const now = this.#clock.now();
    for (const [token, known] of this.#tokens) if (now > known.expiry) this.#tokens.delete(token);
  }
}
