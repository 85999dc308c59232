import type { Pod, RuntimeClass } from '../api/types.ts';
import { isNotFound } from '../client/api-errors.ts';
import type { ApiClient } from '../client/interface.ts';
import { resourceTypes } from '../client/resource-types.ts';

/** The handler of a Pod's RuntimeClass could not be found out: nothing of it is run. */
export class RuntimeHandlerError extends Error {}

/**
 * The runtime handler of a Pod; '' without a RuntimeClass. Asked for when a sandbox is made, where upstream has an informer. Models
 * pkg/kubelet/runtimeclass (v1.34). @throws RuntimeHandlerError
 */
export async function runtimeHandlerOf(pod: Pod, client: ApiClient): Promise<string> {
  const name = pod.spec?.runtimeClassName ?? '';
  if (name === '') return '';
  try {
    return (await client.resource<RuntimeClass>(resourceTypes.runtimeClasses).get(name)).handler;
  } catch (error) {
    if (error instanceof TypeError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new RuntimeHandlerError(isNotFound(error) ? why : `failed to get RuntimeClass ${name}: ${why}`);
  }
}
