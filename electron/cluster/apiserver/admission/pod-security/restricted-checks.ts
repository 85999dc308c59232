import type { Check, CheckPod } from './check.ts';
import { containersWhere, joinQuoted, namedContainers, plural, setters, sortedSet } from './check.ts';
import { seccompRestricted } from './seccomp.ts';

/** Since 1.25 what Windows does not know is not asked of Pods for it. */
const exceptWindows =
  (check: CheckPod): CheckPod =>
  (pod) =>
    pod.spec.os?.name === 'windows' ? undefined : check(pod);

const allowPrivilegeEscalation: CheckPod = (pod) => {
  const containers = containersWhere(
    pod,
    ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false,
  );
  if (containers.length === 0) return undefined;
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${namedContainers(containers)} must set securityContext.allowPrivilegeEscalation=false`,
  };
};

const capabilities: CheckPod = (pod) => {
  const keeping = containersWhere(
    pod,
    ({ securityContext }) => securityContext?.capabilities?.drop?.includes('ALL') !== true,
  );
  const added: string[] = [];
  const adding = containersWhere(pod, ({ securityContext }) => {
    const wrong = (securityContext?.capabilities?.add ?? []).filter((name) => name !== 'NET_BIND_SERVICE');
    added.push(...wrong);
    return wrong.length > 0;
  });
  const details: string[] = [];
  if (keeping.length > 0)
    details.push(`${namedContainers(keeping)} must set securityContext.capabilities.drop=["ALL"]`);
  if (adding.length > 0)
    details.push(
      `${namedContainers(adding)} must not include ${joinQuoted(sortedSet(added))} in securityContext.capabilities.add`,
    );
  return details.length === 0
    ? undefined
    : { reason: 'unrestricted capabilities', detail: details.join('; ') };
};

const ALLOWED_VOLUMES = new Set([
  'configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret', 'image',
]); // prettier-ignore

const volumes: CheckPod = ({ spec }) => {
  const names: string[] = [];
  const types: string[] = [];
  for (const volume of spec.volumes ?? []) {
    const sources = Object.keys(volume).filter((key) => key !== 'name');
    if (sources.some((source) => ALLOWED_VOLUMES.has(source))) continue;
    names.push(volume.name);
    types.push(sources[0] ?? 'unknown');
  }
  if (names.length === 0) return undefined;
  const all = sortedSet(types);
  return {
    reason: 'restricted volume types',
    detail: `${plural(names.length, 'volume')} ${joinQuoted(names)} ${plural(names.length, 'uses', 'use')} ${plural(all.length, 'restricted volume type')} ${joinQuoted(all)}`,
  };
};

const runAsNonRoot: CheckPod = (pod) => {
  const ofPod = pod.spec.securityContext?.runAsNonRoot;
  const explicit = containersWhere(pod, ({ securityContext }) => securityContext?.runAsNonRoot === false);
  const who = setters(ofPod === false, explicit);
  const reason = 'runAsNonRoot != true';
  if (who.length > 0)
    return { reason, detail: `${who.join(' and ')} must not set securityContext.runAsNonRoot=false` };
  if (ofPod === true) return undefined;
  const implicit = containersWhere(pod, ({ securityContext }) => securityContext?.runAsNonRoot === undefined);
  if (implicit.length === 0) return undefined;
  return { reason, detail: `pod or ${namedContainers(implicit)} must set securityContext.runAsNonRoot=true` };
};

const runAsUser: CheckPod = (pod) => {
  const who = setters(
    pod.spec.securityContext?.runAsUser === 0,
    containersWhere(pod, ({ securityContext }) => securityContext?.runAsUser === 0),
  );
  return who.length === 0
    ? undefined
    : { reason: 'runAsUser=0', detail: `${who.join(' and ')} must not set runAsUser=0` };
};

/** What the restricted level adds, by id. Models pod-security-admission/policy (v1.34). */
export const RESTRICTED_CHECKS: readonly Check[] = [
  {
    id: 'allowPrivilegeEscalation',
    level: 'restricted',
    versions: [
      [8, allowPrivilegeEscalation],
      [25, exceptWindows(allowPrivilegeEscalation)],
    ],
  },
  {
    id: 'capabilities_restricted',
    level: 'restricted',
    versions: [
      [22, capabilities],
      [25, exceptWindows(capabilities)],
    ],
    overrides: ['capabilities_baseline'],
  },
  {
    id: 'restrictedVolumes',
    level: 'restricted',
    versions: [[0, volumes]],
    overrides: ['hostPathVolumes'],
  },
  { id: 'runAsNonRoot', level: 'restricted', versions: [[0, runAsNonRoot]] },
  { id: 'runAsUser', level: 'restricted', versions: [[23, runAsUser]] },
  {
    id: 'seccompProfile_restricted',
    level: 'restricted',
    versions: [
      [19, seccompRestricted],
      [25, exceptWindows(seccompRestricted)],
    ],
    overrides: ['seccompProfile_baseline'],
  },
];
