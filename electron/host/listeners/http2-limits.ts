import type { Http2Session } from 'node:http2';
import { constants } from 'node:http2';

/** Real milliseconds in which a request has to have come in as a whole. */
export const REQUEST_TIMEOUT = 60_000;
/** Real milliseconds for which a connection without requests is kept. */
export const IDLE_TIMEOUT = 90_000;

/** A connection of HTTP/2 over which nothing is asked for any more is closed, as one of HTTP/1.1 is. */
export function endWhenUnused(session: Http2Session): void {
  let open = 0;
  let idle: NodeJS.Timeout | undefined;
  const wait = (): void => {
    idle = setTimeout(() => session.close(), IDLE_TIMEOUT).unref();
  };
  wait();
  session.on('stream', (stream) => {
    clearTimeout(idle);
    open += 1;
    // A body that does not come to its end is not waited for longer than over HTTP/1.1.
    const late = setTimeout(() => {
      if (!stream.readableEnded) stream.close(constants.NGHTTP2_CANCEL);
    }, REQUEST_TIMEOUT).unref();
    stream.on('close', () => {
      clearTimeout(late);
      open -= 1;
      if (open === 0) wait();
    });
  });
  session.on('close', () => clearTimeout(idle));
  // What a client does wrong ends its own connection and nothing else.
  session.on('error', () => session.destroy());
}
