import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json, JsonObject } from '../json.ts';
import { at, clone, isObject, namespaceOf, objectAt, setAt, stringAt } from '../json.ts';
import { discovery, openApi, openApiRoot, resources } from './fake-discovery.testing.ts';

/** One request a client made. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly contentType: string;
  readonly headers: http.IncomingHttpHeaders;
}

export interface FakeReply {
  readonly status: number;
  readonly body: Json | string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Hook = (seen: Seen) => FakeReply | undefined;

/** A tiny API server for tests of the client: discovery, objects kept by path, Tables of name and age, watches. It validates nothing. */
export class FakeApi {
  readonly objects = new Map<string, JsonObject>();
  readonly seen: Seen[] = [];
  /** Answers before the store does. */
  readonly hooks: Hook[] = [];
  /** Columns by resource: name, priority and how to get the cell. */
  readonly columns = new Map<string, readonly (readonly [string, number, (object: JsonObject) => Json])[]>();
  private version = 100;
  private readonly server: http.Server;
  private readonly watchers = new Set<{
    prefix: string;
    table: boolean;
    name: string;
    write: (event: JsonObject) => void;
    end: () => void;
  }>();

  constructor() {
    this.server = http.createServer((request, response) => void this.handle(request, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const watcher of this.watchers) watcher.end();
    this.server.closeAllConnections();
    await new Promise<void>((done) => this.server.close(() => done()));
  }

  /** Puts an object as if it had always been there. */
  put(path: string, object: JsonObject): void {
    this.version++;
    const stored = clone(object);
    setAt(stored, ['metadata', 'resourceVersion'], String(this.version));
    if (stringAt(stored, 'metadata', 'uid') === '') setAt(stored, ['metadata', 'uid'], `uid-${this.version}`);
    if (stringAt(stored, 'metadata', 'creationTimestamp') === '')
      setAt(stored, ['metadata', 'creationTimestamp'], '2026-01-01T00:00:00Z');
    const type = this.objects.has(path) ? 'MODIFIED' : 'ADDED';
    this.objects.set(path, stored);
    this.notify(path, type, stored);
  }

  remove(path: string): void {
    const object = this.objects.get(path);
    this.objects.delete(path);
    if (object) this.notify(path, 'DELETED', object);
  }

  private notify(path: string, type: string, object: JsonObject): void {
    for (const watcher of this.watchers) {
      if (!matches(path, watcher.prefix) || (watcher.name !== '' && !path.endsWith(`/${watcher.name}`)))
        continue;
      watcher.write({ type, object: watcher.table ? this.table(resourceOf(path, true), [object]) : object });
    }
  }

  private table(resource: string, objects: readonly JsonObject[]): JsonObject {
    const columns = this.columns.get(resource) ?? [
      ['Name', 0, (object: JsonObject) => stringAt(object, 'metadata', 'name')] as const,
      ['Age', 0, () => '5m'] as const,
    ];
    return {
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: String(this.version) },
      columnDefinitions: columns.map(([name, priority]) => ({
        name,
        type: 'string',
        format: name === 'Name' ? 'name' : '',
        description: '',
        priority,
      })),
      rows: objects.map((object) => ({
        cells: columns.map(([, , cell]) => cell(object)),
        object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', ...object },
      })),
    };
  }

  private async handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const seen: Seen = {
      method: request.method ?? 'GET',
      url: request.url ?? '/',
      body: Buffer.concat(chunks).toString('utf8'),
      contentType: request.headers['content-type'] ?? '',
      headers: request.headers,
    };
    this.seen.push(seen);
    const url = new URL(seen.url, 'http://x');
    const send = ({ status, body, headers }: FakeReply): void => {
      response.writeHead(status, {
        // The clock of the recording: ages are as wide as they were then.
        Date: 'Tue, 24 Nov 2026 00:35:00 GMT',
        'Content-Type': typeof body === 'string' ? 'text/plain' : 'application/json',
        ...headers,
      });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    for (const hook of this.hooks) {
      const reply = hook(seen);
      if (reply) return send(reply);
    }
    if (seen.method === 'GET' && url.searchParams.get('watch')) return this.watch(url, request, response);
    send(this.answer(seen, url));
  }

