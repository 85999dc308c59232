import { formatGoDuration, parseGoDuration } from '../../apimachinery/duration.ts';
import type { KubeletConfiguration } from './interface.ts';

const q = (text: string): string => JSON.stringify(text);

const ENFORCEMENTS = [
  'pods', 'system-reserved', 'system-reserved-compressible', 'kube-reserved', 'kube-reserved-compressible', 'none',
]; // prettier-ignore
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function ms(text: string): number {
  return parseGoDuration(text) ?? 0;
}

/** Models ValidateKubeletConfiguration (pkg/kubelet/apis/config/validation/validation.go, v1.34): one text per mistake. */
export function validateConfiguration(kc: KubeletConfiguration): string[] {
  const errors: string[] = [];
  const say = (wrong: boolean, text: string): void =>
    void (wrong && errors.push(`invalid configuration: ${text}`));
  const outside = (value: number, from: number, to: number): boolean => value < from || value > to;
  const negative = (field: string, flag: string, value: number): void =>
    say(value < 0, `${field} (--${flag}) ${value} must not be a negative number`);

  say(kc.nodeLeaseDurationSeconds <= 0, 'nodeLeaseDurationSeconds must be greater than 0');
  say(
    kc.systemCgroups !== '' && kc.cgroupRoot === '',
    'systemCgroups (--system-cgroups) was specified and cgroupRoot (--cgroup-root) was not specified',
  );
  negative('eventBurst', 'event-burst', kc.eventBurst);
  negative('eventRecordQPS', 'event-qps', kc.eventRecordQPS);
  say(
    kc.healthzPort !== 0 && outside(kc.healthzPort, 1, 65_535),
    `healthzPort (--healthz-port) ${kc.healthzPort} must be between 1 and 65535, inclusive`,
  );
  const { imageGCHighThresholdPercent: high, imageGCLowThresholdPercent: low } = kc;
  say(
    outside(high, 0, 100),
    `imageGCHighThresholdPercent (--image-gc-high-threshold) ${high} must be between 0 and 100, inclusive`,
  );
  say(
    outside(low, 0, 100),
    `imageGCLowThresholdPercent (--image-gc-low-threshold) ${low} must be between 0 and 100, inclusive`,
  );
  say(
    low >= high,
    `imageGCLowThresholdPercent (--image-gc-low-threshold) ${low} must be less than imageGCHighThresholdPercent (--image-gc-high-threshold) ${high}`,
  );
  const [minimum, maximum] = [ms(kc.imageMinimumGCAge), ms(kc.imageMaximumGCAge)];
  say(maximum < 0, `imageMaximumGCAge ${formatGoDuration(maximum)} must not be negative`);
  say(
    maximum > 0 && maximum <= minimum,
    `imageMaximumGCAge ${formatGoDuration(maximum)} must be greater than imageMinimumGCAge ${formatGoDuration(minimum)}`,
  );
  say(
    outside(kc.iptablesDropBit, 0, 31),
    `iptablesDropBit (--iptables-drop-bit) ${kc.iptablesDropBit} must be between 0 and 31, inclusive`,
  );
  say(
    outside(kc.iptablesMasqueradeBit, 0, 31),
    `iptablesMasqueradeBit (--iptables-masquerade-bit) ${kc.iptablesMasqueradeBit} must be between 0 and 31, inclusive`,
  );
  negative('kubeAPIBurst', 'kube-api-burst', kc.kubeAPIBurst);
  negative('kubeAPIQPS', 'kube-api-qps', kc.kubeAPIQPS);
  say(
    kc.nodeStatusMaxImages < -1,
    `nodeStatusMaxImages (--node-status-max-images) ${kc.nodeStatusMaxImages} must be -1 or greater`,
  );
  negative('maxOpenFiles', 'max-open-files', kc.maxOpenFiles);
  negative('maxPods', 'max-pods', kc.maxPods);
  say(
    outside(kc.oomScoreAdj, -1000, 1000),
    `oomScoreAdj (--oom-score-adj) ${kc.oomScoreAdj} must be between -1000 and 1000, inclusive`,
  );
  negative('podsPerCore', 'pods-per-core', kc.podsPerCore);
  say(outside(kc.port, 1, 65_535), `port (--port) ${kc.port} must be between 1 and 65535, inclusive`);
  say(
    kc.readOnlyPort !== 0 && outside(kc.readOnlyPort, 1, 65_535),
    `readOnlyPort (--read-only-port) ${kc.readOnlyPort} must be between 0 and 65535, inclusive`,
  );
  negative('registryBurst', 'registry-burst', kc.registryBurst);
  negative('registryPullQPS', 'registry-qps', kc.registryPullQPS);
  const parallel = kc.maxParallelImagePulls;
  say(
    parallel !== undefined && parallel < 1,
    `maxParallelImagePulls ${String(parallel)} must be a positive number`,
  );
  say(
    kc.serializeImagePulls && (parallel ?? 1) > 1,
    'maxParallelImagePulls cannot be larger than 1 unless SerializeImagePulls (--serialize-image-pulls) is set to false',
  );
  say(kc.runOnce, 'runOnce (--runOnce) true, Runonce mode has been deprecated and should not be set');
  for (const { key, value = '', effect } of kc.registerWithTaints)
    if (!EFFECTS.includes(effect)) errors.push(`invalid taint: {${key} ${value} ${effect} <nil>}`);
  const policies = ['none', 'best-effort', 'restricted', 'single-numa-node'];
  say(
    !policies.includes(kc.topologyManagerPolicy),
    `topologyManagerPolicy (--topology-manager-policy) ${q(kc.topologyManagerPolicy)} must be one of: [${policies.map(q).join(' ')}]`,
  );
  say(
    !['container', 'pod'].includes(kc.topologyManagerScope),
    `topologyManagerScope (--topology-manager-scope) ${q(kc.topologyManagerScope)} must be one of: "container", or "pod"`,
  );
  validateShutdown(kc, say);
  const { swapBehavior = '' } = kc.memorySwap;
  say(
    !['', 'NoSwap', 'LimitedSwap'].includes(swapBehavior),
    `memorySwap.swapBehavior ${q(swapBehavior)} must be one of: "", "LimitedSwap" or "NoSwap"`,
  );
  // The gate KubeletCrashLoopBackOffMax is off unless the file says otherwise.
  const { maxContainerRestartPeriod: restart } = kc.crashLoopBackOff;
  if (kc.featureGates['KubeletCrashLoopBackOffMax'] === true) {
    say(
      restart !== undefined && outside(ms(restart), 1_000, 300_000),
      `CrashLoopBackOff.MaxContainerRestartPeriod (got: ${ms(restart ?? '') / 1000} seconds) must be set between 1s and 300s`,
    );
  } else
    say(
      restart !== undefined,
      'FeatureGate KubeletCrashLoopBackOffMax not enabled, CrashLoopBackOff.MaxContainerRestartPeriod must not be set',
    );
  validateEnforcement(kc, say);
  const modes = ['none', 'hairpin-veth', 'promiscuous-bridge'];
  say(
    !modes.includes(kc.hairpinMode),
    `option ${q(kc.hairpinMode)} specified for hairpinMode (--hairpin-mode). Valid options are "none", "hairpin-veth" or "promiscuous-bridge"`,
  );
  say(kc.containerLogMaxWorkers < 1, 'containerLogMaxWorkers must be greater than or equal to 1');
  say(
    ms(kc.containerLogMonitorInterval) < 3_000,
    'containerLogMonitorInterval must be a positive time duration greater than or equal to 3s',
  );
  say(kc.containerLogMaxFiles <= 1, 'containerLogMaxFiles must be greater than 1');
  say(!kc.podLogsDir.startsWith('/'), `pod logs path ${q(kc.podLogsDir)} must be absolute path`);
  return errors;
}

