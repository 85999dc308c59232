import type { Context } from '../../../base/context.ts';
import { SeededRand } from '../../../base/rand.ts';
import type { KindStrategy } from '../../api/strategy.ts';
import type { GroupVersionKind } from '../../apimachinery/gvk.ts';
import { apiVersionOf, gvrKey } from '../../apimachinery/gvk.ts';
import type { EtcdClient } from '../../etcd/client/interface.ts';
import { AdmissionChain } from '../admission/admission-chain.ts';
import type { Auditor } from '../audit/auditor.ts';
import { AuthenticationChain } from '../auth/authentication-chain.ts';
import { AuthorizationChain } from '../auth/authorization-chain.ts';
import type { Authorizer } from '../auth/interface.ts';
import { BearerTokenAuthenticator } from '../auth/bearer-token.ts';
import { BootstrapTokenAuthenticator } from '../auth/bootstrap-token.ts';
import type { TokenUser } from '../auth/bearer-token.ts';
import { accessReviews } from '../auth/reviews/access-reviews.ts';
import { identityReviews } from '../auth/reviews/identity-reviews.ts';
import { serveReview } from '../auth/reviews/review.ts';
import type { Review } from '../auth/reviews/review.ts';
import { MastersAuthorizer } from '../auth/masters-authorizer.ts';
import { NodeAuthorizer } from '../auth/node/node-authorizer.ts';
import { EscalationCheck } from '../auth/rbac/escalation.ts';
import { RbacAuthorizer } from '../auth/rbac/rbac-authorizer.ts';
import { RbacObjects } from '../auth/rbac/rbac-objects.ts';
import { issuerDocuments } from '../auth/service-account/issuer-documents.ts';
import { ServiceAccountTokenAuthenticator } from '../auth/service-account/token-authenticator.ts';
import { tokenRequestHandler } from '../auth/service-account/token-request.ts';
import { X509Authenticator } from '../auth/x509.ts';
import { ApiHandler } from '../endpoints/api-handler.ts';
import { Discovery } from '../endpoints/discovery.ts';
import type { NonResourceServices } from '../endpoints/non-resource.ts';
import { NonResourceHandler } from '../endpoints/non-resource.ts';
import { selectableFieldsOf } from '../endpoints/predicate.ts';
import { OpenApi } from '../endpoints/openapi.ts';
import { OpenApiV2 } from '../endpoints/openapi-v2.ts';
import { RequestMetrics } from '../endpoints/request-metrics.ts';
import type { ServedResource } from '../endpoints/served-resource.ts';
import { ServedResources } from '../endpoints/served-resource.ts';
import type { SubresourceHandler } from '../endpoints/served-resource.ts';
import { versionInfo } from '../endpoints/version-info.ts';
import { dumpPriorityLevels } from '../flowcontrol/dump-priority-levels.ts';
import { FlowControl } from '../flowcontrol/flow-control.ts';
import { flowControlMetrics } from '../flowcontrol/metrics.ts';
import { ClusterIpAllocator } from '../registry/cluster-ip-allocator.ts';
import { NAMESPACE_HOOKS } from '../registry/namespace-hooks.ts';
import { NodePortAllocator } from '../registry/node-port-allocator.ts';
import { deleterOf } from '../registry/deleter-of.ts';
import { ObjectWriter } from '../registry/object-writer.ts';
import type { ResourceHooks } from '../registry/resource-hooks.ts';
import { ResourceStore } from '../registry/resource-store.ts';
import { ServiceHooks } from '../registry/service-hooks.ts';
import { DecodeCache } from '../storage/decode-cache.ts';
import { EtcdStore } from '../storage/etcd-store.ts';
import { LeaseManager } from '../storage/lease-manager.ts';
import { storagePrefix } from '../storage/storage-prefix.ts';
import { WatchCache } from '../storage/watch-cache.ts';
import type { NetworkAccess } from '../../network/interface.ts';
import { KubeletConnection } from '../subresources/kubelet-connection.ts';
import type { SubresourceOptions } from '../subresources/subresources.ts';
import { serveComponentStatuses } from '../subresources/component-statuses.ts';
import { serveBindings } from '../subresources/pod-binding.ts';
import { subresourcesOf } from '../subresources/subresources.ts';
import { admissionPlugins } from './admission-plugins.ts';
import type { ApiServerFlags } from './flags.ts';
import { flowControlObjects } from './flow-control-objects.ts';
import { etcdProblem, healthChecks } from './health-checks.ts';
import { KnownObjects } from './known-objects.ts';
import { labelWithLastUse } from './legacy-token-use.ts';
import type { ServiceAccountKeys } from './service-account-keys.ts';

