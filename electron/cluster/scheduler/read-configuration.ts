import { parseDuration } from '../client/component-flags.ts';
import type { FileSystem } from '../machine/interface.ts';
import type { LeaderElection, SchedulerConfiguration } from './config/interface.ts';
import { loadConfiguration } from './config/load.ts';
import { withConfigurationDefaults } from './config/defaults.ts';
import type { schedulerFlags } from './scheduler-flags.ts';

type Flags = ReturnType<typeof schedulerFlags>;

/**
 * The configuration by the command line: of a file, if one is named, in which only flags of leader election still count;
 * of flags alone otherwise. Models Options.ApplyTo of cmd/kube-scheduler/app/options (v1.34).
 * @throws SchedulerConfigurationError, or Error `open <path>: no such file or directory`
 */
export function readConfiguration(files: FileSystem, { values, isGiven }: Flags): SchedulerConfiguration {
  const given: { -readonly [K in keyof LeaderElection]?: LeaderElection[K] } = {};
  if (isGiven('leader-elect')) given.leaderElect = values['leader-elect'];
  if (isGiven('leader-elect-resource-name')) given.resourceName = values['leader-elect-resource-name'];
  if (isGiven('leader-elect-resource-namespace'))
    given.resourceNamespace = values['leader-elect-resource-namespace'];
  const times = {
    leaseDuration: 'leader-elect-lease-duration',
    renewDeadline: 'leader-elect-renew-deadline',
    retryPeriod: 'leader-elect-retry-period',
  } as const;
  for (const [field, flag] of Object.entries(times) as [keyof typeof times, (typeof times)['retryPeriod']][])
    if (isGiven(flag)) given[field] = parseDuration(flag, values[flag]);
  if (values.config !== '') return loadConfiguration(files.read(values.config), given);
  const defaults = withConfigurationDefaults({}, given);
  return {
    ...defaults,
    clientConnection: {
      kubeconfig: values.kubeconfig,
      qps: values['kube-api-qps'],
      burst: values['kube-api-burst'],
    },
  };
}
