import type {
  KubeObject,
  MatchResources,
  ValidatingAdmissionPolicy as Policy,
  ValidatingAdmissionPolicyBinding as Binding,
} from '../../../api/types.ts';
import { authorizerVariable } from '../../../apimachinery/cel/authorizer.ts';
import { CelCompileError } from '../../../apimachinery/cel/expression.ts';
import { REQUEST_BUDGET } from '../../../apimachinery/cel/cost.ts';
import { CelVariables } from '../../../apimachinery/cel/variables.ts';
import { StatusError } from '../../../apimachinery/status.ts';
import type { AuthorizationChain } from '../../auth/authorization-chain.ts';
import { admissionForbidden } from '../forbidden.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../interface.ts';
import { DeferredAuthorizer } from '../matching/deferred-authorizer.ts';
import type { MatchCriteria } from '../matching/match.ts';
import { isExempt, matchesRequest, namespaceOfRequest } from '../matching/match.ts';
import { requestVariables } from '../matching/request-variables.ts';
import type { NamespaceLookup } from '../namespace-lifecycle.ts';
import { compiledPolicy } from './compiled-policy.ts';
import type { Failure } from './evaluation.ts';
import { evaluatePolicy } from './evaluation.ts';

type ParamRef = NonNullable<NonNullable<Binding['spec']>['paramRef']>;

/** What the plugin asks of the server. */
export interface PolicySource {
  policies(): Promise<readonly Policy[]>;
  bindings(): Promise<readonly Binding[]>;
  /** The parameters a binding names, for a request in `namespace`; undefined for a kind that is not served. */
  params(
    kind: { readonly apiVersion: string; readonly kind: string },
    ref: ParamRef,
    namespace: string,
  ): Promise<readonly KubeObject[] | undefined>;
  readonly namespace: NamespaceLookup;
}

const CODES: Readonly<Record<string, number>> = {
  Unauthorized: 401,
  Forbidden: 403,
  RequestEntityTooLarge: 413,
  Invalid: 422,
};

/** Judges requests by expressions. Models apiserver/pkg/admission/plugin/policy/validating (v1.34). */
export class ValidatingAdmissionPolicyPlugin implements AdmissionPlugin {
  readonly name = 'ValidatingAdmissionPolicy';
  readonly #source: PolicySource;
  readonly #authorization: AuthorizationChain;

  constructor(source: PolicySource, authorization: AuthorizationChain) {
    this.#source = source;
    this.#authorization = authorization;
  }

  handles(attributes: AdmissionAttributes): boolean {
    return !isExempt(attributes);
  }

