import type { KubeletConfiguration, KubeletConfigurationFile } from './interface.ts';

/** Models DefaultEvictionHard (pkg/kubelet/eviction/defaults_linux.go, v1.34). */
const EVICTION_HARD = {
  'memory.available': '100Mi',
  'nodefs.available': '10%',
  'nodefs.inodesFree': '5%',
  'imagefs.available': '15%',
  'imagefs.inodesFree': '5%',
};

/** Models defaults_windows.go beside it: Windows keeps more for itself, and its files have no inodes. */
const EVICTION_HARD_WINDOWS = {
  'memory.available': '500Mi',
  'nodefs.available': '10%',
  'imagefs.available': '15%',
};

const DEFAULTS: KubeletConfiguration = {
  staticPodPath: '',
  podLogsDir: '/var/log/pods',
  port: 10_250,
  readOnlyPort: 0,
  healthzPort: 10_248,
  clusterDomain: '',
  clusterDNS: [],
  nodeStatusUpdateFrequency: '10s',
  nodeStatusReportFrequency: '5m0s',
  nodeLeaseDurationSeconds: 40,
  nodeStatusMaxImages: 50,
  imageMinimumGCAge: '2m0s',
  imageMaximumGCAge: '0s',
  imageGCHighThresholdPercent: 85,
  imageGCLowThresholdPercent: 80,
  cgroupDriver: 'cgroupfs',
  cgroupsPerQOS: true,
  cgroupRoot: '',
  systemCgroups: '',
  hairpinMode: 'promiscuous-bridge',
  maxPods: 110,
  podPidsLimit: -1,
  podsPerCore: 0,
  maxOpenFiles: 1_000_000,
  oomScoreAdj: -999,
  eventRecordQPS: 50,
  eventBurst: 100,
  kubeAPIQPS: 50,
  kubeAPIBurst: 100,
  registryPullQPS: 5,
  registryBurst: 10,
  iptablesMasqueradeBit: 14,
  iptablesDropBit: 15,
  serializeImagePulls: true,
  evictionHard: EVICTION_HARD,
  evictionSoft: {},
  evictionSoftGracePeriod: {},
  evictionMinimumReclaim: {},
  evictionPressureTransitionPeriod: '5m0s',
  evictionMaxPodGracePeriod: 0,
  failSwapOn: true,
  memorySwap: {},
  containerLogMaxSize: '10Mi',
  containerLogMaxFiles: 5,
  containerLogMaxWorkers: 1,
  containerLogMonitorInterval: '10s',
  systemReserved: {},
  kubeReserved: {},
  systemReservedCgroup: '',
  kubeReservedCgroup: '',
  enforceNodeAllocatable: ['pods'],
  shutdownGracePeriod: '0s',
  shutdownGracePeriodCriticalPods: '0s',
  shutdownGracePeriodByPodPriority: [],
  crashLoopBackOff: {},
  registerWithTaints: [],
  registerNode: true,
  runOnce: false,
  topologyManagerPolicy: 'none',
  topologyManagerScope: 'container',
  localStorageCapacityIsolation: true,
  containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
  featureGates: {},
};

/** Fields for which what Go calls the zero value means that nothing was said. */
const ZERO_IS_UNSET: readonly (keyof KubeletConfiguration)[] = [
  'podLogsDir', 'port', 'nodeStatusUpdateFrequency', 'nodeLeaseDurationSeconds', 'imageMinimumGCAge', 'cgroupDriver',
  'hairpinMode', 'maxPods', 'maxOpenFiles', 'kubeAPIBurst', 'registryBurst', 'eventBurst', 'evictionPressureTransitionPeriod',
  'containerLogMaxSize', 'containerLogMonitorInterval', 'topologyManagerPolicy', 'topologyManagerScope', 'containerRuntimeEndpoint',
]; // prettier-ignore

const ZEROS: readonly unknown[] = ['', 0, '0', '0s'];

/** Models SetDefaults_KubeletConfiguration (pkg/kubelet/apis/config/v1beta1/defaults.go, v1.34). */
export function withDefaults(
  file: KubeletConfigurationFile,
  os: 'linux' | 'windows' = 'linux',
): KubeletConfiguration {
  const usual =
    os === 'linux'
      ? DEFAULTS
      : {
          ...DEFAULTS,
          evictionHard: EVICTION_HARD_WINDOWS,
          containerRuntimeEndpoint: 'npipe:////./pipe/containerd-containerd',
        };
  const said = Object.fromEntries(
    Object.entries(file).filter(
      ([key, value]) =>
        value !== undefined &&
        value !== null &&
        !(ZERO_IS_UNSET.includes(key as keyof KubeletConfiguration) && ZEROS.includes(value)),
    ),
  );
  const config = { ...usual, ...said } as KubeletConfiguration;
  // Told less often than looked at only when neither was said.
  const followed = file.nodeStatusReportFrequency ?? '0s';
  const reported = !ZEROS.includes(followed)
    ? followed
    : file.nodeStatusUpdateFrequency === undefined
      ? DEFAULTS.nodeStatusReportFrequency
      : config.nodeStatusUpdateFrequency;
  const merged =
    file['mergeDefaultEvictionSettings'] === true
      ? { ...usual.evictionHard, ...config.evictionHard }
      : config.evictionHard;
  return { ...config, nodeStatusReportFrequency: reported, evictionHard: merged };
}
