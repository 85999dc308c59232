/** Not for expressions that make messages. */
export const AUTHORIZER = 'authorizer';

/** What expressions of a policy may speak of; `params` only where the policy has a `paramKind`. */
export function policyVariables(hasParams: boolean): readonly string[] {
  return [
    'object', 'oldObject', 'request', 'namespaceObject', 'variables', AUTHORIZER, ...(hasParams ? ['params'] : []),
  ]; // prettier-ignore
}
