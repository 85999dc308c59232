/** Group, version and kind; the core group is ''. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Group, version and plural resource, e.g. `{group: 'apps', version: 'v1', resource: 'deployments'}`. */
export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

export interface GroupResource {
  readonly group: string;
  readonly resource: string;
}

/** `v1`, `apps/v1`: what objects carry as `apiVersion`. */
export function apiVersionOf(gv: { readonly group: string; readonly version: string }): string {
  return gv.group === '' ? gv.version : `${gv.group}/${gv.version}`;
}

/**
 * Splits an `apiVersion`. Returns undefined when it has more than one slash.
 * Models schema.ParseGroupVersion (v1.34), whose error is `unexpected GroupVersion string: a/b/c`.
 */
export function parseApiVersion(apiVersion: string): { group: string; version: string } | undefined {
  if (apiVersion === '' || apiVersion === '/') return { group: '', version: '' };
  const parts = apiVersion.split('/');
  if (parts.length === 1) return { group: '', version: apiVersion };
  if (parts.length === 2) return { group: parts[0] as string, version: parts[1] as string };
  return undefined;
}

/** The kind of an object from its own `apiVersion` and `kind`; empty parts where it has none. */
export function gvkOf(object: { readonly apiVersion?: string; readonly kind?: string }): GroupVersionKind {
  const gv = parseApiVersion(object.apiVersion ?? '') ?? { group: '', version: '' };
  return { ...gv, kind: object.kind ?? '' };
}

/** A key for maps: `apps/v1/Deployment`, `/v1/Pod`. */
export function gvkKey(gvk: GroupVersionKind): string {
  return `${gvk.group}/${gvk.version}/${gvk.kind}`;
}

/** A key for maps: `apps/v1/deployments`, `/v1/pods`. */
export function gvrKey(gvr: GroupVersionResource): string {
  return `${gvr.group}/${gvr.version}/${gvr.resource}`;
}

/** `pods`, `deployments.apps`: how a resource is written in messages. */
export function groupResourceString(resource: GroupResource): string {
  return resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`;
}

/** `Pod`, `Deployment.apps`: how a kind is written in messages. */
export function groupKindString(kind: { readonly group: string; readonly kind: string }): string {
  return kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
}
