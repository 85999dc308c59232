import { parseGoDuration } from '../../apimachinery/duration.ts';
import type { ExtensionPoint } from '../framework/extension-points.ts';
import { extensionPoints } from '../framework/extension-points.ts';
import { takesArgs, withDefaults } from '../framework/plugin-args.ts';
import type { PointPlugins, Profile, ProfilePlugin } from '../framework/profile.ts';
import type { LeaderElection, SchedulerConfiguration } from './interface.ts';
import { SchedulerConfigurationError } from './interface.ts';
import { mergePlugins } from './merge-plugins.ts';
import type { KubeSchedulerConfiguration, KubeSchedulerProfile, PluginEntry } from './types.ts';

export const defaultSchedulerName = 'default-scheduler';

/** Leader election flags that were given on the command line; they win over the file. */
export type LeaderElectionFlags = Partial<LeaderElection>;

/** Models config/v1/defaults.go (v1.34). @throws SchedulerConfigurationError for a duration that is none */
export function withConfigurationDefaults(
  file: KubeSchedulerConfiguration,
  flags: LeaderElectionFlags = {},
): SchedulerConfiguration {
  const profiles = file.profiles === undefined || file.profiles.length === 0 ? [{}] : file.profiles;
  const fallback = profiles.length === 1 ? defaultSchedulerName : '';
  const { leaderElection: election = {}, clientConnection = {} } = file;
  return {
    profiles: profiles.map((profile) => compileProfile(profile, fallback)),
    parallelism: file.parallelism ?? 16,
    percentageOfNodesToScore: file.percentageOfNodesToScore ?? 0,
    initialBackoff: (file.podInitialBackoffSeconds ?? 1) * 1000,
    maxBackoff: (file.podMaxBackoffSeconds ?? 10) * 1000,
    leaderElection: {
      leaderElect: election.leaderElect ?? true,
      leaseDuration: milliseconds(election.leaseDuration, 15_000),
      renewDeadline: milliseconds(election.renewDeadline, 10_000),
      retryPeriod: milliseconds(election.retryPeriod, 2_000),
      resourceName: or(election.resourceName, 'kube-scheduler'),
      resourceNamespace: or(election.resourceNamespace, 'kube-system'),
      ...flags,
    },
    clientConnection: {
      kubeconfig: clientConnection.kubeconfig ?? '',
      qps: clientConnection.qps === undefined || clientConnection.qps === 0 ? 50 : clientConnection.qps,
      burst:
        clientConnection.burst === undefined || clientConnection.burst === 0 ? 100 : clientConnection.burst,
    },
  };
}

function or(text: string | undefined, fallback: string): string {
  return text === undefined || text === '' ? fallback : text;
}

function milliseconds(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = parseGoDuration(text);
  if (value === undefined)
    throw new SchedulerConfigurationError(`time: invalid duration ${JSON.stringify(text)}`);
  return value === 0 ? fallback : value;
}

/** A profile of the file over the default plugins, with every plugin's arguments beside it. */
function compileProfile(profile: KubeSchedulerProfile, fallback: string): Profile {
  const merged = mergePlugins(profile.plugins);
  const given = new Map((profile.pluginConfig ?? []).map(({ name, args }) => [name, args]));
  const compile = ({ name, weight }: PluginEntry): ProfilePlugin => {
    const args = takesArgs(name) ? withDefaults(name, given.get(name)) : given.get(name);
    return {
      name,
      ...(weight === undefined ? {} : { weight }),
      ...(args === undefined ? {} : { args }),
    };
  };
  const points: Partial<Record<ExtensionPoint, PointPlugins>> = {};
  for (const point of extensionPoints) {
    const set = merged[point];
    if (set === undefined) continue;
    points[point] = {
      enabled: (set.enabled ?? []).map(compile),
      disabled: (set.disabled ?? []).map(({ name }) => name),
    };
  }
  const { percentageOfNodesToScore: share } = profile;
  return {
    schedulerName: profile.schedulerName ?? fallback,
    plugins: (merged.multiPoint?.enabled ?? []).map(compile),
    points,
    ...(share === undefined ? {} : { percentageOfNodesToScore: share }),
  };
}
