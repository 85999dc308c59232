import type { ValidatingWebhookConfiguration } from '../../../types.ts';
import { defineWebhookConfiguration } from '../define-webhook-configuration.ts';
import { defaultWebhook } from '../webhook-validation.ts';

/** ValidatingWebhookConfigurations. Models pkg/registry/admissionregistration/validatingwebhookconfiguration (v1.34). */
export const VALIDATING_WEBHOOK_CONFIGURATION_STRATEGY =
  defineWebhookConfiguration<ValidatingWebhookConfiguration>(
    'validatingwebhookconfigurations',
    (configuration) =>
      configuration.webhooks === undefined
        ? configuration
        : { ...configuration, webhooks: configuration.webhooks.map(defaultWebhook) },
  );
