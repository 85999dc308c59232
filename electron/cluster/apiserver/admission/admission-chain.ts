import type { KubeObject } from '../../api/types.ts';
import { newInternalError, StatusError } from '../../apimachinery/status.ts';
import { StorageError } from '../storage/storage-error.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './interface.ts';

/** Runs the plugins in their order: first all that may change the object, later all that only judge it. */
export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[];

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.#plugins = plugins;
  }

  get names(): readonly string[] {
    return this.#plugins.map((plugin) => plugin.name);
  }

  /** The object after all mutating plugins. `verdicts` gets a line per plugin that changed, warned or refused. */
  async admit(attributes: AdmissionAttributes, object: KubeObject, verdicts: string[]): Promise<KubeObject> {
    let current = object;
    let asked = attributes;
    for (const plugin of this.#plugins) {
      if (plugin.admit === undefined || !plugin.handles(attributes)) continue;
      try {
        if (asked.object !== current) asked = { ...attributes, object: current };
        const pending = plugin.admit(asked, current);
        const next = pending instanceof Promise ? await pending : pending;
        if (next !== current) verdicts.push(`${plugin.name}: changed`);
        current = next;
      } catch (error) {
        throw refusal(plugin, error, verdicts);
      }
    }
    return current;
  }

  async validate(attributes: AdmissionAttributes, verdicts: string[]): Promise<void> {
    for (const plugin of this.#plugins) {
      if (plugin.validate === undefined || !plugin.handles(attributes)) continue;
      const warned = attributes.warnings.length;
      try {
        const pending = plugin.validate(attributes);
        if (pending instanceof Promise) await pending;
        if (attributes.warnings.length > warned) verdicts.push(`${plugin.name}: warned`);
      } catch (error) {
        throw refusal(plugin, error, verdicts);
      }
    }
  }
}

function refusal(plugin: AdmissionPlugin, error: unknown, verdicts: string[]): Error {
  // etcd out of reach is no verdict of the plugin's.
  if (error instanceof StorageError) return error;
  const status =
    error instanceof StatusError
      ? error
      : newInternalError(error instanceof Error ? error.message : String(error));
  verdicts.push(`${plugin.name}: refused`);
  return status;
}
