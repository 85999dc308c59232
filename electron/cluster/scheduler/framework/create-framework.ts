import { SchedulerConfigurationError } from '../config/interface.ts';
import { Framework } from './framework.ts';
import type { Handle, PluginFactory } from './interface.ts';
import type { Profile } from './profile.ts';

export type Registry = Readonly<Record<string, PluginFactory>>;

/** The framework of a profile. @throws SchedulerConfigurationError `initializing profiles: creating profile for …` */
export function createFramework(profile: Profile, registry: Registry, handle: Handle): Framework {
  try {
    return new Framework(profile, registry, handle);
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new SchedulerConfigurationError(
      `initializing profiles: creating profile for scheduler name ${profile.schedulerName}: ${why}`,
      { cause: error },
    );
  }
}

/** Whether the profiles can run; nothing of what is made for it is used. @throws SchedulerConfigurationError */
export function checkProfiles(profiles: readonly Profile[], registry: Registry): void {
  for (const profile of profiles) createFramework(profile, registry, unusedHandle);
}

const none = (): undefined => undefined;
const unusedHandle = { objects: { volumes: {} }, images: none, nodes: () => [] } as unknown as Handle;
