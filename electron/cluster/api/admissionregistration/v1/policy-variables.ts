/** What expressions of a policy may speak of; `params` only where the policy has a `paramKind`. */
export function policyVariables(hasParams: boolean): readonly string[] {
  return [
    'object', 'oldObject', 'request', 'namespaceObject', 'variables', ...(hasParams ? ['params'] : []),
  ]; // prettier-ignore
}
