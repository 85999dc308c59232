import { ageOf } from '../../../apimachinery/duration.ts';
import { sameValue } from '../../../apimachinery/validation/object-meta.ts';
import { described } from '../../described-resource.ts';
import { defineStrategy, withFirstGeneration } from '../../generic-strategy.ts';
import type { KindStrategy } from '../../strategy.ts';
import type { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } from '../../types.ts';
import { validateWebhooks } from './webhook-validation.ts';

/** What is the same for both kinds of webhooks. The API server calls them on admission. */
export function defineWebhookConfiguration<
  T extends MutatingWebhookConfiguration | ValidatingWebhookConfiguration,
>(resource: string, applyDefaults: (configuration: T) => T): KindStrategy<T> {
  return defineStrategy<T>({
    ...described('admissionregistration.k8s.io/v1', resource),
    applyDefaults,
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
}
