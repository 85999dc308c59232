import type { PodSpec } from '../../../types.ts';

/**
 * Fields of upstream's internal structs in the order of their declaration, as far as a Pod has them. A field alone is a
 * string; `!` a bool, `#` a number, `?` a pointer, list or map that is null when absent, `:T` a struct, `:*T` a pointer to one,
 * `:[]T` a list of them. Models pkg/apis/core/types.go (v1.34); names on the wire follow from the Go names.
 */
const STRUCTS: Readonly<Record<string, string>> = {
  PodSpec:
    'Volumes:[]Volume InitContainers:[]Container Containers:[]Container EphemeralContainers? RestartPolicy ' +
    'TerminationGracePeriodSeconds? ActiveDeadlineSeconds? DNSPolicy NodeSelector? ServiceAccountName ' +
    'AutomountServiceAccountToken? NodeName SecurityContext:*PodSecurityContext ImagePullSecrets:[]LocalObjectReference ' +
    'Hostname Subdomain SetHostnameAsFQDN? Affinity:*Affinity SchedulerName Tolerations:[]Toleration HostAliases:[]HostAlias ' +
    'PriorityClassName Priority? PreemptionPolicy? DNSConfig:*PodDNSConfig ReadinessGates? RuntimeClassName? Overhead? ' +
    'EnableServiceLinks? TopologySpreadConstraints:[]TopologySpreadConstraint OS? SchedulingGates? ResourceClaims? ' +
    'Resources? HostnameOverride?',
  PodSecurityContext:
    'HostNetwork! HostPID! HostIPC! ShareProcessNamespace? HostUsers? SELinuxOptions? WindowsOptions? RunAsUser? RunAsGroup? ' +
    'RunAsNonRoot? SupplementalGroups? SupplementalGroupsPolicy? FSGroup? FSGroupChangePolicy? Sysctls? SeccompProfile? ' +
    'AppArmorProfile? SELinuxChangePolicy?',
  Container:
    'Name Image Command? Args? WorkingDir Ports:[]ContainerPort EnvFrom:[]EnvFromSource Env:[]EnvVar ' +
    'Resources:ResourceRequirements ResizePolicy? RestartPolicy? RestartPolicyRules? VolumeMounts:[]VolumeMount ' +
    'VolumeDevices:[]VolumeDevice LivenessProbe:*Probe ReadinessProbe:*Probe StartupProbe:*Probe Lifecycle:*Lifecycle ' +
    'TerminationMessagePath TerminationMessagePolicy ImagePullPolicy SecurityContext:*SecurityContext Stdin! StdinOnce! TTY!',
  ContainerPort: 'Name HostPort# ContainerPort# Protocol HostIP',
  EnvFromSource: 'Prefix ConfigMapRef? SecretRef?',
  EnvVar: 'Name Value ValueFrom:*EnvVarSource',
  EnvVarSource:
    'FieldRef:*ObjectFieldSelector ResourceFieldRef? ConfigMapKeyRef:*KeySelector SecretKeyRef:*KeySelector FileKeyRef?',
  ObjectFieldSelector: 'APIVersion FieldPath',
  KeySelector: 'Name Key Optional?',
  ResourceRequirements: 'Limits? Requests? Claims?',
  VolumeMount: 'Name ReadOnly! RecursiveReadOnly? MountPath SubPath MountPropagation? SubPathExpr',
  VolumeDevice: 'Name DevicePath',
  Probe:
    'Exec? HTTPGet:*HTTPGetAction TCPSocket:*TCPSocketAction GRPC? InitialDelaySeconds# TimeoutSeconds# PeriodSeconds# ' +
    'SuccessThreshold# FailureThreshold# TerminationGracePeriodSeconds?',
  HTTPGetAction: 'Path Port? Host Scheme HTTPHeaders?',
  TCPSocketAction: 'Port? Host',
  Lifecycle: 'PostStart:*LifecycleHandler PreStop:*LifecycleHandler StopSignal?',
  LifecycleHandler: 'Exec? HTTPGet:*HTTPGetAction TCPSocket:*TCPSocketAction Sleep?',
  SecurityContext:
    'Capabilities? Privileged? SELinuxOptions? WindowsOptions? RunAsUser? RunAsGroup? RunAsNonRoot? ReadOnlyRootFilesystem? ' +
    'AllowPrivilegeEscalation? ProcMount? SeccompProfile? AppArmorProfile?',
  LocalObjectReference: 'Name',
  Toleration: 'Key Operator Value Effect TolerationSeconds?',
  HostAlias: 'IP Hostnames?',
  PodDNSConfig: 'Nameservers? Searches? Options?',
  TopologySpreadConstraint:
    'MaxSkew# TopologyKey WhenUnsatisfiable LabelSelector? MinDomains? NodeAffinityPolicy? NodeTaintsPolicy? MatchLabelKeys?',
  Affinity: 'NodeAffinity? PodAffinity? PodAntiAffinity?',
  Volume:
    'Name HostPath:*HostPathVolumeSource EmptyDir:*EmptyDirVolumeSource GCEPersistentDisk? AWSElasticBlockStore? GitRepo? ' +
    'Secret:*SecretVolumeSource NFS? ISCSI? Glusterfs? PersistentVolumeClaim:*PersistentVolumeClaimVolumeSource RBD? Quobyte? ' +
    'FlexVolume? Cinder? CephFS? Flocker? DownwardAPI? FC? AzureFile? ConfigMap:*ConfigMapVolumeSource VsphereVolume? ' +
    'AzureDisk? PhotonPersistentDisk? Projected:*ProjectedVolumeSource PortworxVolume? ScaleIO? StorageOS? CSI? Ephemeral? Image?',
  HostPathVolumeSource: 'Path Type?',
  EmptyDirVolumeSource: 'Medium SizeLimit?',
  SecretVolumeSource: 'SecretName Items:[]KeyToPath DefaultMode? Optional?',
  ConfigMapVolumeSource: 'Name Items:[]KeyToPath DefaultMode? Optional?',
  PersistentVolumeClaimVolumeSource: 'ClaimName ReadOnly!',
  ProjectedVolumeSource: 'Sources:[]VolumeProjection DefaultMode?',
  VolumeProjection:
    'Secret:*SecretProjection DownwardAPI:*DownwardAPIProjection ConfigMap:*ConfigMapProjection ' +
    'ServiceAccountToken:*ServiceAccountTokenProjection ClusterTrustBundle? PodCertificate?',
  SecretProjection: 'Name Items:[]KeyToPath Optional?',
  ConfigMapProjection: 'Name Items:[]KeyToPath Optional?',
  DownwardAPIProjection: 'Items:[]DownwardAPIVolumeFile',
  DownwardAPIVolumeFile: 'Path FieldRef:*ObjectFieldSelector ResourceFieldRef? Mode?',
  ServiceAccountTokenProjection: 'Audience ExpirationSeconds# Path',
  KeyToPath: 'Key Path Mode?',
};

