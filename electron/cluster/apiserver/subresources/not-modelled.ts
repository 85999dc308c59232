import { StatusError } from '../../apimachinery/status.ts';
import type { SubresourceHandler } from '../endpoints/served-resource.ts';

/** A subresource that a real server has and this one has not yet: says so instead of pretending. 501. */
export function notModelled(what: string, verbs: readonly string[]): SubresourceHandler {
  return {
    verbs,
    handle(request, resource): Promise<void> {
      const { name, subresource } = request.info;
      const message = `${resource.strategy.resource}/${subresource} of ${JSON.stringify(name)}: ${what} is not modelled yet`;
      return Promise.reject(new StatusError(501, 'NotImplemented', message));
    },
  };
}
