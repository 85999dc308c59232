import type { KubeObject, MutatingWebhookConfiguration, ValidatingWebhook } from '../../../api/types.ts';
import { authorizerVariable } from '../../../apimachinery/cel/authorizer.ts';
import { REQUEST_BUDGET } from '../../../apimachinery/cel/cost.ts';
import type { CelProgram } from '../../../apimachinery/cel/expression.ts';
import { CelCompileError, compileCel } from '../../../apimachinery/cel/expression.ts';
import { CelVariables } from '../../../apimachinery/cel/variables.ts';
import { newInternalError, StatusError } from '../../../apimachinery/status.ts';
import type { AuthorizationChain } from '../../auth/authorization-chain.ts';
import { admissionForbidden } from '../forbidden.ts';
import type { AdmissionAttributes } from '../interface.ts';
import { DeferredAuthorizer } from '../matching/deferred-authorizer.ts';
import { isExempt, matchesRequest } from '../matching/match.ts';
import { requestVariables } from '../matching/request-variables.ts';
import type { NamespaceLookup } from '../namespace-lifecycle.ts';
import type { AdmissionResponse, WebhookCaller } from './webhook-caller.ts';
import { WebhookCallError } from './webhook-caller.ts';

/** What both kinds of webhooks need. */
export interface WebhookOptions {
  readonly caller: WebhookCaller;
  readonly authorization: AuthorizationChain;
  readonly namespace: NamespaceLookup;
  /** The configurations, in the order of their names. */
  configurations(): Promise<readonly KubeObject[]>;
}

/** Asks one webhook after the other, each about the object as the one before left it. */
export class Webhooks {
  readonly #options: WebhookOptions;
  /** e.g. `validating`; in annotations. */
  readonly #kind: 'validating' | 'mutation';

  constructor(kind: 'validating' | 'mutation', options: WebhookOptions) {
    this.#kind = kind;
    this.#options = options;
  }

  handles(attributes: AdmissionAttributes): boolean {
    return !isExempt(attributes);
  }

  /**
   * `answered` gets every answer that allows, and returns the object from there on. One that cannot be asked
   * counts as its failure policy says. @throws StatusError
   */
  async ask(
    attributes: AdmissionAttributes,
    answered: (
      object: KubeObject | undefined,
      response: AdmissionResponse,
      name: string,
    ) => KubeObject | undefined,
  ): Promise<KubeObject | undefined> {
    let { object } = attributes;
    const configurations = (await this.#options.configurations()) as readonly MutatingWebhookConfiguration[];
    if (configurations.length === 0) return object;
    let index = -1;
    for (const webhook of configurations.flatMap(
      ({ webhooks = [] }) => webhooks as readonly ValidatingWebhook[],
    )) {
      index += 1;
      const current = { ...attributes, object };
      if (!(await this.#concerns(webhook, current))) continue;
      try {
        const response = await this.#call(webhook, current);
        attributes.warnings.push(...(response.warnings ?? []));
        for (const [key, value] of Object.entries(response.auditAnnotations ?? {}))
          attributes.annotations.set(`${webhook.name}/${key}`, value);
        if (response.allowed !== true) throw denial(webhook.name, response);
        object = answered(object, response, webhook.name);
      } catch (error) {
        if (!(error instanceof WebhookCallError)) throw error;
        const text = `failed calling webhook ${JSON.stringify(webhook.name)}: ${error.message}`;
        if (webhook.failurePolicy !== 'Ignore') throw newInternalError(text);
        const note = `failed-open.${this.#kind}.webhook.admission.k8s.io/round_0_index_${index}`;
        attributes.annotations.set(note, webhook.name);
      }
    }
    return object;
  }

  #call(webhook: ValidatingWebhook, attributes: AdmissionAttributes): Promise<AdmissionResponse> {
    const { object, oldObject } = attributes;
    return this.#options.caller.call(webhook, {
      ...requestVariables(attributes),
      object: object ?? null,
      oldObject: oldObject ?? null,
    });
  }

  /** @throws StatusError when a condition fails and failures count */
  async #concerns(webhook: ValidatingWebhook, attributes: AdmissionAttributes): Promise<boolean> {
    const { rules = [], namespaceSelector, objectSelector } = webhook;
    const criteria = {
      rules,
      ...(namespaceSelector === undefined ? {} : { namespaceSelector }),
      ...(objectSelector === undefined ? {} : { objectSelector }),
    };
    if (!(await matchesRequest(criteria, attributes, this.#options.namespace))) return false;
    const conditions = conditionsOf(webhook);
    if (conditions.length === 0) return true;
    const { object, oldObject, resource, subresource, namespace, name: named } = attributes;
    const authorizer = new DeferredAuthorizer(this.#options.authorization, attributes.user);
    const values = {
      object: object ?? null,
      oldObject: oldObject ?? null,
      request: requestVariables(attributes),
      authorizer: authorizerVariable({ ...resource, subresource, namespace, name: named }),
    };
    for (const { name, program } of conditions) {
      const outcome =
        typeof program === 'string'
          ? { error: program }
          : await authorizer.settle(() =>
              new CelVariables(values, REQUEST_BUDGET, authorizer.ask).run(program),
            );
      if ('error' in outcome) {
        if (webhook.failurePolicy === 'Ignore') return false;
        throw admissionForbidden(
          attributes,
          `failed to evaluate match condition '${name}': ${outcome.error}`,
        );
      }
      if (outcome.value !== true) return false;
    }
    return true;
  }
}

interface Condition {
  readonly name: string;
  /** Or what is wrong with it. */
  readonly program: CelProgram | string;
}

const compiled = new WeakMap<ValidatingWebhook, readonly Condition[]>();

function conditionsOf(webhook: ValidatingWebhook): readonly Condition[] {
  let conditions = compiled.get(webhook);
  if (conditions === undefined) {
    conditions = (webhook.matchConditions ?? []).map(({ name, expression }) => ({
      name,
      program: compile(expression),
    }));
    compiled.set(webhook, conditions);
  }
  return conditions;
}

function compile(expression: string): CelProgram | string {
  try {
    return compileCel(expression, ['object', 'oldObject', 'request', 'authorizer']);
  } catch (error) {
    if (error instanceof CelCompileError) return error.message;
    throw error;
  }
}

/** Models webhookerrors.ToStatusErr (v1.34). */
function denial(name: string, { status = {} }: AdmissionResponse): StatusError {
  const { code = 0, message = '', reason = '' } = status;
  const by = `admission webhook ${JSON.stringify(name)} denied the request`;
  const why = message === '' ? reason : message;
  const text = why === '' ? `${by} without explanation` : `${by}: ${why}`;
  return new StatusError(code < 400 ? 400 : code, reason === '' ? undefined : reason, text);
}
