import type { KubeObject } from '../../../api/types.ts';
import { decodeBase64 } from '../../../apimachinery/base64.ts';
import { applyJsonPatch, toJsonPatch } from '../../../apimachinery/patch/json-patch.ts';
import { newInternalError } from '../../../apimachinery/status.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../interface.ts';
import type { AdmissionResponse } from './webhook-caller.ts';
import type { WebhookOptions } from './webhooks.ts';
import { Webhooks } from './webhooks.ts';

/**
 * Asks the webhooks of MutatingWebhookConfigurations and applies their patches. Models
 * admission/plugin/webhook/mutating (v1.34), without reinvocation.
 */
export class MutatingAdmissionWebhook implements AdmissionPlugin {
  readonly name = 'MutatingAdmissionWebhook';
  readonly #webhooks: Webhooks;

  constructor(options: WebhookOptions) {
    this.#webhooks = new Webhooks('mutation', options);
  }

  handles(attributes: AdmissionAttributes): boolean {
    return this.#webhooks.handles(attributes);
  }

  async admit(attributes: AdmissionAttributes, object: KubeObject): Promise<KubeObject> {
    return (await this.#webhooks.ask(attributes, patched)) ?? object;
  }
}

/** @throws StatusError 500 for a patch that is none */
function patched(
  object: KubeObject | undefined,
  { patch = '' }: AdmissionResponse,
  name: string,
): KubeObject | undefined {
  if (patch === '' || object === undefined) return object;
  try {
    const operations = toJsonPatch(JSON.parse(new TextDecoder().decode(decodeBase64(patch))));
    return applyJsonPatch(object, operations) as KubeObject;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw newInternalError(
      `admission webhook ${JSON.stringify(name)} sent a patch that cannot be applied: ${why}`,
    );
  }
}
