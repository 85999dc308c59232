import { newNotAcceptable, newPathNotFound } from '../../apimachinery/status.ts';
import type { ApiRequest } from './api-request.ts';
import type { Discovery } from './discovery.ts';
import { serveHealth } from './health.ts';
import type { HealthCheck } from './health.ts';
import { negotiate, parseAccept } from './negotiation.ts';
import type { OpenApi } from './openapi.ts';
import type { OpenApiV2 } from './openapi-v2.ts';
import type { RequestMetrics } from './request-metrics.ts';
import { respondObject, respondText } from './responder.ts';
import type { VersionInfo } from './version-info.ts';

export interface NonResourceServices {
  readonly discovery: Discovery;
  readonly openApi: OpenApi;
  readonly openApiV2: OpenApiV2;
  readonly version: VersionInfo;
  readonly metrics: RequestMetrics;
  readonly health: readonly HealthCheck[];
  /** Other documents, by path. */
  readonly documents: ReadonlyMap<string, () => { readonly type: string; readonly value: unknown }>;
  /** Plain texts, by path; the index does not list them. */
  readonly texts: ReadonlyMap<string, () => string>;
  /** `<ip>:<port>`, for clients of the legacy discovery. */
  readonly serverAddress: string;
}

const OPENAPI_V2_PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
const AGGREGATED = 'apidiscovery.k8s.io';

/** The version of aggregated discovery that is asked for first, or undefined for the legacy documents. */
function aggregatedVersion(accept: string | undefined): string | undefined {
  for (const { type, params } of parseAccept(accept ?? '')) {
    if (type !== 'application/json') continue;
    if (params['g'] === undefined) return undefined;
    const known = params['g'] === AGGREGATED && params['as'] === 'APIGroupDiscoveryList';
    if (known && (params['v'] === 'v2' || params['v'] === 'v2beta1')) return params['v'];
  }
  return undefined;
}

/** Paths that are about no object: discovery, schemas, health, version, metrics. */
export class NonResourceHandler {
  readonly #services: NonResourceServices;

  constructor(services: NonResourceServices) {
    this.#services = services;
  }

