import { fieldErrorMessage } from '../../apimachinery/validation/field-error.ts';
import { decodeConfiguration } from './decode.ts';
import type { LeaderElectionFlags } from './defaults.ts';
import { withConfigurationDefaults } from './defaults.ts';
import type { SchedulerConfiguration } from './interface.ts';
import { SchedulerConfigurationError } from './interface.ts';
import { validateConfiguration } from './validation.ts';

/**
 * Reads, defaults and validates a configuration file. Models LoadConfigFromFile and ValidateKubeSchedulerConfiguration
 * (v1.34). @throws SchedulerConfigurationError
 */
export function loadConfiguration(text: string, flags: LeaderElectionFlags = {}): SchedulerConfiguration {
  const file = decodeConfiguration(text);
  if ((file.extenders ?? []).some(({ urlPrefix = '' }) => urlPrefix !== ''))
    throw new SchedulerConfigurationError('extenders are not modelled');
  const config = withConfigurationDefaults(file, flags);
  const errors = [...new Set(validateConfiguration(file, config).map(fieldErrorMessage))];
  if (errors.length > 0)
    throw new SchedulerConfigurationError(errors.length === 1 ? errors.join('') : `[${errors.join(', ')}]`);
  return config;
}
