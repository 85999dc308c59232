import type { AdmissionAttributes, AdmissionPlugin } from '../interface.ts';
import type { WebhookOptions } from './webhooks.ts';
import { Webhooks } from './webhooks.ts';

/** Asks the webhooks of ValidatingWebhookConfigurations. Models admission/plugin/webhook/validating (v1.34), one after the other. */
export class ValidatingAdmissionWebhook implements AdmissionPlugin {
  readonly name = 'ValidatingAdmissionWebhook';
  readonly #webhooks: Webhooks;

  constructor(options: WebhookOptions) {
    this.#webhooks = new Webhooks('validating', options);
  }

  handles(attributes: AdmissionAttributes): boolean {
    return this.#webhooks.handles(attributes);
  }

  async validate(attributes: AdmissionAttributes): Promise<void> {
    await this.#webhooks.ask(attributes, (object) => object);
  }
}
