import { quote } from '../../../apimachinery/validation/field-error.ts';
import type { Check, CheckedPod, CheckPod } from './check.ts';
import {
  containersOf,
  containersWhere,
  joinQuoted,
  namedContainers,
  plural,
  setters,
  sortedSet,
} from './check.ts';
import { seccompBaseline, seccompByAnnotation } from './seccomp.ts';

const APPARMOR_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';
const APPARMOR_TYPES = new Set(['RuntimeDefault', 'Localhost']);

const appArmor: CheckPod = (pod) => {
  const { metadata, spec } = pod;
  const values: string[] = [];
  const bad = (type: string | undefined): boolean => {
    if (type === undefined || APPARMOR_TYPES.has(type)) return false;
    values.push(type);
    return true;
  };
  const byPod = bad(spec.securityContext?.appArmorProfile?.type);
  const containers = containersWhere(pod, ({ securityContext }) =>
    bad(securityContext?.appArmorProfile?.type),
  );
  const who = setters(byPod, containers);
  const annotations = Object.entries(metadata.annotations ?? {})
    .filter(([key]) => key.startsWith(APPARMOR_PREFIX))
    .filter(([, value]) => value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/'))
    .map(([key, value]) => `${key}=${quote(value)}`)
    .sort();
  if (annotations.length > 0) who.push(plural(annotations.length, 'annotation'));
  if (who.length === 0) return undefined;
  const all = [...sortedSet(values), ...annotations];
  return {
    reason: plural(all.length, 'forbidden AppArmor profile'),
    detail: `${who.join(' and ')} must not set AppArmor profile type to ${joinQuoted(all)}`,
  };
};

const ADDABLE = new Set([
  'AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP',
  'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT',
]); // prettier-ignore

const capabilities: CheckPod = (pod) => {
  const added: string[] = [];
  const containers = containersWhere(pod, ({ securityContext }) => {
    const wrong = (securityContext?.capabilities?.add ?? []).filter((name) => !ADDABLE.has(name));
    added.push(...wrong);
    return wrong.length > 0;
  });
  if (containers.length === 0) return undefined;
  return {
    reason: 'non-default capabilities',
    detail: `${namedContainers(containers)} must not include ${joinQuoted(sortedSet(added))} in securityContext.capabilities.add`,
  };
};

const hostNamespaces: CheckPod = ({ spec }) => {
  const used = [
    spec.hostIPC === true ? 'hostIPC=true' : '',
    spec.hostNetwork === true ? 'hostNetwork=true' : '',
    spec.hostPID === true ? 'hostPID=true' : '',
  ].filter((text) => text !== '');
  return used.length === 0 ? undefined : { reason: 'host namespaces', detail: used.join(', ') };
};

const hostPathVolumes: CheckPod = ({ spec }) => {
  const names = (spec.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name);
  if (names.length === 0) return undefined;
  return { reason: 'hostPath volumes', detail: `${plural(names.length, 'volume')} ${joinQuoted(names)}` };
};

const hostPorts: CheckPod = (pod) => {
  const ports: string[] = [];
  const containers = containersWhere(pod, (container) => {
    const used = (container.ports ?? []).map(({ hostPort }) => hostPort ?? 0).filter((port) => port !== 0);
    ports.push(...used.map(String));
    return used.length > 0;
  });
  if (containers.length === 0) return undefined;
  const all = sortedSet(ports);
  return {
    reason: 'hostPort',
    detail: `${namedContainers(containers)} ${plural(containers.length, 'uses', 'use')} ${plural(all.length, 'hostPort')} ${all.join(', ')}`,
  };
};

interface Handler {
  readonly httpGet?: { readonly host?: string };
  readonly tcpSocket?: { readonly host?: string };
}

const hostProbes: CheckPod = (pod) => {
  const hosts: string[] = [];
  const containers = containersWhere(pod, ({ livenessProbe, readinessProbe, startupProbe, lifecycle }) => {
    const handlers = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop];
    const used = handlers
      .flatMap((handler) => [
        (handler as Handler | undefined)?.httpGet?.host,
        (handler as Handler | undefined)?.tcpSocket?.host,
      ])
      .filter((host): host is string => (host ?? '') !== '');
    hosts.push(...used);
    return used.length > 0;
  });
  if (containers.length === 0) return undefined;
  const [named, all] = [sortedSet(containers), sortedSet(hosts)];
  return {
    reason: 'probe or lifecycle host',
    detail: `${namedContainers(named)} ${plural(named.length, 'uses', 'use')} ${plural(all.length, 'probe or lifecycle host')} ${joinQuoted(all)}`,
  };
};

const privileged: CheckPod = (pod) => {
  const containers = containersWhere(pod, ({ securityContext }) => securityContext?.privileged === true);
  if (containers.length === 0) return undefined;
  return {
    reason: 'privileged',
    detail: `${namedContainers(containers)} must not set securityContext.privileged=true`,
  };
};

