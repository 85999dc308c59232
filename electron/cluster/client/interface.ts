import type { KubeList, KubeObject } from '../api/types.ts';

/** Group, version and plural resource, e.g. `{group: 'apps', version: 'v1', resource: 'deployments'}`; the core group is ''. */
export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

export interface ListOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

export type PatchType =
  | 'application/json-patch+json'
  | 'application/merge-patch+json'
  | 'application/strategic-merge-patch+json'
  | 'application/apply-patch+yaml';

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

export interface WatchEvent<T extends KubeObject = KubeObject> {
  readonly type: WatchEventType;
  /** For ERROR a metav1.Status. */
  readonly object: T;
}

export interface WatchOptions extends ListOptions {
  readonly allowWatchBookmarks?: boolean;
  readonly timeoutSeconds?: number;
}

export interface WatchHandlers<T extends KubeObject> {
  onEvent(event: WatchEvent<T>): void;
  /** The stream is over: by timeout (no error), or because the connection broke or the server refused. */
  onEnd(error?: Error): void;
}

export interface WatchHandle {
  stop(): void;
}

/**
 * One resource, optionally in one namespace. Every call goes over the network to kube-apiserver; failures
 * are `StatusError` (the server answered) or `DialError`/`Error` (it could not be reached).
 */
export interface ResourceClient<T extends KubeObject> {
  get(name: string): Promise<T>;
  list(options?: ListOptions): Promise<KubeList<T>>;
  watch(options: WatchOptions, handlers: WatchHandlers<T>): WatchHandle;
  create(object: T): Promise<T>;
  update(object: T): Promise<T>;
  updateStatus(object: T): Promise<T>;
  patch(name: string, type: PatchType, patch: unknown, subresource?: string): Promise<T>;
  delete(name: string, options?: DeleteOptions): Promise<void>;
  deleteCollection(options?: DeleteOptions, list?: ListOptions): Promise<void>;
  /** POST to a subresource, e.g. `binding`; GET/PUT through `request`. */
  createSubresource(name: string, subresource: string, body: unknown): Promise<unknown>;
}

/** A component's way to the API server; one per process, over one connection that is dialled again when it breaks. */
export interface ApiClient {
  resource<T extends KubeObject>(gvr: GroupVersionResource, namespace?: string): ResourceClient<T>;
  /** A plain call, e.g. discovery or a subresource. Resolves to the decoded body. @throws StatusError, Error */
  request(method: string, target: string, body?: unknown): Promise<unknown>;
  readonly userAgent: string;
}
