/** What a request asks for, read from its method and path alone. Models apiserver/pkg/endpoints/request (v1.34). */
export interface RequestInfo {
  readonly isResourceRequest: boolean;
  /** Decoded path without the query. */
  readonly path: string;
  /** get list watch create update patch delete deletecollection proxy; for other paths the method in lower case. */
  readonly verb: string;
  readonly apiPrefix: string;
  readonly apiGroup: string;
  readonly apiVersion: string;
  /** For `namespaces` themselves their own name, as upstream has it. */
  readonly namespace: string;
  /** The namespace of the object asked for: that of the path, but '' for a Namespace itself. */
  readonly namespaceOfObject: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  readonly query: URLSearchParams;
}

/** Shared by all requests without a query; nobody writes to it. */
export const NO_QUERY = new URLSearchParams();
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

const VERBS: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function nonResource(method: string, path: string, query: URLSearchParams, apiPrefix = ''): RequestInfo {
  return {
    isResourceRequest: false,
    path,
    verb: method.toLowerCase(),
    apiPrefix,
    apiGroup: '',
    apiVersion: '',
    namespace: '',
    namespaceOfObject: '',
    resource: '',
    subresource: '',
    name: '',
    query,
  };
}

/** True for Go's idea of a true query value: present and not `0` or `false`. */
export function queryFlag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value !== '0' && value.toLowerCase() !== 'false';
}

/** Splits `target` (path and query, escaped) into what is asked for. Never throws. */
export function parseRequestInfo(method: string, target: string): RequestInfo {
  const mark = target.indexOf('?');
  const escaped = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? NO_QUERY : new URLSearchParams(target.slice(mark + 1));
  const parts = escaped
    .split('/')
    .filter((part) => part !== '')
    .map(decodeSegment);
  const path = decodeSegment(escaped);
  const apiPrefix = parts[0] ?? '';
  if (apiPrefix !== 'api' && apiPrefix !== 'apis') return nonResource(method, path, query);
  const grouped = apiPrefix === 'apis';
  if (parts.length < (grouped ? 4 : 3)) return nonResource(method, path, query, apiPrefix);

  const apiGroup = grouped ? (parts[1] as string) : '';
  const apiVersion = parts[grouped ? 2 : 1] as string;
  let rest = parts.slice(grouped ? 3 : 2);
  let verb = VERBS[method] ?? '';
  let deprecatedWatch = false;
  if (rest[0] === 'watch' || rest[0] === 'proxy') {
    if (rest.length < 2) return nonResource(method, path, query, apiPrefix);
    deprecatedWatch = rest[0] === 'watch';
    verb = rest[0];
    rest = rest.slice(1);
  }

  let namespace = '';
  if (rest[0] === 'namespaces') {
    if (rest.length > 1) {
      namespace = rest[1] as string;
      if (rest.length > 2 && !NAMESPACE_SUBRESOURCES.has(rest[2] as string)) rest = rest.slice(2);
    }
  }
  const resource = rest[0] ?? '';
  const name = rest[1] ?? '';
  const subresource = rest.length >= 3 ? (rest[2] as string) : '';

  if (name === '' && verb === 'get') verb = queryFlag(query, 'watch') ? 'watch' : 'list';
  if (name === '' && verb === 'delete') verb = 'deletecollection';
  return {
    isResourceRequest: true,
    path,
    verb: deprecatedWatch ? 'watch' : verb,
    apiPrefix,
    apiGroup,
    apiVersion,
    namespace,
    namespaceOfObject: resource === 'namespaces' && apiGroup === '' ? '' : namespace,
    resource,
    subresource,
    name,
    query,
  };
}
