import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { Session } from '../session.ts';

/**
 * Upgrades a request to a WebSocket of one of the subprotocols. What arrives before the caller listens is kept by the
 * paused socket: call `resume()`. @throws StatusError, ConnectionError
 */
export async function openSocket(
  session: Session,
  path: string,
  query: URLSearchParams,
  protocols: readonly string[],
): Promise<WebSocket> {
  const transport = await session.transport();
  const { url, options } = transport.socketAddress({ path, query });
  const socket = new WebSocket(url, [...protocols], { ...options, perMessageDeflate: false });
  const stop = (): void => socket.terminate();
  session.io.signal.addEventListener('abort', stop, { once: true });
  socket.on('close', () => session.io.signal.removeEventListener('abort', stop));
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      socket.pause();
      resolve(socket);
    });
    socket.once('unexpected-response', (_request, response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        reject(transport.failureOf({ status: response.statusCode ?? 0, contentType: '', text }));
        socket.terminate();
      });
    });
    socket.on('error', (error) => reject(transport.failureOf(error)));
  });
}