/** Wire names that do not follow from the Go name by lower-casing its first word. */
const IRREGULAR: Readonly<Record<string, string>> = {
  SELinuxOptions: 'seLinuxOptions',
  SELinuxChangePolicy: 'seLinuxChangePolicy',
  CephFS: 'cephfs',
  StorageOS: 'storageos',
};

type Wire = Readonly<Record<string, unknown>>;

const wireName = (name: string): string =>
  IRREGULAR[name] ??
  name.replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]+$|^[A-Z]/, (acronym) => acronym.toLowerCase());

const isWire = (value: unknown): value is Wire =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function structOf(type: string, wire: Wire): Record<string, unknown> {
  const fields = (STRUCTS[type] ?? '').split(' ');
  return Object.fromEntries(
    fields.map((field): [string, unknown] => {
      const [, name = '', mark = '', struct = ''] = /^(\w+)([!#?]|:(?:\*|\[\])?)?(\w*)$/.exec(field) ?? [];
      return [name, fieldOf(mark, struct, wire[wireName(name)])];
    }),
  );
}

function fieldOf(mark: string, struct: string, value: unknown): unknown {
  switch (mark) {
    case '':
      return value ?? '';
    case '!':
      return value ?? false;
    case '#':
      return value ?? 0;
    case ':':
      return structOf(struct, isWire(value) ? value : {});
    case ':*':
      return isWire(value) ? structOf(struct, value) : null;
    case ':[]':
      return Array.isArray(value) ? value.map((item) => structOf(struct, isWire(item) ? item : {})) : null;
    default:
      return value ?? null;
  }
}

/**
 * The lines upstream compares when it shows what an update of a Pod may not change: its internal struct as indented JSON.
 * Structs that are not in the table keep the names they have on the wire.
 */
export function internalDump(spec: PodSpec): string[] {
  const { securityContext, hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers } = spec;
  // Internally the Pod's namespaces of the host are part of its security context.
  const wire = {
    ...spec,
    securityContext: { ...securityContext, hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers },
  };
  return JSON.stringify(structOf('PodSpec', wire), undefined, 2)
    .replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`)
    .split('\n');
}
