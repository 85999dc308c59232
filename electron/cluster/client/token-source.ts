/** Where the bearer tokens of a client come from. Models oauth2.TokenSource as client-go's transport uses it (v1.34). */
export interface TokenSource {
  /** @throws Error when there is none to be had */
  token(): Promise<string>;
  /** The server did not accept the last one. */
  reset(): void;
}