  /** @throws StatusError with the code of the first failure that denies */
  async validate(attributes: AdmissionAttributes): Promise<void> {
    const policies = await this.#source.policies();
    if (policies.length === 0) return;
    const bindings = await this.#source.bindings();
    let denial: StatusError | undefined;
    for (const policy of policies) {
      const match = policy.spec?.matchConstraints;
      if (match === undefined) continue;
      if (!(await matchesRequest(criteriaOf(match), attributes, this.#source.namespace))) continue;
      for (const binding of bindings) {
        if (binding.spec?.policyName !== policy.metadata?.name) continue;
        denial ??= await this.#judge(policy, binding, attributes);
      }
    }
    if (denial !== undefined) throw denial;
  }

  /** The refusal, when the binding says that failures deny. */
  async #judge(
    policy: Policy,
    binding: Binding,
    attributes: AdmissionAttributes,
  ): Promise<StatusError | undefined> {
    const narrowed = binding.spec?.matchResources;
    if (narrowed !== undefined) {
      const { resourceRules = [] } = narrowed;
      const rules =
        resourceRules.length > 0 ? resourceRules : (policy.spec?.matchConstraints?.resourceRules ?? []);
      if (!(await matchesRequest({ ...criteriaOf(narrowed), rules }, attributes, this.#source.namespace)))
        return undefined;
    }
    const ignoreErrors = policy.spec?.failurePolicy === 'Ignore';
    const failures = await this.#failures(policy, binding, attributes, ignoreErrors);
    return report(policy, binding, attributes, failures);
  }

  async #failures(
    policy: Policy,
    binding: Binding,
    attributes: AdmissionAttributes,
    ignoreErrors: boolean,
  ): Promise<readonly Failure[]> {
    const configuration = (why: string): readonly Failure[] =>
      ignoreErrors ? [] : [{ message: why, reason: 'Invalid', expressionIndex: 0 }];
    let program;
    try {
      program = compiledPolicy(policy);
    } catch (error) {
      if (error instanceof CelCompileError)
        return configuration(`failed to configure policy: ${error.message}`);
      throw error;
    }
    const params = await this.#paramsOf(policy, binding, attributes);
    if (typeof params === 'string') return configuration(`failed to configure binding: ${params}`);
    const failures: Failure[] = [];
    const namespace = await namespaceOfRequest(attributes, this.#source.namespace);
    const base = {
      object: attributes.object ?? null,
      oldObject: attributes.oldObject ?? null,
      request: requestVariables(attributes),
      namespaceObject: namespace ?? null,
      variables: {},
      authorizer: authorizerVariable(resourceOf(attributes)),
    };
    const authorizer = new DeferredAuthorizer(this.#authorization, attributes.user);
    for (const param of params) {
      const evaluation = await authorizer.settle(() => {
        const values = { ...base, params: param ?? null };
        return evaluatePolicy(
          program,
          new CelVariables(values, REQUEST_BUDGET, authorizer.ask),
          ignoreErrors,
        );
      });
      failures.push(...evaluation.failures);
      for (const [key, value] of evaluation.annotations) {
        const full = `${policy.metadata?.name ?? ''}/${key}`;
        const before = attributes.annotations.get(full)?.split(', ') ?? [];
        attributes.annotations.set(full, [...new Set([...before, value])].join(', '));
      }
    }
    return failures;
  }

  /** One evaluation for each parameter; `undefined` in it is a policy without. A text says what is wrong. */
  async #paramsOf(
    policy: Policy,
    binding: Binding,
    attributes: AdmissionAttributes,
  ): Promise<readonly (KubeObject | undefined)[] | string> {
    const kind = policy.spec?.paramKind;
    if (kind === undefined) return [undefined];
    const ref = binding.spec?.paramRef;
    if (ref === undefined) return [undefined];
    const { apiVersion = '', kind: name = '' } = kind;
    const found = await this.#source.params({ apiVersion, kind: name }, ref, attributes.namespace);
    if (found === undefined) return `paramKind kind \`${apiVersion}, Kind=${name}\` not known`;
    if (found.length > 0) return found;
    if (ref.parameterNotFoundAction === 'Allow') return [];
    return 'no params found for policy binding with `Deny` parameterNotFoundAction';
  }
}

/** What the request itself is about, for `authorizer.requestResource`. */
function resourceOf({ resource: { group, resource }, subresource, namespace, name }: AdmissionAttributes) {
  return { group, resource, subresource, namespace, name };
}

function criteriaOf(match: MatchResources): MatchCriteria {
  const { resourceRules = [], excludeResourceRules = [], namespaceSelector, objectSelector } = match;
  return {
    rules: resourceRules,
    excluded: excludeResourceRules,
    ...(namespaceSelector === undefined ? {} : { namespaceSelector }),
    ...(objectSelector === undefined ? {} : { objectSelector }),
  };
}

function report(
  policy: Policy,
  binding: Binding,
  attributes: AdmissionAttributes,
  failures: readonly Failure[],
): StatusError | undefined {
  const actions = binding.spec?.validationActions ?? [];
  const [policyName, bindingName] = [policy.metadata?.name ?? '', binding.metadata?.name ?? ''];
  const by = `ValidatingAdmissionPolicy '${policyName}' with binding '${bindingName}'`;
  const [first] = failures;
  if (first === undefined) return undefined;
  if (actions.includes('Warn'))
    for (const { message } of failures) attributes.warnings.push(`Validation failed for ${by}: ${message}`);
  if (actions.includes('Audit')) {
    const entries = failures.map(({ message, expressionIndex }) => ({
      message,
      policy: policyName,
      binding: bindingName,
      expressionIndex,
      validationActions: actions,
    }));
    attributes.annotations.set(
      'validation.policy.admission.k8s.io/validation_failure',
      JSON.stringify(entries),
    );
  }
  if (!actions.includes('Deny')) return undefined;
  const message = `${by} denied request: ${first.message}`;
  const { status } = admissionForbidden(attributes, message);
  const causes = [...(status.details?.causes ?? []), { message }];
  return new StatusError(CODES[first.reason] ?? 422, first.reason, status.message, {
    ...status.details,
    causes,
  });
}
