import type { Pod } from '../../api/types.ts';
import { newBadRequest } from '../../apimachinery/status.ts';

const namesOf = (containers: readonly { readonly name: string }[] | undefined): string[] =>
  (containers ?? []).map(({ name }) => name);

/**
 * The container that a request means. Models validateContainer of pkg/registry/core/pod/strategy.go (v1.34).
 * @throws StatusError 400
 */
export function containerOf(pod: Pod, asked: string): string {
  const name = pod.metadata?.name ?? '';
  const containers = namesOf(pod.spec?.containers);
  const init = namesOf(pod.spec?.initContainers);
  const ephemeral = namesOf(pod.spec?.ephemeralContainers);
  if (asked !== '') {
    if ([...containers, ...init, ...ephemeral].includes(asked)) return asked;
    throw newBadRequest(`container ${asked} is not valid for pod ${name}`);
  }
  const [only] = containers;
  if (only !== undefined && containers.length === 1) return only;
  let text = `a container name must be specified for pod ${name}`;
  if (containers.length > 0) text += `, choose one of: [${containers.join(' ')}]`;
  if (init.length > 0) text += ` or one of the init containers: [${init.join(' ')}]`;
  if (ephemeral.length > 0) text += ` or one of the ephemeral containers: [${ephemeral.join(' ')}]`;
  throw newBadRequest(text);
}
