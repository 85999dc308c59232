import type { FieldError } from '../../apimachinery/validation/field-error.ts';
import { duplicate, invalid, required } from '../../apimachinery/validation/field-error.ts';
import { isQualifiedName } from '../../apimachinery/validation/names.ts';
import type { FieldPath } from '../../apimachinery/validation/path.ts';
import { at, child } from '../../apimachinery/validation/path.ts';
import { formatGoDuration } from '../../apimachinery/duration.ts';
import { extensionPoints } from '../framework/extension-points.ts';
import type { PluginArgs } from '../framework/plugin-args.ts';
import { takesArgs, withDefaults } from '../framework/plugin-args.ts';
import { configVersion } from './types.ts';
import type { SchedulerConfiguration } from './interface.ts';
import { argsValidation } from './plugin-args-validation.ts';
import type { Extender, KubeSchedulerConfiguration, KubeSchedulerProfile, PluginSet } from './types.ts';

/** Plugins that were there once. */
const removed = ['AzureDiskLimits', 'CinderLimits', 'EBSLimits', 'GCEPDLimits'];

/**
 * What is wrong with a configuration: the file, and what it came to with defaults. Models ValidateKubeSchedulerConfiguration
 * (v1.34). Upstream lets negative weights through; here they are refused.
 */
export function validateConfiguration(
  file: KubeSchedulerConfiguration,
  config: SchedulerConfiguration,
): FieldError[] {
  const errors: FieldError[] = [];
  if (config.clientConnection.burst < 0)
    errors.push(invalid('clientConnection.burst', config.clientConnection.burst, 'must be non-negative'));
  errors.push(...leaderElection(file, config));
  if (config.parallelism <= 0)
    errors.push(invalid('parallelism', config.parallelism, 'should be an integer value greater than zero'));
  const profiles = file.profiles ?? [];
  const names = config.profiles.map(({ schedulerName }) => schedulerName);
  for (const [index, name] of names.entries()) {
    const path = at('profiles', index);
    errors.push(...validateProfile(path, name, profiles[index] ?? {}));
    const first = names.lastIndexOf(name, index - 1);
    if (index > 0 && first >= 0)
      errors.push(duplicate(child(path, 'schedulerName'), `profiles[${first}].schedulerName`));
  }
  errors.push(...commonQueueSort(profiles));
  errors.push(...percentage('percentageOfNodesToScore', config.percentageOfNodesToScore));
  const { podInitialBackoffSeconds: initial = 1, podMaxBackoffSeconds: max = 10 } = file;
  if (initial <= 0) errors.push(invalid('podInitialBackoffSeconds', initial, 'must be greater than 0'));
  if (max < initial)
    errors.push(
      invalid('podMaxBackoffSeconds', max, 'must be greater than or equal to PodInitialBackoffSeconds'),
    );
  errors.push(...validateExtenders(file.extenders ?? []));
  return errors;
}

function leaderElection(file: KubeSchedulerConfiguration, config: SchedulerConfiguration): FieldError[] {
  const { leaderElect, leaseDuration, renewDeadline, retryPeriod } = config.leaderElection;
  if (!leaderElect) return [];
  const errors: FieldError[] = [];
  const path = 'leaderElection';
  const times = { leaseDuration, renewDeadline, retryPeriod };
  for (const [name, time] of Object.entries(times))
    if (time <= 0)
      errors.push(invalid(child(path, name), formatGoDuration(time), 'must be greater than zero'));
  if (leaseDuration < renewDeadline)
    errors.push(
      invalid(
        child(path, 'leaseDuration'),
        formatGoDuration(renewDeadline),
        'LeaseDuration must be greater than RenewDeadline',
      ),
    );
  const lock = file.leaderElection?.resourceLock ?? 'leases';
  if (lock !== 'leases' && lock !== '')
    errors.push(invalid(child(path, 'resourceLock'), lock, 'resourceLock value must be "leases"'));
  return errors;
}

