import type { KindStrategy } from '../../api/strategy.ts';
import type { ServedResources, SubresourceHandler } from '../endpoints/served-resource.ts';
import { NAMESPACE_FINALIZE } from './namespace-finalize.ts';
import { notModelled, notModelledInContainer } from './not-modelled.ts';
import { POD_BINDING } from './pod-binding.ts';
import { PodEviction } from './pod-eviction.ts';
import { SCALE_SUBRESOURCE } from './scale.ts';

/** Subresources of core kinds that are more than the `status` and `scale` doors. */
const CORE: Readonly<Record<string, ReadonlyMap<string, SubresourceHandler>>> = {
  pods: new Map([
    ['binding', POD_BINDING],
    ['log', notModelledInContainer('reading logs through the API server', ['get'])],
    ['exec', notModelledInContainer('running commands in containers', ['get', 'create'])],
    ['attach', notModelledInContainer('attaching to containers', ['get', 'create'])],
    ['portforward', notModelled('forwarding ports', ['get', 'create'])],
    ['proxy', notModelled('the proxy', ['get', 'create', 'update', 'patch', 'delete'])],
    ['ephemeralcontainers', notModelled('adding ephemeral containers', ['get', 'update', 'patch'])],
    ['resize', notModelled('resizing in place', ['get', 'update', 'patch'])],
  ]),
  namespaces: new Map([['finalize', NAMESPACE_FINALIZE]]),
  nodes: new Map([['proxy', notModelled('the proxy', ['get', 'create', 'update', 'patch', 'delete'])]]),
  services: new Map([['proxy', notModelled('the proxy', ['get', 'create', 'update', 'patch', 'delete'])]]),
};

/** What serves the subresources of a kind, beside the ordinary `status` door. */
export function subresourcesOf(
  strategy: KindStrategy,
  served: ServedResources,
): ReadonlyMap<string, SubresourceHandler> {
  const handlers = new Map(strategy.gvk.group === '' ? CORE[strategy.resource] : undefined);
  if (strategy.gvk.group === '' && strategy.resource === 'pods')
    handlers.set('eviction', new PodEviction(() => served.find('policy', 'v1', 'poddisruptionbudgets')));
  if (strategy.scale !== undefined) handlers.set('scale', SCALE_SUBRESOURCE);
  return handlers;
}
