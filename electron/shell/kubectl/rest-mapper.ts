import type { ApiResource, Discovery } from './discovery.ts';
import { quote } from './go-format.ts';

/** Finds resources by what a person types or a manifest says. Models apimachinery's RESTMapper with kubectl's short names. */
export class RestMapper {
  readonly discovery: Discovery;

  constructor(discovery: Discovery) {
    this.discovery = discovery;
  }

  /** `pods`, `po`, `Pod`, `deploy.apps`, `deployments.v1.apps`; undefined when the server has no such type. */
  find(typed: string): ApiResource | undefined {
    const [name = '', second = '', ...rest] = typed.split('.');
    if (second !== '' && rest.length > 0) {
      const exact = this.lookup(name, rest.join('.'), second);
      if (exact) return exact;
    }
    const group = [second, ...rest].filter((part) => part !== '').join('.');
    return (
      this.lookup(name, group, undefined) ??
      (second !== '' && rest.length === 0 ? this.lookup(name, '', second) : undefined)
    );
  }

  private lookup(name: string, group: string, version: string | undefined): ApiResource | undefined {
    const matches = this.named(name.toLowerCase()).filter(
      (each) => version === undefined || each.version === version,
    );
    if (group === '' && version === undefined) return matches[0];
    return (
      matches.find((each) => each.group === group) ??
      (group === '' ? undefined : matches.find((each) => each.group.startsWith(group)))
    );
  }

  private named(name: string): ApiResource[] {
    const { resources } = this.discovery;
    const plain = resources.filter(
      (each) => each.name === name || each.singular === name || each.kind.toLowerCase() === name,
    );
    return plain.length > 0 ? plain : resources.filter((each) => each.shortNames.includes(name));
  }

  /** Resources of other groups that a short name could also have meant. */
  alsoMeant(typed: string): string[] {
    const name = typed.toLowerCase();
    const { resources } = this.discovery;
    if (resources.some((each) => each.name === name || each.singular === name)) return [];
    const groups = new Set(resources.filter((each) => each.shortNames.includes(name)).map(groupResource));
    return [...groups].slice(1);
  }

  /** Every resource of a category (`all`), each once, in its preferred version. */
  category(name: string): ApiResource[] {
    const seen = new Set<string>();
    return this.discovery.resources.filter((each) => {
      const key = `${each.group}/${each.name}`;
      if (!each.categories.includes(name) || seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  }

  /** The resource of an object, by its `apiVersion` and `kind`. */
  forKind(apiVersion: string, kind: string): ApiResource | undefined {
    const { group, version } = splitApiVersion(apiVersion);
    return this.discovery.resources.find(
      (each) => each.group === group && each.version === version && each.kind === kind,
    );
  }
}

export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

export function apiVersionOf(resource: { readonly group: string; readonly version: string }): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** `deployments.apps`, `pods` */
export function groupResource(resource: { readonly group: string; readonly name: string }): string {
  return resource.group === '' ? resource.name : `${resource.name}.${resource.group}`;
}

/** `deployment.apps`, `pod`: how an object is named in messages. */
export function kindName(kind: string, group: string): string {
  return group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`;
}

/** The URL path of a collection or an object. */
export function resourcePath(
  resource: ApiResource,
  namespace: string,
  name?: string,
  subresource?: string,
): string {
  const parts =
    resource.group === '' ? ['api', resource.version] : ['apis', resource.group, resource.version];
  if (resource.namespaced && namespace !== '') parts.push('namespaces', namespace);
  parts.push(resource.name);
  if (name !== undefined) parts.push(encodeURIComponent(name));
  if (subresource) parts.push(subresource);
  return `/${parts.join('/')}`;
}

export function noSuchType(typed: string): string {
  return `the server doesn't have a resource type ${quote(typed.split('.')[0] ?? typed)}`;
}
