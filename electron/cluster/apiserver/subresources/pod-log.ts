import { validatePodLogOptions } from './pod-log-options.ts';
import type { Pod } from '../../api/types.ts';
import { newBadRequest, StatusError } from '../../apimachinery/status.ts';
import type { ApiRequest } from '../endpoints/api-request.ts';
import { respondText } from '../endpoints/responder.ts';
import type { ServedResource, SubresourceHandler } from '../endpoints/served-resource.ts';
import type { KubeletConnection } from './kubelet-connection.ts';
import { reaching } from './kubelet-connection.ts';
import { containerOf } from './pod-container.ts';

/** GET pods/x/log: the kubelet's containerLogs. Models pkg/registry/core/pod/rest/log.go (v1.34). */
export function podLog(kubelets: KubeletConnection): SubresourceHandler {
  return { verbs: ['get'], handle: (request, resource) => serve(kubelets, request, resource) };
}

async function serve(
  kubelets: KubeletConnection,
  request: ApiRequest,
  resource: ServedResource,
): Promise<void> {
  const { info, exchange, trail } = request;
  const query = validatePodLogOptions(info.query, info.name);
  const pod = (await resource.store.get(info.namespace, info.name)) as Pod;
  const container = containerOf(pod, info.query.get('container') ?? '');
  if ((pod.spec?.nodeName ?? '') === '') {
    // Nothing has run yet, so nothing has been written.
    respondText(exchange, trail, 200, '');
    return;
  }
  const address = await kubelets.of(pod);
  const path = `/containerLogs/${info.namespace}/${info.name}/${encodeURIComponent(container)}${query === '' ? '' : `?${query}`}`;
  const connection = await reaching(`Get "https://${address.host}:${address.port}${path}": `, 500, '', () =>
    kubelets.dial(address),
  );
  exchange.onCancel(() => connection.close());
  const stream = await connection.stream(
    { method: 'GET', target: path, headers: {} },
    {
      onItem: (body) => exchange.sendItem(body, 'log'),
      onEnd: () => {
        exchange.end();
        connection.close();
      },
    },
  );
  const { status, body } = stream.response;
  const text = body?.type === 'text' ? body.text : '';
  if (stream.response.stream === true) {
    const headers = { 'content-type': 'text/plain', 'cache-control': 'no-cache, private' };
    exchange.respond({ status: 200, headers, stream: true }, { ...trail, code: 200 });
    return;
  }
  connection.close();
  if (status === 400) throw newBadRequest(text);
  if (status !== 200)
    throw new StatusError(
      status,
      status === 404 ? 'NotFound' : 'InternalError',
      status === 404
        ? `the server could not find the requested resource ( pods/log ${info.name})`
        : `an error on the server (${JSON.stringify(text.trim())}) has prevented the request from succeeding ( pods/log ${info.name})`,
    );
  respondText(exchange, trail, 200, text);
}
