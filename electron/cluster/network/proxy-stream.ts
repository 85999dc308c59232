import type { HttpBody, HttpExchange, HttpRequest } from './http.ts';
import type { HttpClientConnection } from './http-client.ts';
import { streamMessageOf, streamSummary } from './stream-message.ts';

function summaryOf(body: HttpBody): string {
  const message = streamMessageOf(body);
  return message === undefined ? 'data' : streamSummary(message);
}

/**
 * Passes an upgraded call on to a backend and everything between the two ends. Resolves once the backend has answered:
 * undefined when the call goes on by itself, else the text with which the backend refused. @throws HttpCallError
 */
export async function proxyUpgrade(
  exchange: HttpExchange,
  backend: HttpClientConnection,
  request: HttpRequest,
  detail?: Readonly<Record<string, unknown>>,
): Promise<{ readonly status: number; readonly text: string } | undefined> {
  let gone = false;
  exchange.onCancel(() => {
    gone = true;
    backend.close();
  });
  const stream = await backend.stream(request, {
    onItem: (body) => exchange.sendItem(body, summaryOf(body)),
    onEnd: () => {
      exchange.end();
      backend.close();
    },
  });
  if (gone) return undefined;
  const { status, body } = stream.response;
  if (status !== 101) {
    backend.close();
    return { status, text: body?.type === 'text' ? body.text : '' };
  }
  exchange.onUpload((upload) => stream.send(upload, summaryOf(upload)));
  exchange.respond({ status: 101, headers: { upgrade: 'leme-stream' }, stream: true }, detail);
  return undefined;
}