export interface ApiServerOptions {
  readonly context: Context;
  /** Kubelets, and whatever is proxied to, are reached through it. */
  readonly net: NetworkAccess;
  readonly etcd: EtcdClient;
  readonly flags: ApiServerFlags;
  readonly strategies: readonly KindStrategy[];
  /** e.g. `v1.34.9` */
  readonly gitVersion: string;
  /** Name of the authority whose client certificates count. */
  readonly authority: string;
  readonly tokens: ReadonlyMap<string, TokenUser>;
  /** Of service account tokens. */
  readonly keys: ServiceAccountKeys;
  /** Undefined: requests are not recorded. */
  readonly audit: Auditor | undefined;
}

/** Field selector labels by which watchers are filed, by resource. */
const INDEXED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  '/pods': ['spec.nodeName'],
  '/limitranges': ['metadata.namespace'],
  '/resourcequotas': ['metadata.namespace'],
};

/** Groups whose kinds are questions. */
const REVIEWED = new Set(['authorization.k8s.io', 'authentication.k8s.io']);

/** One API server: everything wired together, without a network. Models cmd/kube-apiserver/app (v1.34). */
export class ApiServer {
  readonly handler: ApiHandler;
  readonly resources = new ServedResources();
  readonly addresses: ClusterIpAllocator;
  readonly #options: ApiServerOptions;
  readonly #decoded = new DecodeCache();
  readonly #store: EtcdStore;
  readonly #objects: KnownObjects;
  readonly #admission: AdmissionChain;
  readonly #subresources: SubresourceOptions;
  readonly #authentication: AuthenticationChain;
  readonly #authorization: AuthorizationChain;
  /** By kind. */
  readonly #reviews: Readonly<Record<string, Review>>;
  readonly #rbac: RbacObjects;
  readonly #caches = new Map<string, WatchCache>();
  readonly #leases: LeaseManager;
  readonly #published: Pick<NonResourceServices, 'discovery' | 'openApi' | 'openApiV2'>;
  /** Kinds that definitions define, by the prefix of their objects. */
  readonly #custom = new Map<string, readonly KindStrategy[]>();
  #bootstrapped = false;