function percentage(path: FieldPath, value: number | undefined): FieldError[] {
  return value === undefined || (value >= 0 && value <= 100)
    ? []
    : [invalid(path, value, 'not in valid range [0-100]')];
}

function validateProfile(path: FieldPath, name: string, profile: KubeSchedulerProfile): FieldError[] {
  const errors: FieldError[] = [];
  if (name === '') errors.push(required(child(path, 'schedulerName')));
  errors.push(...percentage(child(path, 'percentageOfNodesToScore'), profile.percentageOfNodesToScore));
  for (const point of ['multiPoint', ...extensionPoints] as const) {
    const where = child(child(child(path, 'plugins'), point), 'enabled');
    for (const [index, { name: plugin, weight = 0 }] of (profile.plugins?.[point]?.enabled ?? []).entries()) {
      if (point !== 'multiPoint' && removed.includes(plugin))
        errors.push(invalid(at(where, index), plugin, wasRemoved));
      if (weight < 0)
        errors.push(invalid(child(at(where, index), 'weight'), weight, 'must be greater than or equal to 0'));
    }
  }
  const seen = new Set<string>();
  for (const [index, { name: plugin, args }] of (profile.pluginConfig ?? []).entries()) {
    const where = at(child(path, 'pluginConfig'), index);
    if (seen.has(plugin)) errors.push(duplicate(where, plugin));
    seen.add(plugin);
    if (removed.includes(plugin)) errors.push(invalid(where, plugin, wasRemoved));
    // Upstream leaves those of NodeResourcesFit to the plugin itself.
    else if (takesArgs(plugin) && plugin !== 'NodeResourcesFit')
      errors.push(...validateArgs(plugin, child(where, 'args'), args));
  }
  return errors;
}

const wasRemoved = `was invalid in version ${JSON.stringify('v1')} (KubeSchedulerConfiguration is version ${JSON.stringify(configVersion)})`;

function validateArgs<K extends keyof PluginArgs>(plugin: K, path: FieldPath, args: unknown): FieldError[] {
  return argsValidation[plugin](path, withDefaults(plugin, args));
}

function commonQueueSort(profiles: readonly KubeSchedulerProfile[]): FieldError[] {
  const errors: FieldError[] = [];
  const of = (profile: KubeSchedulerProfile | undefined): string => printed(profile?.plugins?.queueSort);
  const count = profiles[0]?.plugins?.queueSort?.enabled?.length ?? 0;
  if (count > 1)
    errors.push(
      invalid('profiles[0].plugins.queueSort.Enabled', count, 'only one queue sort plugin can be enabled'),
    );
  for (const [index, profile] of profiles.entries())
    if (of(profile) !== of(profiles[0]))
      errors.push({
        type: 'FieldValueInvalid',
        field: `profiles[${index}].plugins.queueSort`,
        body: `Invalid value: ${of(profile)}: must be the same for all profiles`,
      });
  return errors;
}

/** As Go prints the internal type. */
function printed({ enabled, disabled }: PluginSet = {}): string {
  const list = (plugins: PluginSet['enabled']): unknown =>
    plugins?.map(({ name, weight = 0 }) => ({ Name: name, Weight: weight })) ?? null;
  return JSON.stringify({ Enabled: list(enabled), Disabled: list(disabled) });
}

function validateExtenders(extenders: readonly Extender[]): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, { prioritizeVerb = '', weight = 0, managedResources = [] }] of extenders.entries()) {
    const path = at('extenders', index);
    if (prioritizeVerb !== '' && weight <= 0)
      errors.push(invalid(child(path, 'weight'), weight, 'must have a positive weight applied to it'));
    for (const [at2, { name = '' }] of managedResources.entries())
      for (const why of isQualifiedName(name))
        errors.push(invalid(child(at(child(path, 'managedResources'), at2), 'name'), name, why));
  }
  const binders = extenders.filter(({ bindVerb = '' }) => bindVerb !== '').length;
  if (binders > 1)
    errors.push(
      invalid(
        'extenders',
        `found ${binders} extenders implementing bind`,
        'only one extender can implement bind',
      ),
    );
  return errors;
}
