import type { CgroupDriver } from '../interface.ts';

/** What runc says of a cgroup that is named as the other driver wants it. Models libcontainer/specconv (v1.2). */
export function runcCgroupText(cgroup: string, driver: CgroupDriver): string {
  return driver === 'SYSTEMD'
    ? `OCI runtime create failed: runc create failed: expected cgroupsPath to be of format "slice:prefix:name" for systemd cgroups, got "${cgroup}" instead: unknown`
    : `OCI runtime create failed: runc create failed: cgroups: cgroup path "${cgroup}" is a systemd slice, the runtime manages cgroups itself: unknown`;
}

/** Whether a cgroup has the form that the driver wants: `kubepods-….slice` for systemd, a path for cgroupfs. */
export function fitsDriver(cgroup: string, driver: CgroupDriver): boolean {
  return cgroup.endsWith('.slice') === (driver === 'SYSTEMD');
}
