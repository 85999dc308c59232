import type { DeleteOptions, GroupVersionResource, ListOptions, WatchOptions } from './interface.ts';

/** `/api/v1/namespaces/default/pods/web-1/status`: path of a resource, object or subresource. */
export function resourcePath(
  gvr: GroupVersionResource,
  namespace?: string,
  name?: string,
  subresource?: string,
): string {
  let path = gvr.group === '' ? `/api/${gvr.version}` : `/apis/${gvr.group}/${gvr.version}`;
  if (namespace !== undefined && namespace !== '') path += `/namespaces/${encodeURIComponent(namespace)}`;
  path += `/${gvr.resource}`;
  if (name !== undefined) path += `/${encodeURIComponent(name)}`;
  if (subresource !== undefined) path += `/${subresource}`;
  return path;
}

/** `?a=b&c=d` of the options that are set, or nothing. */
export function listQuery(options: ListOptions | WatchOptions, watch = false): string {
  const parts: string[] = [];
  const add = (name: string, value: string | number | boolean | undefined): void => {
    if (value !== undefined && value !== '') parts.push(`${name}=${encodeURIComponent(String(value))}`);
  };
  if ('allowWatchBookmarks' in options) add('allowWatchBookmarks', options.allowWatchBookmarks);
  add('continue', options.continue);
  add('fieldSelector', options.fieldSelector);
  add('labelSelector', options.labelSelector);
  add('limit', options.limit);
  add('resourceVersion', options.resourceVersion);
  if ('timeoutSeconds' in options) add('timeoutSeconds', options.timeoutSeconds);
  if (watch) add('watch', true);
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

/** Body of a DELETE; undefined when nothing is asked for. */
export function deleteBody(options: DeleteOptions | undefined): unknown {
  if (options === undefined || Object.keys(options).length === 0) return undefined;
  return { kind: 'DeleteOptions', apiVersion: 'v1', ...options };
}
