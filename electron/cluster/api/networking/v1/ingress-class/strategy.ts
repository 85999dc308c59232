import { ageOf } from '../../../../apimachinery/duration.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid, required } from '../../../../apimachinery/validation/field-error.ts';
import { isDNS1123Subdomain } from '../../../../apimachinery/validation/names.ts';
import { validateImmutableField } from '../../../../apimachinery/validation/object-meta.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy, withFirstGeneration, withGeneration } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { IngressClass } from '../../../types.ts';

const MAX_CONTROLLER = 250;
type Parameters = NonNullable<NonNullable<IngressClass['spec']>['parameters']>;

/** IngressClasses. Models pkg/registry/networking/ingressclass (v1.34). */
export const INGRESS_CLASS_STRATEGY: KindStrategy<IngressClass> = defineStrategy<IngressClass>({
  ...described('networking.k8s.io/v1', 'ingressclasses'),
  applyDefaults: (ingressClass) =>
    ingressClass.spec?.parameters === undefined || ingressClass.spec.parameters.scope !== undefined
      ? ingressClass
      : {
          ...ingressClass,
          spec: { ...ingressClass.spec, parameters: { ...ingressClass.spec.parameters, scope: 'Cluster' } },
        },
  prepareForCreate: withFirstGeneration,
  prepareForUpdate: withGeneration,
  validate: (ingressClass) => [
    ...validateController(ingressClass.spec?.controller ?? ''),
    ...validateParameters(ingressClass.spec?.parameters),
  ],
  validateUpdate: (ingressClass, old) =>
    validateImmutableField(ingressClass.spec?.controller, old.spec?.controller, 'spec.controller'),
  tableRow(ingressClass, now) {
    const parameters = ingressClass.spec?.parameters;
    const kind =
      parameters?.apiGroup === undefined ? parameters?.kind : `${parameters.kind}.${parameters.apiGroup}`;
    return [
      ingressClass.metadata?.name ?? '',
      ingressClass.spec?.controller ?? '',
      parameters === undefined ? '<none>' : `${kind}/${parameters.name}`,
      ageOf(ingressClass.metadata?.creationTimestamp, now),
    ];
  },
});

/** Models validateIngressClassSpec and IsDomainPrefixedPath (v1.34). */
function validateController(controller: string): FieldError[] {
  const path = 'spec.controller';
  if (controller === '') return [required(path)];
  if (controller.length > MAX_CONTROLLER)
    return [
      {
        type: 'FieldValueTooLong',
        field: path,
        body: `Too long: may not be more than ${MAX_CONTROLLER} bytes`,
      },
    ];
  const slash = controller.indexOf('/');
  if (slash <= 0 || slash === controller.length - 1)
    return [invalid(path, controller, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  const domain = controller.slice(0, slash);
  return isDNS1123Subdomain(domain).map((message) => invalid(path, domain, message));
}

function validateParameters(parameters: Parameters | undefined): FieldError[] {
  if (parameters === undefined) return [];
  const path = 'spec.parameters';
  const errors: FieldError[] = (['kind', 'name'] as const)
    .filter((name) => (parameters[name] ?? '') === '')
    .map((name) => required(`${path}.${name}`));
  if (parameters.scope === 'Namespace' && (parameters.namespace ?? '') === '') {
    const detail = "`parameters.scope` is set to 'Namespace'";
    errors.push(required(`${path}.namespace`, detail));
  }
  return errors;
}
