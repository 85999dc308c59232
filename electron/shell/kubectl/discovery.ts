import type { Json, JsonObject } from './json.ts';
import { at, isObject, listAt, parseObject, stringAt } from './json.ts';
import { StatusError } from './errors.ts';
import type { Transport } from './transport.ts';

export interface Subresource {
  /** Without the resource: `scale`. */
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

/** One resource of one group and version as discovery tells it. */
export interface ApiResource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural, lower case: `deployments`. */
  readonly name: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly Subresource[];
}

export interface ApiGroup {
  readonly name: string;
  /** The preferred one first. */
  readonly versions: readonly string[];
}

export interface Discovery {
  readonly groups: readonly ApiGroup[];
  /** Groups in the server's order, versions as preferred. */
  readonly resources: readonly ApiResource[];
}

const accept = [
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
  'application/json',
].join(',');

/** Asks the server what it has: the aggregated documents, or group by group where it has none. */
export async function discover(transport: Transport): Promise<Discovery> {
  const groups: ApiGroup[] = [];
  const resources: ApiResource[] = [];
  for (const path of ['/api', '/apis']) {
    let text: string;
    try {
      text = (await transport.send({ path, accept })).text;
    } catch (error) {
      // A server may lack one of the two.
      if (error instanceof StatusError && error.code === 404) continue;
      throw error;
    }
    const document = parseObject(text) ?? {};
    if (stringAt(document, 'kind') === 'APIGroupDiscoveryList') aggregated(document, groups, resources);
    else await legacy(transport, path, document, groups, resources);
  }
  return { groups, resources };
}

function strings(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function aggregated(document: JsonObject, groups: ApiGroup[], resources: ApiResource[]): void {
  for (const item of listAt(document, 'items')) {
    const group = stringAt(item, 'metadata', 'name');
    const versions = listAt(item, 'versions');
    groups.push({ name: group, versions: versions.map((each) => stringAt(each, 'version')) });
    for (const each of versions) {
      const version = stringAt(each, 'version');
      for (const resource of listAt(each, 'resources')) {
        resources.push({
          group,
          version,
          name: stringAt(resource, 'resource'),
          singular: stringAt(resource, 'singularResource'),
          kind: stringAt(resource, 'responseKind', 'kind'),
          namespaced: stringAt(resource, 'scope') === 'Namespaced',
          verbs: strings(at(resource, 'verbs')),
          shortNames: strings(at(resource, 'shortNames')),
          categories: strings(at(resource, 'categories')),
          subresources: listAt(resource, 'subresources').map((sub) => ({
            name: stringAt(sub, 'subresource'),
            kind: stringAt(sub, 'responseKind', 'kind'),
            verbs: strings(at(sub, 'verbs')),
          })),
        });
      }
    }
  }
}

async function legacy(
  transport: Transport,
  path: string,
  document: JsonObject,
  groups: ApiGroup[],
  resources: ApiResource[],
): Promise<void> {
  const found: ApiGroup[] =
    path === '/api'
      ? [{ name: '', versions: strings(at(document, 'versions')) }]
      : listAt(document, 'groups').map((group) => {
          const preferred = stringAt(group, 'preferredVersion', 'version');
          const versions = listAt(group, 'versions').map((each) => stringAt(each, 'version'));
          return {
            name: stringAt(group, 'name'),
            versions: [preferred, ...versions.filter((each) => each !== preferred)].filter(
              (each) => each !== '',
            ),
          };
        });
  for (const group of found) {
    groups.push(group);
    for (const version of group.versions) {
      const list = await transport.json({
        path: group.name === '' ? `/api/${version}` : `/apis/${group.name}/${version}`,
      });
      resources.push(...fromResourceList(group.name, version, listAt(list, 'resources')));
    }
  }
}

function fromResourceList(group: string, version: string, items: readonly Json[]): ApiResource[] {
  const all = items.filter(isObject);
  return all
    .filter((item) => !stringAt(item, 'name').includes('/'))
    .map((item) => {
      const name = stringAt(item, 'name');
      return {
        group,
        version,
        name,
        singular: stringAt(item, 'singularName'),
        kind: stringAt(item, 'kind'),
        namespaced: at(item, 'namespaced') === true,
        verbs: strings(at(item, 'verbs')),
        shortNames: strings(at(item, 'shortNames')),
        categories: strings(at(item, 'categories')),
        subresources: all
          .filter((sub) => stringAt(sub, 'name').startsWith(`${name}/`))
          .map((sub) => ({
            name: stringAt(sub, 'name').slice(name.length + 1),
            kind: stringAt(sub, 'kind'),
            verbs: strings(at(sub, 'verbs')),
          })),
      };
    });
}
