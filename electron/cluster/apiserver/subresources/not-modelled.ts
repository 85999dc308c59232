import type { Pod } from '../../api/types.ts';
import { newBadRequest, StatusError } from '../../apimachinery/status.ts';
import type { ApiRequest } from '../endpoints/api-request.ts';
import type { ServedResource, SubresourceHandler } from '../endpoints/served-resource.ts';

function refusal({ info }: ApiRequest, resource: ServedResource, what: string): StatusError {
  const message = `${resource.strategy.resource}/${info.subresource} of ${JSON.stringify(info.name)}: ${what} is not modelled yet`;
  return new StatusError(501, 'NotImplemented', message);
}

/** A subresource that a real server has and this one has not yet: says so instead of pretending. 501. */
export function notModelled(what: string, verbs: readonly string[]): SubresourceHandler {
  return {
    verbs,
    handle: (request, resource) => Promise.reject(refusal(request, resource, what)),
  };
}

/** @throws StatusError 400 when the request does not name one of the Pod's containers */
function checkContainer(pod: Pod, asked: string): void {
  const name = pod.metadata?.name ?? '';
  const containers = (pod.spec?.containers ?? []).map((container) => container.name);
  const all = [...containers, ...(pod.spec?.initContainers ?? []).map((container) => container.name)];
  if (asked !== '' && !all.includes(asked))
    throw newBadRequest(`container ${asked} is not valid for pod ${name}`);
  if (asked === '' && containers.length > 1) {
    throw newBadRequest(
      `a container name must be specified for pod ${name}, choose one of: [${containers.join(' ')}]`,
    );
  }
}

/** The same for what reaches into a container: the Pod and the container have to exist first. */
export function notModelledInContainer(what: string, verbs: readonly string[]): SubresourceHandler {
  return {
    verbs,
    async handle(request, resource): Promise<void> {
      const { namespace, name, query } = request.info;
      checkContainer((await resource.store.get(namespace, name)) as Pod, query.get('container') ?? '');
      throw refusal(request, resource, what);
    },
  };
}
