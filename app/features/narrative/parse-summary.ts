/** What a request line asks for, in words that a sentence can be made of. */
export interface ParsedRequest {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'other';
  readonly what: string;
}

const VERBS: Readonly<Record<string, ParsedRequest['verb']>> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};
const REQUEST = /^(GET|POST|PUT|PATCH|DELETE) (\/\S*)$/;
const ITEM = /^(ADDED|MODIFIED|DELETED|BOOKMARK)\s+(.*)$/;

/** An object by its name; a collection by its namespace in brackets, which reads in every language. */
function placeOf(namespace: string, name: string): readonly string[] {
  if (name === '') return namespace === '' ? [] : [`(${namespace})`];
  return [namespace === '' ? name : `${namespace}/${name}`];
}

/** `POST /api/v1/namespaces/default/pods` → create, `pods (default)`. Paths as in the Kubernetes API. */
export function parseRequest(summary: string): ParsedRequest {
  const match = REQUEST.exec(summary);
  const [method = '', target = ''] = match?.slice(1) ?? [];
  const [path = '', query = ''] = target.split('?');
  const parts = path.split('/').filter(Boolean);
  const after = parts[0] === 'api' ? parts.slice(2) : parts[0] === 'apis' ? parts.slice(3) : null;
  if (match === null || after === null || after.length === 0) return { verb: 'other', what: summary };
  let namespace = '';
  let rest = after;
  if (rest[0] === 'namespaces' && rest.length > 2) {
    namespace = rest[1] ?? '';
    rest = rest.slice(2);
  }
  const [resource = '', name = '', subresource = ''] = rest.map(decodeURIComponent);
  const kind = subresource === '' ? resource : `${resource}/${subresource}`;
  const what = [kind, ...placeOf(namespace, name)].join(' ');
  const watching = new URLSearchParams(query).get('watch');
  if (method === 'GET')
    return { verb: watching === 'true' || watching === '1' ? 'watch' : name === '' ? 'list' : 'get', what };
  return { verb: VERBS[method] ?? 'other', what };
}

/** `ADDED pods default/web-1` → ADDED, `pods default/web-1`. */
export function parseItem(summary: string): {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'other';
  readonly what: string;
} {
  const [, type = '', what = ''] = ITEM.exec(summary) ?? [];
  if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') return { type, what };
  return { type: 'other', what: summary };
}
