import type { Context } from '../../../base/context.ts';
import type { KubeList, KubeObject } from '../../api/types.ts';
import { statusError } from '../api-errors.ts';
import type {
  ApiClient,
  DeleteOptions,
  GroupVersionResource,
  ListOptions,
  PatchType,
  ResourceClient,
  WatchEventType,
  WatchHandle,
  WatchHandlers,
  WatchOptions,
} from '../interface.ts';
import { objectKey } from '../object-key.ts';
import { groupResource } from '../resource-type.ts';
import { resourceTypes } from '../resource-types.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { jsonPatch, mergePatch } from './fake-patch.testing.ts';

/** A call that was made, in order. */
export interface FakeAction {
  readonly verb: string;
  /** `pods`, `deployments.apps`; with `/status` and the like for subresources. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly object?: unknown;
}

/** Answers a call in place of the store: an error is thrown, undefined lets the call go on. */
export type Reactor = (action: FakeAction) => Error | undefined;

interface Watcher {
  readonly type: string;
  readonly namespace: string;
  readonly options: WatchOptions;
  readonly handlers: WatchHandlers<KubeObject>;
}

type Mutable = { -readonly [K in keyof KubeObject]: KubeObject[K] } & Record<string, unknown>;

/**
 * An API server in memory for tests of what uses an ApiClient: resourceVersions, generations, conflicts,
 * finalizers, watches, selectors by equality. No defaults, no validation, no garbage collection.
 */
export class FakeApiClient implements ApiClient {
  readonly userAgent = 'fake';
  readonly actions: FakeAction[] = [];
  /** Virtual milliseconds that a call takes, and after which a watch tells. */
  latency = 1;
  readonly reactors: Reactor[] = [];
  readonly subresources = new Map<string, (body: unknown) => unknown>();
  readonly #context: Context;
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #watchers = new Set<Watcher>();
  readonly #requests = new Map<string, (body: unknown) => unknown>();
  #version = 100;
  #uid = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  resource<T extends KubeObject>(gvr: GroupVersionResource, namespace = ''): ResourceClient<T> {
    return new FakeResource<T>(this, gvr, namespace);
  }

  async request(method: string, target: string, body?: unknown): Promise<unknown> {
    await this.called({ verb: method, resource: target, namespace: '', name: '', object: body });
    const answer = this.#requests.get(`${method} ${target}`);
    if (answer === undefined) throw notFound(target, '');
    return answer(body);
  }

  /** Answers creations of a subresource, e.g. `serviceaccounts/token`, in place of a Status. */
  onSubresource(resource: string, answer: (body: unknown) => unknown): void {
    this.subresources.set(resource, answer);
  }

  /** Answers plain requests, e.g. discovery. */
  onRequest(method: string, target: string, answer: (body: unknown) => unknown): void {
    this.#requests.set(`${method} ${target}`, answer);
  }