const procMount: CheckPod = (pod) => {
  const types: string[] = [];
  const containers = containersWhere(pod, ({ securityContext }) => {
    const type = securityContext?.procMount;
    if (type === undefined || type === 'Default') return false;
    types.push(type);
    return true;
  });
  if (containers.length === 0) return undefined;
  return {
    reason: 'procMount',
    detail: `${namedContainers(containers)} must not set securityContext.procMount to ${joinQuoted(sortedSet(types))}`,
  };
};

/** @param allowed types of SELinux */
const seLinux =
  (allowed: ReadonlySet<string>): CheckPod =>
  (pod) => {
    const types: string[] = [];
    let [user, role] = [false, false];
    const bad = (options: { type?: string; user?: string; role?: string } | undefined): boolean => {
      const wrongType = !allowed.has(options?.type ?? '');
      if (wrongType) types.push(options?.type ?? '');
      const setsUser = (options?.user ?? '') !== '';
      const setsRole = (options?.role ?? '') !== '';
      user ||= setsUser;
      role ||= setsRole;
      return wrongType || setsUser || setsRole;
    };
    const byPod = bad(pod.spec.securityContext?.seLinuxOptions);
    const containers = containersWhere(pod, ({ securityContext }) => bad(securityContext?.seLinuxOptions));
    const who = setters(byPod, containers);
    if (who.length === 0) return undefined;
    const wrong = sortedSet(types);
    const what = [
      ...(wrong.length === 0 ? [] : [`${plural(wrong.length, 'type')} ${joinQuoted(wrong)}`]),
      ...(user ? ['user may not be set'] : []),
      ...(role ? ['role may not be set'] : []),
    ];
    return {
      reason: 'seLinuxOptions',
      detail: `${who.join(' and ')} set forbidden securityContext.seLinuxOptions: ${what.join('; ')}`,
    };
  };

const SELINUX_1_0 = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

const SYSCTLS_1_0 = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
];
const SYSCTLS_1_27 = [...SYSCTLS_1_0, 'net.ipv4.ip_local_reserved_ports'];
const SYSCTLS_1_29 = [
  ...SYSCTLS_1_27,
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
];
const SYSCTLS_1_32 = [...SYSCTLS_1_29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'];

const sysctls =
  (allowed: readonly string[]): CheckPod =>
  ({ spec }) => {
    const wrong = (spec.securityContext?.sysctls ?? [])
      .map(({ name }) => name)
      .filter((name) => !allowed.includes(name));
    return wrong.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: wrong.join(', ') };
  };

const hostProcess: CheckPod = (pod: CheckedPod) => {
  const byPod = pod.spec.securityContext?.windowsOptions?.hostProcess === true;
  const containers = containersOf(pod)
    .filter(({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true)
    .map(({ name }) => name);
  const who = setters(byPod, containers);
  if (who.length === 0) return undefined;
  return {
    reason: 'hostProcess',
    detail: `${who.join(' and ')} must not set securityContext.windowsOptions.hostProcess=true`,
  };
};

/** The baseline level, by id. Models pod-security-admission/policy (v1.34). */
export const BASELINE_CHECKS: readonly Check[] = [
  { id: 'appArmorProfile', level: 'baseline', versions: [[0, appArmor]] },
  { id: 'capabilities_baseline', level: 'baseline', versions: [[0, capabilities]] },
  { id: 'hostNamespaces', level: 'baseline', versions: [[0, hostNamespaces]] },
  { id: 'hostPathVolumes', level: 'baseline', versions: [[0, hostPathVolumes]] },
  { id: 'hostPorts', level: 'baseline', versions: [[0, hostPorts]] },
  { id: 'hostProbesAndHostLifecycle', level: 'baseline', versions: [[34, hostProbes]] },
  { id: 'privileged', level: 'baseline', versions: [[0, privileged]] },
  { id: 'procMount', level: 'baseline', versions: [[0, procMount]] },
  {
    id: 'seLinuxOptions',
    level: 'baseline',
    versions: [
      [0, seLinux(new Set(SELINUX_1_0))],
      [31, seLinux(new Set([...SELINUX_1_0, 'container_engine_t']))],
    ],
  },
  {
    id: 'seccompProfile_baseline',
    level: 'baseline',
    versions: [
      [0, seccompByAnnotation],
      [19, seccompBaseline],
    ],
  },
  {
    id: 'sysctls',
    level: 'baseline',
    versions: [
      [0, sysctls(SYSCTLS_1_0)],
      [27, sysctls(SYSCTLS_1_27)],
      [29, sysctls(SYSCTLS_1_29)],
      [32, sysctls(SYSCTLS_1_32)],
    ],
  },
  { id: 'windowsHostProcess', level: 'baseline', versions: [[0, hostProcess]] },
];
