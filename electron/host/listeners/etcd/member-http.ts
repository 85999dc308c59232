import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpResponse } from '../../../cluster/network/http.ts';
import { bodyBytes, itemBytes } from '../json-bytes.ts';
import type { JsonGatewayOptions } from './json-gateway.ts';
import { isJsonPath, serveJson } from './json-gateway.ts';

/** Serves one HTTP/1.1 request on a member's client port: the JSON gateway, or what the member answers itself. */
export function serveMemberHttp(
  options: JsonGatewayOptions,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  response.on('error', () => response.destroy());
  if (options.translation.kindOf(request.headers.host) === 'foreign' || isCrossOrigin(request)) {
    response.writeHead(403, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
    response.end('forbidden: unexpected Host or Origin, use 127.0.0.1\n');
    request.resume();
    return;
  }
  const target = request.url ?? '/';
  if (isJsonPath(target)) {
    serveJson(options, request, response);
    return;
  }
  request.resume();
  request.on('end', () => {
    const { barrier } = options;
    const call = options.connection.http(
      { method: request.method ?? 'GET', target, headers: { host: request.headers.host ?? '' } },
      {
        onResponse: (head) => barrier.afterCommit(() => sendHead(response, head)),
        onItem: (body) => barrier.afterCommit(() => void response.write(itemBytes(body))),
        onEnd: (error) =>
          barrier.afterCommit(() => {
            if (error !== undefined) response.destroy();
            else if (!response.writableEnded) response.end();
          }),
      },
    );
    response.on('close', () => call.cancel());
  });
}

/** A page of another origin in a browser on this machine. */
function isCrossOrigin({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers;
  return origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`;
}

function sendHead(response: ServerResponse, head: HttpResponse): void {
  if (response.destroyed) return;
  response.statusCode = head.status;
  for (const [name, value] of Object.entries(head.headers)) response.setHeader(name, value);
  if (head.stream === true) response.flushHeaders();
  else response.end(head.body === undefined ? undefined : bodyBytes(head.body));
}
