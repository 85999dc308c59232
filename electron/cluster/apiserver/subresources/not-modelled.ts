import { StatusError } from '../../apimachinery/status.ts';
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