  private watch(url: URL, request: http.IncomingMessage, response: http.ServerResponse): void {
    response.writeHead(200, {
      // The clock of the recording: ages are as wide as they were then.
      Date: 'Tue, 24 Nov 2026 00:35:00 GMT',
      'Content-Type': 'application/json',
    });
    response.flushHeaders();
    const selector = url.searchParams.get('fieldSelector') ?? '';
    const watcher = {
      prefix: url.pathname,
      table: (request.headers.accept ?? '').includes('as=Table'),
      name: /metadata\.name=(.*)/.exec(selector)?.[1] ?? '',
      write: (event: JsonObject) => void response.write(`${JSON.stringify(event)}\n`),
      end: () => void response.end(),
    };
    this.watchers.add(watcher);
    response.on('close', () => this.watchers.delete(watcher));
  }

  private answer(seen: Seen, url: URL): FakeReply {
    const path = url.pathname;
    const accept = seen.headers.accept ?? '';
    if (path === '/api' || path === '/apis') {
      const items = discovery.filter(
        (group) => (stringAt(group, 'metadata', 'name') === '') === (path === '/api'),
      );
      return {
        status: 200,
        body: { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items },
        headers: { 'Content-Type': 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' },
      };
    }
    if (path === '/version')
      return {
        status: 200,
        body: { major: '1', minor: '34', gitVersion: 'v1.34.9', platform: 'linux/amd64' },
      };
    if (path === '/healthz') return { status: 200, body: 'ok' };
    if (path === '/openapi/v3') return { status: 200, body: openApiRoot() };
    if (path.startsWith('/openapi/v3/'))
      return { status: 200, body: openApi(path.slice('/openapi/v3/'.length)) };
    const known = this.objects.get(path);
    if (seen.method === 'GET') {
      if (known)
        return {
          status: 200,
          body: accept.includes('as=Table') ? this.table(resourceOf(path, true), [known]) : known,
        };
      if (isCollection(path)) return this.list(path, url, accept);
      return notFound(path);
    }
    if (seen.contentType.includes('protobuf'))
      return {
        status: 415,
        body: { kind: 'Status', message: 'no protobuf here', reason: 'UnsupportedMediaType', code: 415 },
      };
    if (seen.method === 'POST') return this.create(path, url, JSON.parse(seen.body) as JsonObject);
    if (!known) return notFound(path.replace(/\/scale$/, ''));
    if (seen.method === 'DELETE') {
      if (!url.searchParams.get('dryRun')) this.remove(path);
      return {
        status: 200,
        body: {
          kind: 'Status',
          apiVersion: 'v1',
          metadata: {},
          status: 'Success',
          details: { name: stringAt(known, 'metadata', 'name'), uid: stringAt(known, 'metadata', 'uid') },
        },
      };
    }
    const patch = JSON.parse(seen.body) as Json;
    const next =
      seen.method === 'PUT' && isObject(patch)
        ? patch
        : seen.contentType.startsWith('application/json-patch')
          ? jsonPatch(known, patch)
          : merge(known, patch);
    if (!isObject(next))
      return { status: 400, body: { kind: 'Status', message: 'bad', reason: 'BadRequest', code: 400 } };
    if (seen.method === 'PUT') setAt(next, ['metadata', 'uid'], stringAt(known, 'metadata', 'uid'));
    if (seen.method === 'PUT')
      setAt(next, ['metadata', 'creationTimestamp'], stringAt(known, 'metadata', 'creationTimestamp'));
    if (url.searchParams.get('dryRun')) return { status: 200, body: next };
    if (JSON.stringify(next) !== JSON.stringify(known)) this.put(path, next);
    return { status: 200, body: this.objects.get(path) ?? next };
  }

  private list(path: string, url: URL, accept: string): FakeReply {
    const selector = url.searchParams.get('labelSelector') ?? '';
    const field = /metadata\.name=([^,]+)/.exec(url.searchParams.get('fieldSelector') ?? '')?.[1];
    const items = [...this.objects.entries()]
      .filter(([key]) => matches(key, path))
      .map(([, object]) => object)
      .filter((object) => field === undefined || stringAt(object, 'metadata', 'name') === field)
      .filter((object) =>
        selector
          .split(',')
          .every(
            (term) =>
              term === '' ||
              stringAt(object, 'metadata', 'labels', term.split('=')[0] ?? '') === (term.split('=')[1] ?? ''),
          ),
      )
      .sort((a, b) =>
        `${namespaceOf(a)}/${stringAt(a, 'metadata', 'name')}` <
        `${namespaceOf(b)}/${stringAt(b, 'metadata', 'name')}`
          ? -1
          : 1,
      );
    if (accept.includes('as=Table')) return { status: 200, body: this.table(resourceOf(path, false), items) };
    const { kind, apiVersion } = kindOf(path);
    return {
      status: 200,
      body: { kind: `${kind}List`, apiVersion, metadata: { resourceVersion: String(this.version) }, items },
    };
  }

  private create(path: string, url: URL, object: JsonObject): FakeReply {
    const name = stringAt(object, 'metadata', 'name');
    const key = `${path}/${name}`;
    if (this.objects.has(key)) {
      const resource = resourceOf(path, false);
      const group = /^\/apis\/([^/]+)/.exec(path)?.[1];
      const kind = group === undefined ? resource : `${resource}.${group}`;
      return {
        status: 409,
        body: {
          kind: 'Status',
          apiVersion: 'v1',
          metadata: {},
          status: 'Failure',
          message: `${kind} "${name}" already exists`,
          reason: 'AlreadyExists',
          details: { name, kind: resource },
          code: 409,
        },
      };
    }
    if (url.searchParams.get('dryRun')) return { status: 201, body: object };
    this.put(key, object);
    return { status: 201, body: this.objects.get(key) ?? object };
  }
}

function segments(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

/** The plural in a path. */
function resourceOf(path: string, object: boolean): string {
  const parts = segments(path);
  return parts[parts.length - (object ? 2 : 1)] ?? '';
}

function kindOf(path: string): { kind: string; apiVersion: string } {
  const parts = segments(path);
  const group = parts[0] === 'api' ? '' : (parts[1] ?? '');
  const name = resourceOf(path, false);
  const found = resources().find(
    (each) => each.group === group && stringAt(each.resource, 'resource') === name,
  );
  return {
    kind: stringAt(found?.resource, 'responseKind', 'kind'),
    apiVersion: group === '' ? 'v1' : `${group}/${parts[2] ?? ''}`,
  };
}

function isCollection(path: string): boolean {
  const parts = segments(path);
  const rest = parts.slice(parts[0] === 'api' ? 2 : 3);
  return rest.length === 1 || (rest[0] === 'namespaces' && rest.length === 3);
}

/** True when an object's path belongs to a collection, of one namespace or of all. */
function matches(key: string, collection: string): boolean {
  const parts = segments(key);
  if (`/${parts.slice(0, -1).join('/')}` === collection) return true;
  const namespaces = parts.indexOf('namespaces');
  return (
    namespaces >= 0 &&
    parts.length - namespaces === 4 &&
    `/${[...parts.slice(0, namespaces), parts.at(-2)].join('/')}` === collection
  );
}

function notFound(path: string): FakeReply {
  const name = segments(path).at(-1) ?? '';
  const resource = resourceOf(path, true);
  const group = /^\/apis\/([^/]+)/.exec(path)?.[1];
  const kind = group === undefined ? resource : `${resource}.${group}`;
  return {
    status: 404,
    body: {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: `${kind} "${name}" not found`,
      reason: 'NotFound',
      details: { name, ...(group === undefined ? {} : { group }), kind: resource },
      code: 404,
    },
  };
}

/** JSON merge patch; lists of things with names are merged by name, enough for the client's tests. */
function merge(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const out: JsonObject = isObject(target) ? clone(target) : {};
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) continue;
    const old = out[key];
    if (value === null) delete out[key];
    else if (
      Array.isArray(value) &&
      Array.isArray(old) &&
      value.every((item) => typeof stringOrUndefined(item) === 'string')
    ) {
      const list = [...old];
      for (const item of value) {
        const index = list.findIndex((each) => stringAt(each, 'name') === stringAt(item, 'name'));
        if (index < 0) list.push(item);
        else list[index] = merge(list[index], item);
      }
      out[key] = list;
    } else out[key] = merge(old, value);
  }
  return out;
}

function stringOrUndefined(item: Json): string | undefined {
  const name = at(item, 'name');
  return typeof name === 'string' ? name : undefined;
}

function jsonPatch(target: JsonObject, patch: Json): Json {
  const out = clone(target);
  for (const step of Array.isArray(patch) ? patch : []) {
    const path = stringAt(step, 'path').split('/').slice(1);
    if (stringAt(step, 'op') === 'remove') delete objectAt(out, ...path.slice(0, -1))[path.at(-1) ?? ''];
    else setAt(out, path, at(step, 'value') ?? null);
  }
  return out;
}
