import type { MutatingWebhookConfiguration } from '../../../types.ts';
import { defineWebhookConfiguration } from '../define-webhook-configuration.ts';
import { defaultWebhook } from '../webhook-validation.ts';

/** MutatingWebhookConfigurations. Models pkg/registry/admissionregistration/mutatingwebhookconfiguration (v1.34). */
export const MUTATING_WEBHOOK_CONFIGURATION_STRATEGY =
  defineWebhookConfiguration<MutatingWebhookConfiguration>(
    'mutatingwebhookconfigurations',
    (configuration) =>
      configuration.webhooks === undefined
        ? configuration
        : {
            ...configuration,
            webhooks: configuration.webhooks.map((webhook) => ({
              ...defaultWebhook(webhook),
              reinvocationPolicy: webhook.reinvocationPolicy ?? 'Never',
            })),
          },
  );