  constructor(options: ApiServerOptions) {
    const { context, etcd, flags, strategies } = options;
    this.#options = options;
    this.#store = new EtcdStore(etcd, this.#decoded);
    this.#objects = new KnownObjects(this.resources, this.#store);
    this.#leases = new LeaseManager(etcd, context.clock, flags.eventTtl);
    this.addresses = new ClusterIpAllocator(this.#store, context.rand, flags.serviceClusterIpRange);
    this.#rbac = new RbacObjects({
      roles: this.#rbacCache('roles'),
      clusterroles: this.#rbacCache('clusterroles'),
      rolebindings: this.#rbacCache('rolebindings'),
      clusterrolebindings: this.#rbacCache('clusterrolebindings'),
    });
    this.#authorization = new AuthorizationChain(this.#authorizers());
    this.#admission = new AdmissionChain([
      ...admissionPlugins({
        objects: this.#objects,
        served: this.resources,
        context,
        net: options.net,
        authorization: this.#authorization,
        enabled: flags.enabledAdmissionPlugins,
        disabled: flags.disabledAdmissionPlugins,
      }),
      new EscalationCheck(this.#authorization, this.#rbac),
    ]);
    this.#authentication = new AuthenticationChain(
      [
        new X509Authenticator(context.clock, options.authority),
        new ServiceAccountTokenAuthenticator({
          clock: context.clock,
          ...this.#tokenOptions(),
          onSecretUsed: (secret) => labelWithLastUse(context, this.resources, secret),
        }),
        ...(flags.bootstrapTokenAuth
          ? [new BootstrapTokenAuthenticator({ clock: context.clock, ...this.#tokenOptions() })]
          : []),
        new BearerTokenAuthenticator(options.tokens),
      ],
      flags.anonymousAuth,
    );
    this.#reviews = {
      ...accessReviews(this.#authorization),
      ...identityReviews(this.#authentication, context.clock),
    };
    this.#subresources = {
      kubelets: new KubeletConnection(options.net, context.clock, options.authority, (name) =>
        this.#objects.find('nodes', '', name, false),
      ),
      find: (resource, namespace, name) => this.#objects.find(resource, namespace, name, false),
      served: this.resources,
      random: () => context.rand.float(),
    };
    for (const strategy of strategies) this.resources.add(this.#servedResource(strategy));
    this.#published = {
      discovery: new Discovery(strategies),
      openApi: new OpenApi(strategies, options.gitVersion),
      openApiV2: new OpenApiV2(options.gitVersion),
    };
    const flowControl = flags.priorityAndFairness
      ? new FlowControl({
          clock: context.clock,
          objects: flowControlObjects(this.resources),
          seats: flags.maxRequestsInFlight,
          waitLimit: (flags.requestTimeout * 1000) / 4,
        })
      : undefined;
    const metrics = new RequestMetrics(
      () =>
        [...this.#caches]
          .filter(([, cache]) => cache.ready)
          .map(([resource, cache]) => ({ resource, count: cache.size })),
      () =>
        this.resources.all.map(({ strategy, store }) => ({
          group: strategy.gvk.group,
          kind: strategy.gvk.kind,
          count: store.cache.ready ? store.cache.watcherCount : 0,
        })),
      () => (flowControl === undefined ? [] : flowControlMetrics(flowControl)),
    );
    this.handler = new ApiHandler({
      context,
      authentication: this.#authentication,
      authorization: this.#authorization,
      resources: this.resources,
      nonResource: new NonResourceHandler({
        ...this.#published,
        version: versionInfo(options.gitVersion),
        metrics,
        health: healthChecks(etcd, () => this.#bootstrapped),
        documents: issuerDocuments(
          flags.serviceAccountIssuer,
          `https://${flags.advertiseAddress}:${flags.securePort}`,
          options.keys.believed,
        ),
        texts:
          flowControl === undefined
            ? new Map<string, () => string>()
            : new Map([
                [
                  '/debug/api_priority_and_fairness/dump_priority_levels',
                  () => dumpPriorityLevels(flowControl),
                ],
              ]),
        serverAddress: `${flags.advertiseAddress}:${flags.securePort}`,
      }),
      metrics,
      flowControl,
      audit: options.audit,
      // Of its own: what others draw does not depend on how many requests were served.
      auditIds: new SeededRand(`audit ${flags.advertiseAddress} ${options.context.clock.now()}`),
    });
  }

  get store(): EtcdStore {
    return this.#store;
  }

  /** What every cluster needs exists now: the post-start hooks have done their work. */
  markBootstrapped(): void {
    this.#bootstrapped = true;
  }

  /**
   * Serves the kinds of one definition in place of those it had: none withdraws them. Whoever watches the old ones
   * has to list again. Returns the resource of each kind, served or not.
   */
  serveCustom(
    prefix: string,
    kinds: readonly { readonly strategy: KindStrategy; readonly served: boolean }[],
    terminating: boolean,
  ): readonly ServedResource[] {
    for (const { gvk, resource } of this.#custom.get(prefix) ?? [])
      this.resources.remove(gvk.group, gvk.version, resource);
    this.#caches.get(prefix)?.stop();
    this.#caches.delete(prefix);
    const resources = kinds.map(({ strategy }) => ({
      ...this.#servedResource(strategy, prefix),
      terminating,
    }));
    const served = resources.filter((_, index) => kinds[index]?.served === true);
    for (const resource of served) this.resources.add(resource);
    if (served.length === 0) this.#custom.delete(prefix);
    else this.#custom.set(prefix, served.map(({ strategy }) => strategy)); // prettier-ignore
    const custom = [...this.#custom.values()].flat();
    const { discovery, openApi, openApiV2 } = this.#published;
    for (const published of [discovery, openApi, openApiV2]) published.setCustom(custom);
    return resources;
  }

  stop(): void {
    for (const cache of this.#caches.values()) cache.stop();
  }

  #tokenOptions() {
    const { keys, flags } = this.#options;
    return {
      key: keys.signing,
      keys: keys.believed,
      issuer: flags.serviceAccountIssuer,
      audiences: [flags.serviceAccountIssuer],
      find: (resource: string, namespace: string, name: string) =>
        this.#objects.find(resource, namespace, name, true),
    };
  }

  /** As `--authorization-mode=Node,RBAC`. */
  #authorizers(): readonly Authorizer[] {
    const node = new NodeAuthorizer({
      somePodOn: (name, test) => this.#objects.somePodOn(name, test),
      find: (group, resource, namespace, name) => this.#objects.find(resource, namespace, name, false, group),
    });
    return [new MastersAuthorizer(), node, new RbacAuthorizer(this.#rbac)];
  }

  #rbacCache(resource: string): WatchCache | undefined {
    const group = 'rbac.authorization.k8s.io';
    const strategy = this.#options.strategies.find(
      (each) => each.gvk.group === group && each.resource === resource,
    );
    if (strategy === undefined) return undefined;
    return this.#cacheFor(storagePrefix(group, resource), { gvk: strategy.gvk, resource }, strategy);
  }

  #servedResource(strategy: KindStrategy, customPrefix?: string): ServedResource {
    const storedAs = strategy.storage ?? { gvk: strategy.gvk, resource: strategy.resource };
    const prefix = customPrefix ?? storagePrefix(storedAs.gvk.group, storedAs.resource);
    const store = new ResourceStore({
      strategy,
      store: this.#store,
      cache: this.#cacheFor(prefix, storedAs, strategy),
      prefix,
      admission: this.#admission,
      context: this.#options.context,
      hooks: this.#hooksFor(strategy),
      leases: storedAs.resource === 'events' ? this.#leases : undefined,
    });
    const review = this.#answererOf(strategy);
    return {
      strategy,
      store,
      writer: new ObjectWriter(store),
      deleter: deleterOf(store),
      subresources: this.#subresourcesOf(strategy),
      ...(review === undefined ? {} : { review }),
    };
  }

  /** Kinds that are kept nowhere. */
  #answererOf({ gvk }: KindStrategy): ServedResource['review'] {
    if (gvk.group === '' && gvk.kind === 'Binding')
      return serveBindings(() => this.resources.find('', 'v1', 'pods') as ServedResource);
    if (gvk.group === '' && gvk.kind === 'ComponentStatus') {
      const { net, context, etcd } = this.#options;
      return serveComponentStatuses({ net, clock: context.clock, etcdProblem: () => etcdProblem(etcd) });
    }
    const review = REVIEWED.has(gvk.group) ? this.#reviews[gvk.kind] : undefined;
    return review === undefined ? undefined : serveReview(review);
  }

  #subresourcesOf(strategy: KindStrategy): ReadonlyMap<string, SubresourceHandler> {
    const handlers = subresourcesOf(strategy, this.#subresources);
    if (strategy.gvk.group !== '' || strategy.resource !== 'serviceaccounts') return handlers;
    const { context } = this.#options;
    return new Map([...handlers, ['token', tokenRequestHandler({ context, ...this.#tokenOptions() })]]);
  }

  #cacheFor(
    prefix: string,
    storedAs: { readonly gvk: GroupVersionKind; readonly resource: string },
    strategy: KindStrategy,
  ): WatchCache {
    const { gvk, resource } = storedAs;
    const { group } = gvk;
    const known = this.#caches.get(prefix);
    if (known !== undefined) return known;
    const { context, etcd, strategies } = this.#options;
    const stored =
      strategies.find(
        (other) => gvrKey({ ...other.gvk, resource: other.resource }) === gvrKey({ ...gvk, resource }),
      ) ?? strategy;
    const cache = new WatchCache({
      context,
      client: etcd,
      store: this.#store,
      decoded: this.#decoded,
      prefix,
      resource: group === '' ? resource : `${resource}.${group}`,
      apiVersion: apiVersionOf(stored.gvk),
      kind: stored.gvk.kind,
      indexedFields: INDEXED_FIELDS[`${group}/${resource}`] ?? [],
      fieldsOf: (object) => selectableFieldsOf(stored, object),
    });
    this.#caches.set(prefix, cache);
    return cache;
  }

  #hooksFor(strategy: KindStrategy): ResourceHooks {
    if (strategy.gvk.group !== '') return {};
    if (strategy.resource === 'namespaces') return NAMESPACE_HOOKS;
    if (strategy.resource !== 'services') return {};
    const ports = new NodePortAllocator(this.#options.context.rand);
    return new ServiceHooks(this.#store, storagePrefix('', 'services'), this.addresses, ports);
  }
}
