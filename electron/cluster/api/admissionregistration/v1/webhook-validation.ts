import type { FieldError } from '../../../apimachinery/validation/field-error.ts';
import { duplicate, invalid, notSupported, required } from '../../../apimachinery/validation/field-error.ts';
import { validateLabelSelector } from '../../../apimachinery/validation/label-selector.ts';
import { isDNS1123Subdomain } from '../../../apimachinery/validation/names.ts';
import type { ValidatingWebhook } from '../../types.ts';

const ACCEPTED_VERSIONS = ['v1', 'v1beta1'];
const MAX_TIMEOUT_SECONDS = 30;

/** Defaults of one webhook. Models SetDefaults_ValidatingWebhook (pkg/apis/admissionregistration/v1, v1.34). */
export function defaultWebhook<T extends ValidatingWebhook>(webhook: T): T {
  return {
    ...webhook,
    failurePolicy: webhook.failurePolicy ?? 'Fail',
    matchPolicy: webhook.matchPolicy ?? 'Equivalent',
    namespaceSelector: webhook.namespaceSelector ?? {},
    objectSelector: webhook.objectSelector ?? {},
    timeoutSeconds: webhook.timeoutSeconds ?? 10,
    ...(webhook.rules === undefined
      ? {}
      : { rules: webhook.rules.map((rule) => ({ ...rule, scope: rule.scope ?? '*' })) }),
    ...(webhook.clientConfig?.service === undefined
      ? {}
      : {
          clientConfig: {
            ...webhook.clientConfig,
            service: { ...webhook.clientConfig.service, port: webhook.clientConfig.service.port ?? 443 },
          },
        }),
  };
}

/** Webhooks of a configuration. Models validateValidatingWebhook (v1.34), rules and conditions taken as they are. */
export function validateWebhooks(webhooks: readonly ValidatingWebhook[]): FieldError[] {
  const names = new Set<string>();
  return webhooks.flatMap((webhook, index) => {
    const path = `webhooks[${index}]`;
    const errors = validateName(webhook.name ?? '', `${path}.name`);
    const versions = webhook.admissionReviewVersions ?? [];
    if (versions.length === 0) {
      const detail = `must specify one of ${ACCEPTED_VERSIONS.join(', ')}`;
      errors.push(required(`${path}.admissionReviewVersions`, detail));
    } else if (!versions.some((version) => ACCEPTED_VERSIONS.includes(version))) {
      const detail = `must include at least one of ${ACCEPTED_VERSIONS.join(', ')}`;
      errors.push(invalid(`${path}.admissionReviewVersions`, versions, detail));
    }
    errors.push(...oneOf(webhook.failurePolicy, ['Fail', 'Ignore'], `${path}.failurePolicy`));
    errors.push(...oneOf(webhook.matchPolicy, ['Equivalent', 'Exact'], `${path}.matchPolicy`));
    if ((webhook.sideEffects ?? '') === '')
      errors.push(required(`${path}.sideEffects`, 'must specify one of None, NoneOnDryRun'));
    else errors.push(...oneOf(webhook.sideEffects, ['None', 'NoneOnDryRun'], `${path}.sideEffects`));
    const { timeoutSeconds = 10 } = webhook;
    if (timeoutSeconds < 1 || timeoutSeconds > MAX_TIMEOUT_SECONDS) {
      const detail = `the timeout value must be between 1 and ${MAX_TIMEOUT_SECONDS} seconds`;
      errors.push(invalid(`${path}.timeoutSeconds`, timeoutSeconds, detail));
    }
    errors.push(...validateLabelSelector(webhook.namespaceSelector, `${path}.namespaceSelector`));
    errors.push(...validateLabelSelector(webhook.objectSelector, `${path}.objectSelector`));
    const { url, service } = webhook.clientConfig ?? {};
    if ((url === undefined) === (service === undefined))
      errors.push(required(`${path}.clientConfig`, 'exactly one of url or service is required'));
    if (names.has(webhook.name)) errors.push(duplicate(`${path}.name`, webhook.name));
    names.add(webhook.name);
    return errors;
  });
}

/** Fully qualified: at least three parts. */
function validateName(name: string, path: string): FieldError[] {
  if (name === '') return [required(path)];
  const complaints = isDNS1123Subdomain(name);
  if (complaints.length > 0) return complaints.map((message) => invalid(path, name, message));
  return name.split('.').length < 3
    ? [invalid(path, name, 'should be a domain with at least three segments separated by dots')]
    : [];
}

function oneOf(value: string | undefined, known: readonly string[], path: string): FieldError[] {
  return value === undefined || known.includes(value) ? [] : [notSupported(path, value, known)];
}
