import type { Json, JsonObject } from '../json.ts';
import { isObject, listAt, objectAt, setAt } from '../json.ts';

/** What a debugging session is about: a node, a copy of a Pod, or a container added to a Pod. */
export type DebugStyle = 'node' | 'copy' | 'ephemeral';

export const profiles = ['legacy', 'general', 'baseline', 'restricted', 'netadmin', 'sysadmin'] as const;
export type Profile = (typeof profiles)[number];

function addCapabilities(container: JsonObject, ...names: readonly string[]): void {
  const before = listAt(container, 'securityContext', 'capabilities', 'add');
  setAt(
    container,
    ['securityContext', 'capabilities', 'add'],
    [...before, ...names.filter((name) => !before.includes(name))],
  );
}

function mountRoot(pod: JsonObject, container: JsonObject): void {
  setAt(
    pod,
    ['spec', 'volumes'],
    [...listAt(pod, 'spec', 'volumes'), { name: 'host-root', hostPath: { path: '/' } }],
  );
  container['volumeMounts'] = [
    ...listAt(container, 'volumeMounts'),
    { name: 'host-root', mountPath: '/host' },
  ];
}

function useHostNamespaces(pod: JsonObject): void {
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) setAt(pod, ['spec', field], true);
}

/** The rights a profile gives the debugging container and its Pod. Models cmd/debug/profiles.go of kubectl (v1.33). */
export function applyProfile(
  profile: Profile,
  style: DebugStyle,
  pod: JsonObject,
  container: JsonObject,
): void {
  if (style === 'node' && profile !== 'baseline' && profile !== 'restricted') {
    useHostNamespaces(pod);
    if (profile !== 'netadmin') mountRoot(pod, container);
  }
  if (
    style === 'copy' &&
    profile !== 'legacy' &&
    objectAt(pod, 'spec')['shareProcessNamespace'] === undefined
  )
    setAt(pod, ['spec', 'shareProcessNamespace'], true);
  switch (profile) {
    case 'general':
      if (style !== 'node') addCapabilities(container, 'SYS_PTRACE');
      break;
    case 'restricted':
      container['securityContext'] = {
        runAsNonRoot: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        seccompProfile: { type: 'RuntimeDefault' },
      };
      break;
    case 'netadmin':
      addCapabilities(container, 'NET_ADMIN', 'NET_RAW');
      break;
    case 'sysadmin':
      setAt(container, ['securityContext', 'privileged'], true);
      break;
    case 'legacy':
    case 'baseline':
  }
}

/** Removes what a copy is not to keep of the Pod it was made from. */
export function dropFromCopy(pod: JsonObject, drop: { readonly probes: readonly string[] }): void {
  for (const container of listAt(pod, 'spec', 'containers').filter(isObject))
    for (const probe of drop.probes) delete container[probe];
}

/** Environment variables for containers. */
export function envList(pairs: ReadonlyMap<string, string>): Json[] {
  return [...pairs].map(([name, value]) => ({ name, value }));
}
