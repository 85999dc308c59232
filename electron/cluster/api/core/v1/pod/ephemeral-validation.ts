import { forbidden, notFound } from '../../../../apimachinery/validation/field-error.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { at, child } from '../../../../apimachinery/validation/path.ts';
import type { Container, Pod } from '../../../types.ts';
import { validateContainer } from './container-validation.ts';
import type { ContainerScope } from './container-validation.ts';

const NOT_EPHEMERAL = 'cannot be set for an Ephemeral Container';
/** In the order of the type's fields, in which they are refused. */
const REFUSED = [
  'ports', 'resources', 'resizePolicy', 'restartPolicy', 'restartPolicyRules', 'livenessProbe', 'readinessProbe',
  'startupProbe', 'lifecycle',
] as const; // prettier-ignore

type EphemeralContainer = NonNullable<NonNullable<Pod['spec']>['ephemeralContainers']>[number];

/** Ephemeral containers within a Pod's spec. Models validateEphemeralContainers (v1.34). */
export function validateEphemeralContainers(
  containers: readonly EphemeralContainer[],
  path: string,
  scope: ContainerScope,
): FieldError[] {
  const others = new Set(scope.names);
  return containers.flatMap((container, index) => {
    const where = at(path, index);
    const { targetContainerName: target = '', ...common } = container;
    const bare: Record<string, unknown> = { ...common };
    for (const name of REFUSED) delete bare[name];
    const errors = validateContainer(bare as unknown as Container, where, scope, false);
    if (target !== '' && !others.has(target))
      errors.push(notFound(child(where, 'targetContainerName'), target));
    for (const name of REFUSED)
      if (isSet((common as Record<string, unknown>)[name]))
        errors.push(forbidden(child(where, name), NOT_EPHEMERAL));
    container.volumeMounts?.forEach((mount, each) => {
      for (const name of ['subPath', 'subPathExpr'] as const)
        if ((mount[name] ?? '') !== '')
          errors.push(forbidden(child(at(child(where, 'volumeMounts'), each), name), NOT_EPHEMERAL));
    });
    return errors;
  });
}

/** Whether it is more than Go's zero value. */
function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== 'object' || Object.values(value).some(isSet);
}
