import type { CniResult, PluginCall, PluginHost, PluginOutput } from './interface.ts';
import { CniError } from './interface.ts';

/**
 * Runs another plugin with the same environment (`invoke.DelegateAdd`) and returns its output.
 * @throws CniError what it said, or that there is none
 */
export function delegate(
  host: PluginHost,
  plugin: string,
  call: PluginCall,
  command: string,
  stdin = call.stdin,
): PluginOutput {
  const output = host.exec(plugin, { env: { ...call.env, CNI_COMMAND: command }, stdin });
  if (output === undefined)
    throw new CniError(`failed to find plugin "${plugin}" in path [${call.env['CNI_PATH'] ?? ''}]`);
  if (output.code === 0) return output;
  const { msg, details = '' } = JSON.parse(output.stdout) as { msg: string; details?: string };
  throw new CniError(details === '' ? msg : `${msg}; ${details}`);
}

/** What ADD of another plugin printed. */
export function resultOf(output: PluginOutput): CniResult {
  const { interfaces, ips, routes } = JSON.parse(output.stdout) as CniResult;
  return {
    ...(interfaces === undefined ? {} : { interfaces }),
    ...(ips === undefined ? {} : { ips }),
    ...(routes === undefined ? {} : { routes }),
  };
}
