import type { AdmissionAttributes } from '../interface.ts';

/** The request as expressions and webhooks see it: an AdmissionRequest without uid and objects. */
export function requestVariables(attributes: AdmissionAttributes): Readonly<Record<string, unknown>> {
  const { kind, resource, subresource, name, namespace, operation, user, dryRun } = attributes;
  const full = { group: resource.group, version: kind.version, resource: resource.resource };
  return {
    kind,
    resource: full,
    subResource: subresource,
    requestKind: kind,
    requestResource: full,
    requestSubResource: subresource,
    name,
    namespace,
    operation,
    userInfo: { username: user.name, groups: user.groups, uid: user.uid, extra: user.extra },
    dryRun,
  };
}
