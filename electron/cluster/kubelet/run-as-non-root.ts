import type { Container, Pod } from '../api/types.ts';
import { fullNameOf, uidOf } from './pod-accessors.ts';
import { ContainerConfigError } from './referenced-objects.ts';

/** Whether a container is not to run as root; its own word counts before the Pod's. */
export function mustNotBeRoot(pod: Pod, spec: Container): boolean {
  return (spec.securityContext?.runAsNonRoot ?? pod.spec?.securityContext?.runAsNonRoot) === true;
}

/** Of a container in messages. */
function whereOf(pod: Pod, spec: Container): string {
  return `(pod: ${JSON.stringify(`${fullNameOf(pod)}(${uidOf(pod)})`)}, container: ${spec.name})`;
}

/**
 * Refuses a container that may not run as root and would, or might. `imageUser` as the image says, '' for root. Models
 * verifyRunAsNonRoot (pkg/kubelet/kuberuntime/security_context.go, v1.34). @throws ContainerConfigError
 */
export function verifyRunAsNonRoot(pod: Pod, spec: Container, imageUser: string): void {
  if (!mustNotBeRoot(pod, spec)) return;
  const user = spec.securityContext?.runAsUser ?? pod.spec?.securityContext?.runAsUser;
  const where = whereOf(pod, spec);
  if (user !== undefined) {
    if (user !== 0) return;
    throw new ContainerConfigError(`container's runAsUser breaks non-root policy ${where}`);
  }
  const name = imageUser.split(':')[0] ?? '';
  if (name === '' || Number(name) === 0)
    throw new ContainerConfigError(`container has runAsNonRoot and image will run as root ${where}`);
  if (!/^\d+$/.test(name))
    throw new ContainerConfigError(
      `container has runAsNonRoot and image has non-numeric user (${name}), cannot verify user is non-root ${where}`,
    );
}

const ADMINISTRATOR = 'ContainerAdministrator';

/**
 * The same on Windows, where root is the user ContainerAdministrator; a number is no user there, and does not count. Models
 * verifyRunAsNonRoot (pkg/kubelet/kuberuntime/security_context_windows.go, v1.34). @throws ContainerConfigError
 */
export function verifyNotAdministrator(pod: Pod, spec: Container, imageUser: string): void {
  if (!mustNotBeRoot(pod, spec)) return;
  const user =
    spec.securityContext?.windowsOptions?.runAsUserName ??
    pod.spec?.securityContext?.windowsOptions?.runAsUserName;
  if ((user ?? imageUser) !== ADMINISTRATOR) return;
  // Upstream names the image's user in either case.
  throw new ContainerConfigError(
    `container's runAsUser (${imageUser}) which will be regarded as root identity and will break non-root policy ${whereOf(pod, spec)}`,
  );
}
