import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { CurlError } from './curl-error.ts';
import type { CurlRequest } from './request.ts';

/** What came back, whichever version of HTTP it was. */
export interface HttpAnswer {
  readonly status: number;
  /** First line and fields as curl shows them. */
  readonly head: readonly string[];
  /** `1.1` or `2`. */
  readonly version: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Readable;
  /** What a body is to curl that broke off. */
  readonly broken: () => CurlError;
  /** Lets the connection go. */
  readonly destroy: () => void;
}

/** One request over one connection of its own. `host` as typed. Rejects with a CurlError, or with the signal's reason. */
export type Exchange = (
  socket: Socket,
  sent: CurlRequest,
  host: string,
  signal: AbortSignal,
) => Promise<HttpAnswer>;

/** Headers that came several times are one, as their values may be joined. */
export function joinedHeaders(
  received: Readonly<Record<string, string | string[] | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(received).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
