import { ageOf } from '../../../../apimachinery/duration.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid, notSupported, required } from '../../../../apimachinery/validation/field-error.ts';
import { described } from '../../../described-resource.ts';
import {
  defineStrategy,
  withFirstGeneration,
  withGeneration,
  withStatusOf,
} from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { FlowSchema } from '../../../types.ts';

const DEFAULT_PRECEDENCE = 1000;
const MAX_PRECEDENCE = 10_000;
const METHODS = ['ByNamespace', 'ByUser'];

/** FlowSchemas; requests are classified by them in apiserver/flowcontrol. Models pkg/registry/flowcontrol/flowschema (v1.34). */
export const FLOW_SCHEMA_STRATEGY: KindStrategy<FlowSchema> = defineStrategy<FlowSchema>({
  ...described('flowcontrol.apiserver.k8s.io/v1', 'flowschemas'),
  applyDefaults: (schema) => {
    const precedence = schema.spec?.matchingPrecedence ?? 0;
    if (schema.spec === undefined || precedence !== 0) return schema;
    return { ...schema, spec: { ...schema.spec, matchingPrecedence: DEFAULT_PRECEDENCE } };
  },
  prepareForCreate: (schema) => withFirstGeneration({ ...schema, status: {} }),
  prepareForUpdate: (schema, old) => withGeneration(withStatusOf(schema, old), old),
  validate: validateFlowSchema,
  status: {},
  tableRow: (schema, now) => [
    schema.metadata?.name ?? '',
    schema.spec?.priorityLevelConfiguration?.name ?? '',
    schema.spec?.matchingPrecedence ?? 0,
    schema.spec?.distinguisherMethod?.type ?? '<none>',
    ageOf(schema.metadata?.creationTimestamp, now),
    schema.status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
  ],
});

/** Models ValidateFlowSchemaSpec (v1.34), rules taken as they are. */
function validateFlowSchema(schema: FlowSchema): FieldError[] {
  const { matchingPrecedence = 0, distinguisherMethod, priorityLevelConfiguration } = schema.spec ?? {};
  const errors: FieldError[] = [];
  if (matchingPrecedence <= 0)
    errors.push(invalid('spec.matchingPrecedence', matchingPrecedence, 'must be a positive value'));
  if (matchingPrecedence > MAX_PRECEDENCE) {
    const detail = `must not be greater than ${MAX_PRECEDENCE}`;
    errors.push(invalid('spec.matchingPrecedence', matchingPrecedence, detail));
  }
  if (matchingPrecedence === 1 && schema.metadata?.name !== 'exempt') {
    const detail = "only the schema named 'exempt' may have matchingPrecedence 1";
    errors.push(invalid('spec.matchingPrecedence', matchingPrecedence, detail));
  }
  const method = distinguisherMethod?.type;
  if (method !== undefined && !METHODS.includes(method))
    errors.push(notSupported('spec.distinguisherMethod', distinguisherMethod, METHODS));
  if ((priorityLevelConfiguration?.name ?? '') === '')
    errors.push(required('spec.priorityLevelConfiguration.name', 'must reference a priority level'));
  return errors;
}
