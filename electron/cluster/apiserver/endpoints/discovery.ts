import type { GroupVersionKind } from '../../apimachinery/gvk.ts';
import { compareVersions } from '../../apimachinery/versions.ts';
import { canonicalText, fnv32a } from '../../apimachinery/names.ts';
import type { KindStrategy } from '../../api/strategy.ts';

/** Order of groups in discovery: as upstream's aggregator lists them. Others follow by name. */
const GROUP_ORDER = [
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'flowcontrol.apiserver.k8s.io',
];

const groupVersionOf = (group: string, version: string): string =>
  group === '' ? version : `${group}/${version}`;

function rank(group: string): number {
  const index = GROUP_ORDER.indexOf(group);
  return index < 0 ? GROUP_ORDER.length : index;
}

/** What is served, in every form in which a client may ask for it. */
export class Discovery {
  readonly #builtIn: readonly KindStrategy[];
  #strategies: readonly KindStrategy[];
  readonly #etags = new Map<string, string>();

  constructor(strategies: readonly KindStrategy[]) {
    this.#builtIn = strategies;
    this.#strategies = byResource(strategies);
  }

  /** Custom kinds come, change and go. */
  setCustom(strategies: readonly KindStrategy[]): void {
    this.#strategies = byResource([...this.#builtIn, ...strategies]);
    this.#etags.clear();
  }

  /** Groups in the order of discovery, the core group ('') left out. */
  get groups(): readonly string[] {
    const names = [...new Set(this.#strategies.map(({ gvk }) => gvk.group))].filter((group) => group !== '');
    return names.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  }

  /** Versions of a group, preferred one first. */
  versions(group: string): readonly string[] {
    const versions = this.#strategies.filter(({ gvk }) => gvk.group === group).map(({ gvk }) => gvk.version);
    return [...new Set(versions)].sort((a, b) => compareVersions(b, a));
  }

  #of(group: string, version: string): readonly KindStrategy[] {
    return this.#strategies.filter(({ gvk }) => gvk.group === group && gvk.version === version);
  }

  /** `GET /api` */
  apiVersions(serverAddress: string): unknown {
    return {
      kind: 'APIVersions',
      versions: this.versions(''),
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
    };
  }

  /** `GET /apis` */
  groupList(): unknown {
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: this.groups.map((group) => this.#group(group)) };
  }

  /** `GET /apis/<group>`; undefined when there is none. */
  group(name: string): unknown {
    if (!this.groups.includes(name)) return undefined;
    return { kind: 'APIGroup', apiVersion: 'v1', ...this.#group(name) };
  }

  #group(name: string) {
    const versions = this.versions(name).map((version) => ({
      groupVersion: groupVersionOf(name, version),
      version,
    }));
    return { name, versions, preferredVersion: versions[0] };
  }

  /** `GET /api/v1`, `GET /apis/<group>/<version>`; undefined when there is none. */
  resourceList(group: string, version: string): unknown {
    const strategies = this.#of(group, version);
    if (strategies.length === 0) return undefined;
    const resources = strategies.flatMap((strategy) => [
      {
        name: strategy.resource,
        singularName: strategy.singular,
        namespaced: strategy.namespaced,
        kind: strategy.gvk.kind,
        verbs: strategy.verbs,
        ...(strategy.shortNames.length === 0 ? {} : { shortNames: strategy.shortNames }),
        ...(strategy.categories.length === 0 ? {} : { categories: strategy.categories }),
        ...(strategy.storageVersionHash === '' ? {} : { storageVersionHash: strategy.storageVersionHash }),
      },
      ...strategy.subresources.map((subresource) => ({
        name: `${strategy.resource}/${subresource.name}`,
        singularName: '',
        namespaced: strategy.namespaced,
        ...(sameGroupVersion(subresource.kind, strategy.gvk)
          ? {}
          : { group: subresource.kind.group, version: subresource.kind.version }),
        kind: subresource.kind.kind,
        verbs: subresource.verbs,
      })),
    ]);
    return {
      kind: 'APIResourceList',
      // Upstream leaves it out for the legacy group, whose list predates typed meta.
      ...(group === '' ? {} : { apiVersion: 'v1' }),
      groupVersion: groupVersionOf(group, version),
      resources,
    };
  }

  /** Aggregated discovery of `/api` (`legacy`) or `/apis`. `apiVersion` is `apidiscovery.k8s.io/v2` or `/v2beta1`. */
  aggregated(legacy: boolean, apiVersion: string): unknown {
    const groups = legacy ? [''] : this.groups;
    return {
      kind: 'APIGroupDiscoveryList',
      apiVersion,
      metadata: {},
      items: groups.map((group) => ({
        metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null },
        versions: this.versions(group).map((version) => ({
          version,
          resources: this.#of(group, version).map(aggregatedResource),
          freshness: 'Current',
        })),
      })),
    };
  }

  /** ETag of a discovery document, by the name given to it. */
  etag(name: string, document: unknown): string {
    let etag = this.#etags.get(name);
    if (etag === undefined) {
      const text = canonicalText(document);
      const parts = [0, 1, 2, 3].map((seed) => fnv32a(`${seed}${text}`).toString(16).padStart(8, '0'));
      etag = `"${parts.join('').toUpperCase()}"`;
      this.#etags.set(name, etag);
    }
    return etag;
  }
}

function byResource(strategies: readonly KindStrategy[]): KindStrategy[] {
  return [...strategies].sort((a, b) => (a.resource < b.resource ? -1 : 1));
}

function sameGroupVersion(one: GroupVersionKind, other: GroupVersionKind): boolean {
  return one.group === other.group && one.version === other.version;
}

function aggregatedResource(strategy: KindStrategy): unknown {
  return {
    resource: strategy.resource,
    responseKind: strategy.gvk,
    scope: strategy.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: strategy.singular,
    verbs: strategy.verbs,
    ...(strategy.shortNames.length === 0 ? {} : { shortNames: strategy.shortNames }),
    ...(strategy.categories.length === 0 ? {} : { categories: strategy.categories }),
    ...(strategy.subresources.length === 0
      ? {}
      : {
          subresources: strategy.subresources.map((subresource) => ({
            subresource: subresource.name,
            responseKind: subresource.kind,
            verbs: subresource.verbs,
          })),
        }),
  };
}
