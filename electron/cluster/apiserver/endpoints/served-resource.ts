import type { KindStrategy, ResourceVerb } from '../../api/strategy.ts';
import { newMethodNotAllowed, newPathNotFound, StatusError } from '../../apimachinery/status.ts';
import type { ObjectDeleter } from '../registry/object-deleter.ts';
import type { ObjectWriter } from '../registry/object-writer.ts';
import type { ResourceStore } from '../registry/resource-store.ts';
import type { ApiRequest } from './api-request.ts';
import type { RequestInfo } from './request-info.ts';

/** Serves one subresource, e.g. `binding`. @throws StatusError */
export interface SubresourceHandler {
  /** Verbs as authorization names them: get, create, update, patch. */
  readonly verbs: readonly string[];
  handle(request: ApiRequest, resource: ServedResource): Promise<void>;
}

/** One resource as it is served: its kind, its objects, and who reads, writes and deletes them. */
export interface ServedResource {
  readonly strategy: KindStrategy;
  readonly store: ResourceStore;
  readonly writer: ObjectWriter;
  readonly deleter: ObjectDeleter;
  /** Those that are not served by the ordinary `status` and `scale` doors. */
  readonly subresources: ReadonlyMap<string, SubresourceHandler>;
  /** What its definition, which is being deleted, takes no more of. */
  readonly terminating?: boolean;
  /** Answers every verb by itself, for what is kept nowhere. @throws StatusError */
  readonly review?: (request: ApiRequest, resource: ServedResource) => Promise<void>;
}

/** Everything served, by group, version and resource. */
export class ServedResources {
  readonly #resources = new Map<string, ServedResource>();

  add(resource: ServedResource): void {
    const { gvk, resource: name } = resource.strategy;
    this.#resources.set(`${gvk.group}/${gvk.version}/${name}`, resource);
  }

  remove(group: string, version: string, resource: string): void {
    this.#resources.delete(`${group}/${version}/${resource}`);
  }

  get all(): readonly ServedResource[] {
    return [...this.#resources.values()];
  }

  find(group: string, version: string, resource: string): ServedResource | undefined {
    return this.#resources.get(`${group}/${version}/${resource}`);
  }

  /** @throws StatusError 404 for what does not exist, 405 for a verb it does not have on this path */
  route(info: RequestInfo): ServedResource {
    const found = this.find(info.apiGroup, info.apiVersion, info.resource);
    if (found === undefined) throw newPathNotFound();
    const { strategy } = found;
    if (info.subresource === '') this.#checkVerb(info, strategy);
    if (found.terminating === true && info.verb === 'create') throw newNotWhileTerminating(info.verb);
    return found;
  }

  #checkVerb(info: RequestInfo, strategy: KindStrategy): void {
    // A namespaced object has no path without its namespace; nor has a cluster-scoped one a path with one.
    if (strategy.namespaced && info.namespace === '' && info.name !== '') throw newPathNotFound();
    const anywhere = info.verb === 'list' || info.verb === 'watch';
    if (strategy.namespaced && info.namespace === '' && !anywhere) throw newMethodNotAllowed();
    if (!strategy.namespaced && info.namespace !== '' && info.resource !== 'namespaces')
      throw newPathNotFound();
    const onCollection = ['list', 'create', 'deletecollection', 'watch'].includes(info.verb);
    if (onCollection ? info.name !== '' && info.verb !== 'watch' : info.name === '')
      throw newMethodNotAllowed();
    if (!strategy.verbs.includes(info.verb as ResourceVerb)) throw newMethodNotAllowed();
  }
}

function newNotWhileTerminating(verb: string): StatusError {
  const message = `${verb} not allowed while custom resource definition is terminating`;
  return new StatusError(405, 'MethodNotAllowed', message, {});
}
