import type { Context } from '../../../../base/context.ts';
import type { Endpoints, KubeObject, Service, ValidatingWebhook } from '../../../api/types.ts';
import { HttpCallError, HttpClientConnection } from '../../../network/http-client.ts';
import type { HttpResponse } from '../../../network/http.ts';
import type { Address, NetworkAccess } from '../../../network/interface.ts';
import { DialError } from '../../../network/interface.ts';

/** The webhook could not be asked, or gave no answer that counts. `message` is what came of the POST. */
export class WebhookCallError extends Error {}

/** admission.k8s.io/v1 AdmissionResponse. */
export interface AdmissionResponse {
  readonly uid?: string;
  readonly allowed?: boolean;
  readonly status?: { readonly code?: number; readonly message?: string; readonly reason?: string };
  /** Base64. */
  readonly patch?: string;
  readonly patchType?: string;
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

export interface WebhookCallerOptions {
  readonly context: Context;
  readonly net: NetworkAccess;
  /** A core object from memory. */
  find(resource: string, namespace: string, name: string): Promise<KubeObject | undefined>;
}

type ServiceReference = NonNullable<ValidatingWebhook['clientConfig']['service']>;

/**
 * Sends AdmissionReviews. A service is resolved to one of its ready endpoints, as with
 * `--enable-aggregator-routing`; certificates are not looked at. Models apiserver/pkg/util/webhook (v1.34).
 */
export class WebhookCaller {
  readonly #options: WebhookCallerOptions;

  constructor(options: WebhookCallerOptions) {
    this.#options = options;
  }

  /** @throws WebhookCallError */
  async call(
    webhook: ValidatingWebhook,
    request: Readonly<Record<string, unknown>>,
  ): Promise<AdmissionResponse> {
    const { context } = this.#options;
    const uid = context.rand.uuid();
    const review = {
      kind: 'AdmissionReview',
      apiVersion: 'admission.k8s.io/v1',
      request: { uid, ...request },
    };
    const { service, url } = webhook.clientConfig;
    const seconds = webhook.timeoutSeconds ?? 10;
    const query = `timeout=${seconds}s`;
    const target = new URL(
      url ?? `https://${service?.name}.${service?.namespace}.svc:${service?.port ?? 443}${pathOf(service)}`,
    );
    const path = `${target.pathname}?${query}`;
    const failed = (why: string): WebhookCallError => {
      const shown = `https://${target.hostname}:${target.port === '' ? 443 : target.port}`;
      const host = service === undefined ? target.origin : shown;
      return new WebhookCallError(`failed to call webhook: Post "${host}${path}": ${why}`);
    };
    let response: HttpResponse;
    try {
      const address =
        service === undefined
          ? { host: target.hostname, port: target.port === '' ? 443 : Number(target.port) }
          : await this.#endpointOf(service);
      response = await this.#post(address, path, review, seconds * 1000);
    } catch (error) {
      if (error instanceof DialError)
        throw failed(error.code === 'ETIMEDOUT' ? 'context deadline exceeded' : error.message);
      if (error instanceof HttpCallError || error instanceof ResolveError)
        throw failed(
          error instanceof HttpCallError && error.code === 'timeout'
            ? 'context deadline exceeded'
            : error.message,
        );
      throw error;
    }
    return responseOf(response, uid);
  }

  async #post(address: Address, target: string, review: unknown, timeout: number): Promise<HttpResponse> {
    const { net, context } = this.#options;
    const connection = new HttpClientConnection(
      await net.dial(address, { protocol: 'https', timeout }),
      context.clock,
    );
    try {
      return await connection.call(
        {
          method: 'POST',
          target,
          headers: { 'content-type': 'application/json', accept: 'application/json' },
          body: { type: 'object', value: review },
        },
        { timeout },
      );
    } finally {
      connection.connection.close();
    }
  }

  /** Models proxy.ResolveEndpoint of kube-aggregator (v1.34). @throws ResolveError */
  async #endpointOf({ namespace, name, port = 443 }: ServiceReference): Promise<Address> {
    const { find } = this.#options;
    const service = (await find('services', namespace, name)) as Service | undefined;
    if (service === undefined) throw new ResolveError(`service "${name}" not found`);
    const { spec } = service;
    if (spec?.type === 'ExternalName') return { host: spec.externalName ?? '', port };
    const found = (spec?.ports ?? []).find((candidate) => candidate.port === port);
    if (found === undefined) throw new ResolveError(`no service port ${port} found for service "${name}"`);
    const endpoints = (await find('endpoints', namespace, name)) as Endpoints | undefined;
    for (const { addresses = [], ports = [] } of endpoints?.subsets ?? []) {
      const [address] = addresses;
      const own = ports.find((candidate) => (candidate.name ?? '') === (found.name ?? ''));
      if (address !== undefined && own !== undefined) return { host: address.ip, port: own.port };
    }
    throw new ResolveError(`no endpoints available for service "${name}"`);
  }
}

class ResolveError extends Error {}

function pathOf(service: ServiceReference | undefined): string {
  const path = service?.path ?? '/';
  return path.startsWith('/') ? path : `/${path}`;
}

/** The answer, when it is one to this question. @throws WebhookCallError */
function responseOf({ status, body }: HttpResponse, uid: string): AdmissionResponse {
  const value = valueOf(body) as
    { kind?: string; message?: string; response?: AdmissionResponse } | undefined;
  if (status < 200 || status > 299) {
    const why =
      value?.kind === 'Status' && value.message !== undefined
        ? value.message
        : status === 404
          ? 'the server could not find the requested resource'
          : `an error on the server has prevented the request from succeeding`;
    throw new WebhookCallError(`failed to call webhook: ${why}`);
  }
  const { response } = value ?? {};
  if (response === undefined)
    throw new WebhookCallError('received invalid webhook response: webhook response was absent');
  if (response.uid !== uid) {
    const why = `expected response.uid="${uid}", got "${response.uid ?? ''}"`;
    throw new WebhookCallError(`received invalid webhook response: ${why}`);
  }
  return response;
}

function valueOf(body: HttpResponse['body']): unknown {
  if (body === undefined) return undefined;
  if (body.type === 'object') return body.value;
  const text = body.type === 'text' ? body.text : new TextDecoder().decode(body.bytes);
  try {
    return JSON.parse(text);
  } catch (error) {
    // Not JSON: then it is no review either.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
