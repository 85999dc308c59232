/** A kind as the API server discovers it. */
export interface ApiKind {
  /** Empty: the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural, lower case: the last part of the path. */
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
}

interface Discovered {
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly {
      readonly version: string;
      readonly resources?: readonly {
        readonly resource: string;
        readonly responseKind?: { readonly kind?: string };
        readonly scope?: string;
        readonly verbs?: readonly string[];
        readonly shortNames?: readonly string[];
      }[];
    }[];
  }[];
}

/** Asks for aggregated discovery, as kubectl does. */
export const DISCOVERY = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Kinds that can be listed, of an APIGroupDiscoveryList (JSON text): each group in its preferred version. */
export function readDiscovery(json: string): ApiKind[] {
  const kinds: ApiKind[] = [];
  const seen = new Set<string>();
  for (const { metadata, versions } of (JSON.parse(json) as Discovered).items ?? []) {
    const group = metadata?.name ?? '';
    // Versions come in the server's order of preference; what an older one alone has still counts.
    for (const { version, resources } of versions ?? [])
      for (const { resource, responseKind, scope, verbs = [], shortNames = [] } of resources ?? []) {
        const id = `${resource}.${group}`;
        if (seen.has(id) || !verbs.includes('list')) continue;
        seen.add(id);
        kinds.push({
          group,
          version,
          resource,
          kind: responseKind?.kind ?? resource,
          namespaced: scope === 'Namespaced',
          verbs,
          shortNames,
        });
      }
  }
  return kinds;
}

/** `pods`, `deployments.apps`: as kubectl takes it. */
export function kindId({ group, resource }: Pick<ApiKind, 'group' | 'resource'>): string {
  return group === '' ? resource : `${resource}.${group}`;
}

export function apiVersionOf({ group, version }: Pick<ApiKind, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Path of a collection; of all namespaces when `namespace` is empty. */
export function collectionPath(kind: ApiKind, namespace: string): string {
  const base = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const within = kind.namespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${base}${within}/${kind.resource}`;
}

export function objectPath(kind: ApiKind, namespace: string, name: string): string {
  return `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
}

/** Kinds by group, the core group first, of those that a search finds by resource, kind, short name or group. */
export function groupKinds(
  kinds: readonly ApiKind[],
  query: string,
): { readonly group: string; readonly kinds: readonly ApiKind[] }[] {
  const wanted = query.trim().toLowerCase();
  const found = kinds.filter(
    ({ resource, kind, group, shortNames }) =>
      wanted === '' ||
      resource.includes(wanted) ||
      kind.toLowerCase().includes(wanted) ||
      shortNames.includes(wanted) ||
      group.includes(wanted),
  );
  const groups = Map.groupBy(found, ({ group }) => group);
  return [...groups.keys()]
    .sort((a, b) => (a === '' ? -1 : b === '' ? 1 : a < b ? -1 : 1))
    .map((group) => ({
      group,
      kinds: [...(groups.get(group) ?? [])].sort((a, b) => (a.resource < b.resource ? -1 : 1)),
    }));
}