function validateShutdown(kc: KubeletConfiguration, say: (wrong: boolean, text: string) => void): void {
  const [all, critical] = [ms(kc.shutdownGracePeriod), ms(kc.shutdownGracePeriodCriticalPods)];
  const text = (value: number): string => `{${formatGoDuration(value)}}`;
  say(
    critical > all,
    `shutdownGracePeriodCriticalPods ${text(critical)} must be <= shutdownGracePeriod ${text(all)}`,
  );
  const short = (value: number): boolean => value < 0 || (value > 0 && value < 1_000);
  say(short(all), `shutdownGracePeriod ${text(all)} must be either zero or otherwise >= 1 sec`);
  say(
    short(critical),
    `shutdownGracePeriodCriticalPods ${text(critical)} must be either zero or otherwise >= 1 sec`,
  );
  say(
    kc.shutdownGracePeriodByPodPriority.length > 0 && (all > 0 || critical > 0),
    'Cannot specify both shutdownGracePeriodByPodPriority and shutdownGracePeriod at the same time',
  );
}

function validateEnforcement(kc: KubeletConfiguration, say: (wrong: boolean, text: string) => void): void {
  const seen = new Set<string>();
  const flag = 'enforceNodeAllocatable (--enforce-node-allocatable)';
  for (const value of kc.enforceNodeAllocatable) {
    if (seen.has(value)) {
      say(true, `duplicated enforcements ${q(value)} in ${flag}`);
      continue;
    }
    seen.add(value);
    if (!ENFORCEMENTS.includes(value)) {
      const valid = ENFORCEMENTS.map(q);
      say(
        true,
        `option ${q(value)} specified for ${flag}. Valid options are ${valid.slice(0, -1).join(', ')} or ${valid.at(-1) ?? ''}`,
      );
      continue;
    }
    if (value === 'none') {
      say(
        kc.enforceNodeAllocatable.length > 1,
        `${flag} may not contain additional enforcements when "none" is specified`,
      );
      continue;
    }
    for (const part of ['system', 'kube'] as const) {
      const cgroup = part === 'system' ? kc.systemReservedCgroup : kc.kubeReservedCgroup;
      say(
        value.startsWith(`${part}-reserved`) && cgroup === '',
        `${part}ReservedCgroup (--${part}-reserved-cgroup) must be specified when "${part}-reserved" or "${part}-reserved-compressible" included in ${flag}`,
      );
    }
    say(
      !kc.cgroupsPerQOS,
      `cgroupsPerQOS (--cgroups-per-qos) must be set to true when ${q(value)} contained in ${flag}`,
    );
  }
}
