import type { KubeObject, Pod, Service } from '../../api/types.ts';
import type { StatusError } from '../../apimachinery/status.ts';
import { newBadRequest, newNotFound, newServiceUnavailable } from '../../apimachinery/status.ts';
import type { HttpResponse } from '../../network/http.ts';
import { HttpCallError } from '../../network/http-client.ts';
import type { HttpClientConnection } from '../../network/http-client.ts';
import { DialError } from '../../network/interface.ts';
import type { ApiRequest } from '../endpoints/api-request.ts';
import type { ServedResource, SubresourceHandler } from '../endpoints/served-resource.ts';
import type { KubeletConnection } from './kubelet-connection.ts';

const VERBS = ['get', 'create', 'update', 'patch', 'delete'];

/** `[scheme:]name[:port]`. Models utilnet.SplitSchemeNamePort. */
interface Target {
  readonly scheme: string;
  readonly name: string;
  readonly port: string;
}

function splitTarget(text: string): Target {
  const parts = text.split(':');
  if (parts.length === 3 && ['', 'http', 'https'].includes(parts[0] ?? ''))
    return { scheme: parts[0] ?? '', name: parts[1] ?? '', port: parts[2] ?? '' };
  if (parts.length <= 2) return { scheme: '', name: parts[0] ?? '', port: parts[1] ?? '' };
  throw newBadRequest(`invalid request ${JSON.stringify(text)}`);
}

/** Path and query after `…/proxy`. */
function restOf({ exchange, info }: ApiRequest): string {
  const { target } = exchange.request;
  const mark = `/${info.subresource}`;
  const path = target.split('?')[0] ?? '';
  const after = path.slice(path.indexOf(mark, path.indexOf(`/${info.resource}/`)) + mark.length);
  const query = target.includes('?') ? target.slice(target.indexOf('?')) : '';
  return (after === '' ? '/' : after) + query;
}

type Dial = () => Promise<HttpClientConnection>;

/** Passes the request on and its answer back. Models proxy.UpgradeAwareHandler, without upgrades. */
async function pass(request: ApiRequest, path: string, dial: Dial): Promise<void> {
  const { exchange, trail } = request;
  const unavailable = (text: string): StatusError =>
    newServiceUnavailable(`error trying to reach service: ${text}`);
  let response: HttpResponse;
  try {
    const connection = await dial();
    exchange.onCancel(() => connection.close());
    const { authorization: _credential, ...headers } = exchange.request.headers;
    const stream = await connection.stream(
      {
        ...exchange.request,
        target: path,
        headers: { ...headers, 'x-forwarded-uri': exchange.request.target.split('?')[0] ?? '' },
      },
      {
        onItem: (body) => exchange.sendItem(body, 'data'),
        onEnd: () => {
          exchange.end();
          connection.close();
        },
      },
    );
    response = stream.response;
    if (response.stream !== true) connection.close();
  } catch (error) {
    if (error instanceof DialError || error instanceof HttpCallError) throw unavailable(error.message);
    throw error;
  }
  exchange.respond(response, { ...trail, code: response.status });
}

/** pods/x/proxy: HTTP to a port of the Pod; the first that a container declares when none is named. */
export function podProxy(kubelets: KubeletConnection): SubresourceHandler {
  return {
    verbs: VERBS,
    async handle(request: ApiRequest, resource: ServedResource): Promise<void> {
      const { name, port } = splitTarget(request.info.name);
      const pod = (await resource.store.get(request.info.namespace, name)) as Pod;
      const declared = pod.spec?.containers.flatMap((container) => container.ports ?? []) ?? [];
      const number = port === '' ? (declared[0]?.containerPort ?? 80) : Number(port);
      const ip = pod.status?.podIP ?? '';
      if (ip === '') throw newBadRequest('address not allowed');
      await pass(request, restOf(request), () => kubelets.dialPod(ip, number));
    },
  };
}

/** services/x/proxy: HTTP to a ready endpoint of the Service. Models pkg/registry/core/service/storage ResourceLocation (v1.34). */
export function serviceProxy(
  kubelets: KubeletConnection,
  find: (resource: string, namespace: string, name: string) => Promise<KubeObject | undefined>,
  random: () => number,
): SubresourceHandler {
  return {
    verbs: VERBS,
    async handle(request: ApiRequest, resource: ServedResource): Promise<void> {
      const { namespace } = request.info;
      const { name, port } = splitTarget(request.info.name);
      const service = (await resource.store.get(namespace, name)) as Service;
      const ports = service.spec?.ports ?? [];
      const wanted = ports.find((each) =>
        port === '' ? ports.length === 1 : each.name === port || String(each.port) === port,
      );
      if (wanted === undefined)
        throw newServiceUnavailable(
          `no service port ${JSON.stringify(port)} found for service ${JSON.stringify(name)}`,
        );
      const endpoints = (await find('endpoints', namespace, name)) as
        | { subsets?: { addresses?: { ip: string }[]; ports?: { name?: string; port: number }[] }[] }
        | undefined;
      if (endpoints === undefined) throw newNotFound({ group: '', resource: 'endpoints' }, name);
      const choices = (endpoints.subsets ?? []).flatMap((subset) => {
        const found = subset.ports?.find((each) => (each.name ?? '') === (wanted.name ?? ''));
        return found === undefined
          ? []
          : (subset.addresses ?? []).map(({ ip }) => ({ ip, port: found.port }));
      });
      const choice = choices[Math.floor(random() * choices.length)];
      if (choice === undefined)
        throw newServiceUnavailable(
          `no endpoints available for service ${JSON.stringify(request.info.name)}`,
        );
      await pass(request, restOf(request), () => kubelets.dialPod(choice.ip, choice.port));
    },
  };
}

/** nodes/x/proxy: HTTP to the kubelet, with this server's own identity. */
export function nodeProxy(kubelets: KubeletConnection): SubresourceHandler {
  return {
    verbs: VERBS,
    async handle(request: ApiRequest, resource: ServedResource): Promise<void> {
      const { name, port } = splitTarget(request.info.name);
      await resource.store.get('', name);
      const address = await kubelets.ofNode(name);
      await pass(request, restOf(request), () =>
        kubelets.dial(port === '' ? address : { ...address, port: Number(port) }),
      );
    },
  };
}