  /** Puts an object in as it is (resourceVersion and uid apart) without waiting; watchers hear of it. */
  seed<T extends KubeObject>(gvr: GroupVersionResource, object: T): T {
    return this.store('ADDED', gvr, this.#withIdentity(object)) as T;
  }

  /** Changes an object as somebody else would, without waiting. */
  change<T extends KubeObject>(gvr: GroupVersionResource, key: string, change: (object: T) => T): T {
    const object = this.find<T>(gvr, key);
    if (object === undefined) throw new Error(`no ${groupResource(gvr)} ${key}`);
    return this.store('MODIFIED', gvr, change(object)) as T;
  }

  remove(gvr: GroupVersionResource, key: string): void {
    const object = this.find(gvr, key);
    if (object !== undefined) this.store('DELETED', gvr, object);
  }

  find<T extends KubeObject>(gvr: GroupVersionResource, key: string): T | undefined {
    return this.#objects.get(groupResource(gvr))?.get(key) as T | undefined;
  }

  all<T extends KubeObject>(gvr: GroupVersionResource, namespace = ''): T[] {
    const objects = [...(this.#objects.get(groupResource(gvr))?.values() ?? [])] as T[];
    return namespace === '' ? objects : objects.filter((object) => object.metadata?.namespace === namespace);
  }

  /** Messages of all events, `type reason message`. */
  events(): string[] {
    return this.all(resourceTypes.events).map((object) => {
      const event = object as { type?: string; reason?: string; message?: string };
      return `${event.type} ${event.reason} ${event.message}`;
    });
  }

  /** Ends every watch, as a broken connection (with `error`) or a server's timeout does. */
  endWatches(error?: Error): void {
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const watcher of watchers) this.#context.clock.setTimeout(() => watcher.handlers.onEnd(error), 0);
  }

  /** Sends an ERROR item to every watch of a resource. */
  expireWatches(gvr: GroupVersionResource): void {
    const status = {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      reason: 'Expired',
      code: 410,
      message: 'too old resource version',
    };
    for (const watcher of [...this.#watchers]) {
      if (watcher.type !== groupResource(gvr)) continue;
      this.#watchers.delete(watcher);
      this.#context.clock.setTimeout(
        () => watcher.handlers.onEvent({ type: 'ERROR', object: status as KubeObject }),
        0,
      );
    }
  }

  get watchCount(): number {
    return this.#watchers.size;
  }

  get version(): string {
    return String(this.#version);
  }

  async called(action: FakeAction): Promise<void> {
    await this.#context.clock.sleep(this.latency);
    this.actions.push(action);
    for (const react of this.reactors) {
      const error = react(action);
      if (error !== undefined) throw error;
    }
  }

  store(type: WatchEventType, gvr: GroupVersionResource, object: KubeObject): KubeObject {
    const resource = groupResource(gvr);
    const objects = this.#objects.get(resource) ?? new Map<string, KubeObject>();
    this.#objects.set(resource, objects);
    this.#version += 1;
    const stored: KubeObject = {
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(this.#version) },
    };
    const key = objectKey(stored);
    const old = objects.get(key);
    if (type === 'DELETED') objects.delete(key);
    else objects.set(key, stored);
    for (const watcher of this.#watchers)
      if (watcher.type === resource) this.#tell(watcher, type, stored, old);
    return stored;
  }

  addWatcher(watcher: Watcher): WatchHandle {
    this.#watchers.add(watcher);
    const from = Number(watcher.options.resourceVersion ?? '0');
    // What came between list and watch; good enough where nothing was deleted in between.
    for (const object of this.#objects.get(watcher.type)?.values() ?? []) {
      if (Number(object.metadata?.resourceVersion) > from) this.#tell(watcher, 'ADDED', object, undefined);
    }
    return { stop: () => void this.#watchers.delete(watcher) };
  }

  identify(object: KubeObject): KubeObject {
    return this.#withIdentity(object);
  }

  now(seconds = 0): string {
    return formatTime(this.#context.clock.now() + seconds * 1_000);
  }

  #tell(watcher: Watcher, type: WatchEventType, object: KubeObject, old: KubeObject | undefined): void {
    if (watcher.namespace !== '' && object.metadata?.namespace !== watcher.namespace) return;
    const before = old !== undefined && selects(watcher.options, old);
    const after = selects(watcher.options, object);
    if (!before && !after) return;
    const told: WatchEventType =
      type !== 'MODIFIED' ? type : !after ? 'DELETED' : before ? 'MODIFIED' : 'ADDED';
    this.#context.clock.setTimeout(() => {
      if (this.#watchers.has(watcher)) watcher.handlers.onEvent({ type: told, object });
    }, this.latency);
  }

  #withIdentity(object: KubeObject): KubeObject {
    this.#uid += 1;
    const metadata = object.metadata ?? {};
    const suffix = (): string => this.#context.rand.string(5, 'bcdfghjklmnpqrstvwxz2456789');
    return {
      ...object,
      metadata: {
        ...metadata,
        name: metadata.name ?? `${metadata.generateName ?? ''}${suffix()}`,
        uid: metadata.uid ?? `uid-${this.#uid}`,
        creationTimestamp: metadata.creationTimestamp ?? this.now(),
        generation: metadata.generation ?? 1,
      },
    };
  }
}

class FakeResource<T extends KubeObject> implements ResourceClient<T> {
  readonly #api: FakeApiClient;
  readonly #gvr: GroupVersionResource;
  readonly #namespace: string;
  readonly #resource: string;

  constructor(api: FakeApiClient, gvr: GroupVersionResource, namespace: string) {
    this.#api = api;
    this.#gvr = gvr;
    this.#namespace = namespace;
    this.#resource = groupResource(gvr);
  }

  async get(name: string): Promise<T> {
    await this.#called('get', name);
    return this.#find(name);
  }

  async list(options: ListOptions = {}): Promise<KubeList<T>> {
    await this.#called('list', '');
    const items = this.#api.all<T>(this.#gvr, this.#namespace).filter((object) => selects(options, object));
    return { items, metadata: { resourceVersion: this.#api.version } };
  }

  watch(options: WatchOptions, handlers: WatchHandlers<T>): WatchHandle {
    const watcher = {
      type: this.#resource,
      namespace: this.#namespace,
      options,
      handlers: handlers as unknown as WatchHandlers<KubeObject>,
    };
    return this.#api.addWatcher(watcher);
  }

  async create(object: T): Promise<T> {
    const named = this.#api.identify(this.#placed(object)) as T;
    await this.#called('create', named.metadata?.name ?? '', named);
    if (this.#api.find(this.#gvr, objectKey(named)) !== undefined)
      throw alreadyExists(this.#resource, named.metadata?.name ?? '');
    return this.#api.store('ADDED', this.#gvr, named) as T;
  }

  async update(object: T): Promise<T> {
    return this.#write('update', object, undefined);
  }

  async updateStatus(object: T): Promise<T> {
    return this.#write('update', object, 'status');
  }

  async patch(name: string, type: PatchType, patch: unknown, subresource?: string): Promise<T> {
    await this.#called('patch', name, patch, subresource);
    const old = this.#find(name);
    const next =
      type === 'application/json-patch+json'
        ? jsonPatch(old, patch)
        : mergePatch(old, patch, type === 'application/strategic-merge-patch+json');
    const { uid, resourceVersion } = (next as KubeObject).metadata ?? {};
    if (uid !== old.metadata?.uid || resourceVersion !== old.metadata?.resourceVersion)
      throw conflict(this.#resource, name);
    return this.#commit(old, next as T, subresource);
  }

  async delete(name: string, options?: DeleteOptions): Promise<void> {
    await this.#called('delete', name, options);
    const old = this.#find(name);
    const { uid, resourceVersion } = options?.preconditions ?? {};
    if (uid !== undefined && uid !== old.metadata?.uid) throw conflict(this.#resource, name);
    if (resourceVersion !== undefined && resourceVersion !== old.metadata?.resourceVersion)
      throw conflict(this.#resource, name);
    this.#remove(old, options);
  }

  async deleteCollection(options?: DeleteOptions, list: ListOptions = {}): Promise<void> {
    await this.#called('delete-collection', '', options);
    for (const object of this.#api.all<T>(this.#gvr, this.#namespace))
      if (selects(list, object)) this.#remove(object, options);
  }

  async createSubresource(name: string, subresource: string, body: unknown): Promise<unknown> {
    await this.#called('create', name, body, subresource);
    const old = this.#find(name);
    if (subresource === 'binding') {
      const { target } = body as { target: { name: string } };
      const { spec } = old as { spec?: object };
      this.#api.store('MODIFIED', this.#gvr, {
        ...old,
        spec: { ...spec, nodeName: target.name },
      } as KubeObject);
    }
    const answer = this.#api.subresources.get(`${groupResource(this.#gvr)}/${subresource}`);
    if (answer !== undefined) return answer(body);
    if (subresource === 'token') {
      const { spec } = body as { spec: { expirationSeconds: number } };
      const expirationTimestamp = this.#api.now(spec.expirationSeconds);
      const token = `token of ${name} until ${expirationTimestamp}`;
      return { ...(body as object), status: { token, expirationTimestamp } };
    }
    return { kind: 'Status', status: 'Success' };
  }

  #remove(old: T, options: DeleteOptions | undefined): void {
    const finalizers = [...(old.metadata?.finalizers ?? [])];
    if (options?.propagationPolicy === 'Foreground') finalizers.push('foregroundDeletion');
    if (options?.propagationPolicy === 'Orphan') finalizers.push('orphan');
    if (finalizers.length === 0) {
      this.#api.store('DELETED', this.#gvr, old);
      return;
    }
    const deletionTimestamp = old.metadata?.deletionTimestamp ?? this.#api.now();
    this.#api.store('MODIFIED', this.#gvr, {
      ...old,
      metadata: { ...old.metadata, finalizers, deletionTimestamp },
    });
  }

  async #write(verb: string, object: T, subresource: string | undefined): Promise<T> {
    const name = object.metadata?.name ?? '';
    await this.#called(verb, name, object, subresource);
    const old = this.#find(name);
    const version = object.metadata?.resourceVersion;
    if (version !== undefined && version !== old.metadata?.resourceVersion)
      throw conflict(this.#resource, name);
    return this.#commit(old, object, subresource);
  }

  #commit(old: T, next: T, subresource: string | undefined): T {
    const merged: Mutable =
      subresource === 'status'
        ? { ...(old as KubeObject), status: (next as Mutable)['status'] }
        : { ...(next as KubeObject) };
    if (subresource === undefined && this.#gvr.resource !== 'leases' && 'status' in old)
      merged['status'] = (old as Mutable)['status'];
    const specChanged = JSON.stringify((old as Mutable)['spec']) !== JSON.stringify(merged['spec']);
    const generation = (old.metadata?.generation ?? 1) + (specChanged ? 1 : 0);
    const { annotations } = next.metadata ?? {};
    // As upstream, status of a Deployment may be written together with its annotations.
    const statusMeta = { ...old.metadata, ...(annotations === undefined ? {} : { annotations }) };
    merged.metadata = { ...(subresource === 'status' ? statusMeta : next.metadata), generation };
    // A write that changes nothing is none.
    if (JSON.stringify(merged) === JSON.stringify(old)) return old;
    const finished =
      merged.metadata.deletionTimestamp !== undefined && (merged.metadata.finalizers ?? []).length === 0;
    const terminating =
      this.#gvr.resource === 'namespaces' &&
      ((merged['spec'] as { finalizers?: unknown[] } | undefined)?.finalizers ?? []).length > 0;
    return this.#api.store(finished && !terminating ? 'DELETED' : 'MODIFIED', this.#gvr, merged) as T;
  }

  #placed(object: T): T {
    return this.#namespace === ''
      ? object
      : { ...object, metadata: { ...object.metadata, namespace: this.#namespace } };
  }

  #find(name: string): T {
    const key = this.#namespace === '' ? name : `${this.#namespace}/${name}`;
    const object = this.#api.find<T>(this.#gvr, key);
    if (object === undefined) throw notFound(this.#resource, name);
    return object;
  }

  async #called(verb: string, name: string, object?: unknown, subresource?: string): Promise<void> {
    const resource = subresource === undefined ? this.#resource : `${this.#resource}/${subresource}`;
    await this.#api.called({
      verb,
      resource,
      namespace: this.#namespace,
      name,
      ...(object === undefined ? {} : { object }),
    });
  }
}

function selects(options: ListOptions, object: KubeObject): boolean {
  const labels = object.metadata?.labels ?? {};
  for (const term of (options.labelSelector ?? '').split(',').filter((part) => part !== '')) {
    const [key = '', value = ''] = term.split('=');
    if (labels[key] !== value) return false;
  }
  for (const term of (options.fieldSelector ?? '').split(',').filter((part) => part !== '')) {
    const not = term.includes('!=');
    const [path = '', value = ''] = term.split(not ? '!=' : '=');
    let found: unknown = object;
    for (const part of path.split('.')) found = (found as Record<string, unknown> | undefined)?.[part];
    if (((found ?? '') === value) === not) return false;
  }
  return true;
}

function failure(code: number, reason: string, message: string): Error {
  return statusError({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message });
}

export function notFound(resource: string, name: string): Error {
  return failure(404, 'NotFound', `${resource} "${name}" not found`);
}

export function alreadyExists(resource: string, name: string): Error {
  return failure(409, 'AlreadyExists', `${resource} "${name}" already exists`);
}

export function conflict(resource: string, name: string): Error {
  const why = 'the object has been modified; please apply your changes to the latest version and try again';
  return failure(409, 'Conflict', `Operation cannot be fulfilled on ${resource} "${name}": ${why}`);
}

export function forbidden(resource: string, name: string, why: string): Error {
  return failure(403, 'Forbidden', `${resource} "${name}" is forbidden: ${why}`);
}
