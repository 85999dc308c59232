import type { CniResult } from './interface.ts';

/** A result as a plugin prints it in a version of the spec: before 1.0.0 addresses name their family. */
export function resultText(result: CniResult, cniVersion: string): string {
  const old = !/^1\./.test(cniVersion);
  const ips = result.ips?.map((ip) => (old ? { version: '4', ...ip } : ip));
  return JSON.stringify(
    {
      cniVersion,
      ...(result.interfaces === undefined ? {} : { interfaces: result.interfaces }),
      ...(ips === undefined ? {} : { ips }),
      ...(result.routes === undefined || result.routes.length === 0 ? {} : { routes: result.routes }),
      dns: {},
    },
    null,
    4,
  );
}
