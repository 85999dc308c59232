import type { KindStrategy } from '../../api/strategy.ts';
import type { KubeObject } from '../../api/types.ts';
import type { ServedResources, SubresourceHandler } from '../endpoints/served-resource.ts';
import type { KubeletConnection } from './kubelet-connection.ts';
import { NAMESPACE_FINALIZE } from './namespace-finalize.ts';
import { POD_BINDING } from './pod-binding.ts';
import { PodEviction } from './pod-eviction.ts';
import { podLog } from './pod-log.ts';
import { podStream } from './pod-streams.ts';
import { nodeProxy, podProxy, serviceProxy } from './proxy.ts';
import { SCALE_SUBRESOURCE } from './scale.ts';

type Handlers = ReadonlyMap<string, SubresourceHandler>;

/** What reaches beyond this server. */
export interface SubresourceOptions {
  readonly kubelets: KubeletConnection;
  readonly served: ServedResources;
  /** An object of a core resource, from memory. */
  find(resource: string, namespace: string, name: string): Promise<KubeObject | undefined>;
  /** In [0, 1). */
  random(): number;
}

/** Subresources of core kinds that are more than the `status` and `scale` doors. */
function coreSubresources({
  kubelets,
  served,
  find,
  random,
}: SubresourceOptions): Readonly<Record<string, Handlers>> {
  return {
    pods: new Map<string, SubresourceHandler>([
      ['binding', POD_BINDING],
      ['eviction', new PodEviction(() => served.find('policy', 'v1', 'poddisruptionbudgets'))],
      ['log', podLog(kubelets)],
      ['exec', podStream('exec', kubelets)],
      ['attach', podStream('attach', kubelets)],
      ['portforward', podStream('portForward', kubelets)],
      ['proxy', podProxy(kubelets)],
    ]),
    namespaces: new Map([['finalize', NAMESPACE_FINALIZE]]),
    nodes: new Map([['proxy', nodeProxy(kubelets)]]),
    services: new Map([['proxy', serviceProxy(kubelets, find, random)]]),
  };
}

/** What serves the subresources of a kind, beside the ordinary `status` door. */
export function subresourcesOf(strategy: KindStrategy, options: SubresourceOptions): Handlers {
  const core = strategy.gvk.group === '' ? coreSubresources(options)[strategy.resource] : undefined;
  const handlers = new Map(core);
  if (strategy.scale !== undefined) handlers.set('scale', SCALE_SUBRESOURCE);
  return handlers;
}
