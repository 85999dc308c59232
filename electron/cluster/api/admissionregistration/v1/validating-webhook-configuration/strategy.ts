import { ageOf } from '../../../../apimachinery/duration.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy, withFirstGeneration } from '../../../generic-strategy.ts';
import { sameValue } from '../../../../apimachinery/validation/object-meta.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { ValidatingWebhookConfiguration } from '../../../types.ts';
import { defaultWebhook, validateWebhooks } from '../webhook-validation.ts';

/** ValidatingWebhookConfigurations; no webhook is called. Models pkg/registry/admissionregistration/validatingwebhookconfiguration (v1.34). */
export const VALIDATING_WEBHOOK_CONFIGURATION_STRATEGY: KindStrategy<ValidatingWebhookConfiguration> =
  defineStrategy<ValidatingWebhookConfiguration>({
    ...described('admissionregistration.k8s.io/v1', 'validatingwebhookconfigurations'),
    applyDefaults: (configuration) =>
      configuration.webhooks === undefined
        ? configuration
        : { ...configuration, webhooks: configuration.webhooks.map(defaultWebhook) },
    prepareForCreate: withFirstGeneration,
    prepareForUpdate(configuration, old) {
      const before = old.metadata?.generation ?? 0;
      const generation = sameValue(configuration.webhooks, old.webhooks) ? before : before + 1;
      return { ...configuration, metadata: { ...configuration.metadata, generation } };
    },
    validate: (configuration) => validateWebhooks(configuration.webhooks ?? []),
    tableRow: (configuration, now) => [
      configuration.metadata?.name ?? '',
      configuration.webhooks?.length ?? 0,
      ageOf(configuration.metadata?.creationTimestamp, now),
    ],
  });