  /** @throws StatusError 404 and others */
  async handle(request: ApiRequest): Promise<void> {
    const { info, exchange, trail } = request;
    const { method } = exchange.request;
    const path = info.path.length > 1 && info.path.endsWith('/') ? info.path.slice(0, -1) : info.path;
    if (method !== 'GET' && method !== 'HEAD') {
      this.#notFound(request);
      return;
    }
    if (path === '/version') {
      respondObject(exchange, prettyQuery(info.query), trail, { status: 200, value: this.#services.version });
      return;
    }
    if (path === '/metrics') {
      const headers = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' };
      respondText(exchange, trail, 200, this.#services.metrics.text(), headers);
      return;
    }
    const text = this.#services.texts.get(path)?.();
    if (text !== undefined) {
      respondText(exchange, trail, 200, text);
      return;
    }
    const document = this.#services.documents.get(path)?.();
    if (document !== undefined) {
      const headers = { 'content-type': document.type, 'cache-control': 'public, max-age=3600' };
      respondText(exchange, trail, 200, JSON.stringify(document.value), headers);
      return;
    }
    if (path === '/openapi/v2') {
      this.#serveOpenApiV2(request);
      return;
    }
    if (path === '/openapi/v3' || path.startsWith('/openapi/v3/')) {
      this.#serveOpenApi(request, path);
      return;
    }
    if (path === '/api' || path === '/apis' || path.startsWith('/api/') || path.startsWith('/apis/')) {
      this.#serveDiscovery(request, path);
      return;
    }
    if (path === '/') {
      respondObject(exchange, info.query, trail, { status: 200, value: { paths: this.#paths() } });
      return;
    }
    if (await serveHealth(request, this.#services.health)) return;
    this.#notFound(request);
  }

  #notFound({ exchange, trail }: ApiRequest): void {
    respondText(exchange, trail, 404, '404 page not found\n');
  }

  #paths(): readonly string[] {
    const { discovery, health } = this.#services;
    const groups = discovery.groups.flatMap((group) => [
      `/apis/${group}`,
      ...discovery.versions(group).map((version) => `/apis/${group}/${version}`),
    ]);
    const checks = ['healthz', 'livez', 'readyz'].flatMap((endpoint) => [
      `/${endpoint}`,
      ...health
        .filter((check) => check.endpoints.includes(endpoint as 'healthz'))
        .map((check) => `/${endpoint}/${check.name}`),
    ]);
    const core = discovery.versions('').map((version) => `/api/${version}`);
    return [
      ...this.#services.documents.keys(),
      '/api',
      ...core,
      '/apis',
      ...groups,
      ...checks,
      '/metrics',
      '/openapi/v2',
      '/openapi/v3',
      '/version',
    ].sort();
  }

  #serveOpenApi(request: ApiRequest, path: string): void {
    const { openApi } = this.#services;
    const name = path.slice('/openapi/v3/'.length);
    if (path === '/openapi/v3') {
      this.#document(request, path, openApi.index());
      return;
    }
    const found = openApi.document(name);
    if (found === undefined) this.#notFound(request);
    else this.#document(request, path, found, `"${openApi.hash(name)}"`);
  }

  #serveOpenApiV2(request: ApiRequest): void {
    const { exchange, trail } = request;
    const { openApiV2 } = this.#services;
    const wanted = parseAccept(exchange.request.headers['accept'] ?? '')[0]?.type;
    if (
      wanted !== OPENAPI_V2_PROTOBUF &&
      wanted !== 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'
    ) {
      this.#document(request, '/openapi/v2', openApiV2.json());
      return;
    }
    exchange.respond(
      {
        status: 200,
        headers: {
          'content-type': 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
          vary: 'Accept',
        },
        body: { type: 'bytes', bytes: openApiV2.protobuf() },
      },
      { ...trail, code: 200 },
    );
  }

  #serveDiscovery(request: ApiRequest, path: string): void {
    const { discovery, serverAddress } = this.#services;
    const [, root = '', group = '', version = '', ...more] = path.split('/');
    const accept = request.exchange.request.headers['accept'];
    if (more.length > 0) throw newPathNotFound();
    if (group === '') {
      const aggregated = aggregatedVersion(accept);
      if (aggregated !== undefined) {
        const apiVersion = `${AGGREGATED}/${aggregated}`;
        const type = `application/json;g=${AGGREGATED};v=${aggregated};as=APIGroupDiscoveryList`;
        this.#document(
          request,
          `${path} ${aggregated}`,
          discovery.aggregated(root === 'api', apiVersion),
          undefined,
          type,
        );
        return;
      }
      this.#plain(request, root === 'api' ? discovery.apiVersions(serverAddress) : discovery.groupList());
      return;
    }
    const legacy = root === 'api';
    if (legacy && version !== '') throw newPathNotFound();
    const document = legacy
      ? discovery.resourceList('', group)
      : version === ''
        ? discovery.group(group)
        : discovery.resourceList(group, version);
    if (document === undefined) this.#unknownGroup(request);
    else this.#plain(request, document);
  }

  /** Upstream answers an unknown group with plain text, as nothing is registered there. */
  #unknownGroup(request: ApiRequest): void {
    this.#notFound(request);
  }

  #plain(request: ApiRequest, document: unknown): void {
    const { exchange, info, trail } = request;
    const { mediaType } = negotiate(exchange.request.headers['accept'], { transforms: false, yaml: true });
    respondObject(exchange, info.query, trail, { status: 200, value: document, mediaType });
  }

  #document(
    request: ApiRequest,
    name: string,
    document: unknown,
    known?: string,
    contentType = 'application/json',
  ): void {
    const { exchange, info, trail } = request;
    const etag = known ?? this.#services.discovery.etag(name, document);
    if (exchange.request.headers['if-none-match'] === etag) {
      exchange.respond({ status: 304, headers: { etag } }, { ...trail, code: 304 });
      return;
    }
    if (exchange.request.headers['accept'] === 'application/com.github.proto-openapi.spec.v3@v1.0+protobuf') {
      throw newNotAcceptable(['application/json']);
    }
    const headers = { etag, vary: 'Accept', 'content-type': contentType };
    respondObject(exchange, info.query, trail, { status: 200, value: document, headers });
  }
}

/** Upstream always prints `/version` for people. */
function prettyQuery(query: URLSearchParams): URLSearchParams {
  if (query.has('pretty')) return query;
  return new URLSearchParams({ pretty: 'true' });
}
