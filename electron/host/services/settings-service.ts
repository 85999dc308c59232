import { Settings } from '../../shared/contract/session.ts';
import type { Json, Workspace } from '../../storage/interface.ts';

const KEY = 'app';

/** The learner's settings, kept in the workspace. What an older version wrote and no longer fits is left out. */
export class SettingsService {
  readonly #workspace: Workspace;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  get(): Settings {
    const stored = (this.#workspace.settings.get(KEY) ?? {}) as Record<string, unknown>;
    const known = Object.entries(stored).filter(
      ([key, value]) => Settings.partial().safeParse({ [key]: value }).success,
    );
    return Settings.parse(Object.fromEntries(known));
  }

  set(change: Partial<Settings>): Settings {
    const merged = Settings.parse({ ...this.get(), ...change });
    this.#workspace.settings.set(KEY, merged as unknown as Json);
    this.#workspace.commit();
    return merged;
  }
}
