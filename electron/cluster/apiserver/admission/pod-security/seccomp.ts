import { quote } from '../../../apimachinery/validation/field-error.ts';
import type { CheckedPod, CheckPod, Violation } from './check.ts';
import {
  containersOf,
  containersWhere,
  joinQuoted,
  namedContainers,
  plural,
  setters,
  sortedSet,
} from './check.ts';

const POD_ANNOTATION = 'seccomp.security.alpha.kubernetes.io/pod';
const CONTAINER_PREFIX = 'container.seccomp.security.alpha.kubernetes.io/';

const isValid = (type: string): boolean => type === 'Localhost' || type === 'RuntimeDefault';

function isValidAnnotation(value: string): boolean {
  return value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/');
}

/** The baseline before 1.19: annotations. */
export const seccompByAnnotation: CheckPod = (pod) => {
  const { annotations = {} } = pod.metadata;
  const keys = [POD_ANNOTATION, ...containersOf(pod).map(({ name }) => `${CONTAINER_PREFIX}${name}`)];
  const wrong = sortedSet(
    keys
      .filter((key) => annotations[key] !== undefined && !isValidAnnotation(annotations[key]))
      .map((key) => `${key}=${quote(annotations[key] as string)}`),
  );
  if (wrong.length === 0) return undefined;
  return {
    reason: 'seccompProfile',
    detail: `forbidden ${plural(wrong.length, 'annotation')} ${wrong.join(', ')}`,
  };
};

/** Whoever sets a profile that is none of the allowed. */
function explicitlyWrong(pod: CheckedPod): Violation | undefined {
  const values: string[] = [];
  const bad = (type: string | undefined): boolean => {
    if (type === undefined || isValid(type)) return false;
    values.push(type);
    return true;
  };
  const byPod = bad(pod.spec.securityContext?.seccompProfile?.type);
  const containers = containersWhere(pod, ({ securityContext }) =>
    bad(securityContext?.seccompProfile?.type),
  );
  const who = setters(byPod, containers);
  if (who.length === 0) return undefined;
  return {
    reason: 'seccompProfile',
    detail: `${who.join(' and ')} must not set securityContext.seccompProfile.type to ${joinQuoted(sortedSet(values))}`,
  };
}

/** The baseline since 1.19: no profile but these. */
export const seccompBaseline: CheckPod = explicitlyWrong;

/** Restricted: there has to be a profile. */
export const seccompRestricted: CheckPod = (pod) => {
  const explicit = explicitlyWrong(pod);
  if (explicit !== undefined) return explicit;
  if (pod.spec.securityContext?.seccompProfile !== undefined) return undefined;
  const without = containersWhere(
    pod,
    ({ securityContext }) => securityContext?.seccompProfile === undefined,
  );
  if (without.length === 0) return undefined;
  return {
    reason: 'seccompProfile',
    detail: `pod or ${namedContainers(without)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
  };
};
