import type { Pod } from '../../api/types.ts';
import { newBadRequest, newInternalError, StatusError } from '../../apimachinery/status.ts';
import { HttpCallError } from '../../network/http-client.ts';
import { proxyUpgrade } from '../../network/proxy-stream.ts';
import type { StreamMessage } from '../../network/stream-message.ts';
import { streamBody, streamSummary } from '../../network/stream-message.ts';
import type { ApiRequest } from '../endpoints/api-request.ts';
import { queryFlag } from '../endpoints/request-info.ts';
import type { ServedResource, SubresourceHandler } from '../endpoints/served-resource.ts';
import type { KubeletConnection } from './kubelet-connection.ts';
import { reaching } from './kubelet-connection.ts';
import { containerOf } from './pod-container.ts';

/** What a stream is carried by: clients of the cluster, and its own components. */
const UPGRADES = ['websocket', 'spdy/3.1', 'leme-stream'];

type Door = 'exec' | 'attach' | 'portForward';

/** The kubelet's path and query for a request. @throws StatusError 400 */
function targetOf(door: Door, { info }: ApiRequest, pod: Pod): string {
  const query = new URLSearchParams();
  const base = `/${door}/${info.namespace}/${info.name}`;
  if (door === 'portForward') return base;
  const container = containerOf(pod, info.query.get('container') ?? '');
  const streams: readonly (readonly [string, string])[] = [
    ['stdin', 'input'],
    ['stdout', 'output'],
    ['stderr', 'error'],
    ['tty', 'tty'],
  ];
  for (const [asked, name] of streams)
    if (info.query.has(asked) && queryFlag(info.query, asked)) query.set(name, '1');
  if (!query.has('input') && !query.has('output') && !query.has('error'))
    throw newBadRequest('you must specify at least 1 of stdin, stdout, stderr');
  if (door === 'exec') {
    const command = info.query.getAll('command');
    if (command.length === 0) throw newBadRequest('you must specify at least one command for the container');
    for (const word of command) query.append('command', word);
  }
  return `${base}/${encodeURIComponent(container)}?${query.toString()}`;
}

async function serve(
  door: Door,
  kubelets: KubeletConnection,
  request: ApiRequest,
  resource: ServedResource,
): Promise<void> {
  const { info, exchange, trail } = request;
  const pod = (await resource.store.get(info.namespace, info.name)) as Pod;
  const target = targetOf(door, request, pod);
  const address = await kubelets.of(pod);
  const upgrade = (exchange.request.headers['upgrade'] ?? '').toLowerCase();
  if (upgrade === '') throw newBadRequest('Upgrade request required');
  // Before anything is started for a client that could not be answered.
  if (!UPGRADES.includes(upgrade)) throw newBadRequest('unable to upgrade: unsupported protocol');
  const connection = await reaching('error dialing backend: ', 500, '', () => kubelets.dial(address));
  try {
    const headers = { upgrade: 'leme-stream' };
    const refused = await proxyUpgrade(
      exchange,
      connection,
      { method: 'POST', target, headers },
      { ...trail, code: 101 },
    );
    if (refused === undefined) return;
    // The translation for WebSockets accepts first and tells the failure as the stream's Status; others get the kubelet's words.
    if (upgrade === 'websocket' && door !== 'portForward') {
      const message: StreamMessage = {
        type: 'status',
        status: newInternalError(`unable to upgrade connection: ${refused.text}`).status,
      };
      exchange.respond(
        { status: 101, headers: { upgrade: 'leme-stream' }, stream: true },
        { ...trail, code: 101 },
      );
      exchange.sendItem(streamBody(message), streamSummary(message));
      exchange.end();
      return;
    }
    exchange.respond(
      {
        status: refused.status,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body: { type: 'text', text: refused.text },
      },
      { ...trail, code: refused.status },
    );
  } catch (error) {
    if (error instanceof HttpCallError)
      throw new StatusError(500, '', `error dialing backend: ${error.message}`);
    throw error;
  }
}

/** pods/exec, attach, portforward: an upgraded call to the kubelet. Models pkg/registry/core/pod/rest/subresources.go (v1.34). */
export function podStream(door: Door, kubelets: KubeletConnection): SubresourceHandler {
  return {
    verbs: ['get', 'create'],
    handle: (request, resource) => serve(door, kubelets, request, resource),
  };
}
