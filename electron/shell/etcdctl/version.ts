import type { Version } from './print/interface.ts';

/** What Kubernetes 1.34 ships, and the one other version whose answers can be compared with a stock client. */
const releases: Readonly<Record<Version, { readonly release: string; readonly api: string }>> = {
  '3.6': { release: '3.6.4', api: '3.6' },
  '3.4': { release: '3.4.23', api: '3.4' },
};

/** `LEME_ETCDCTL_VERSION=3.4` makes etcdctl speak and print as 3.4 does; anything else is 3.6. */
export function versionOf(env: Readonly<Record<string, string>>): Version {
  return env['LEME_ETCDCTL_VERSION'] === '3.4' ? '3.4' : '3.6';
}

export function releaseOf(version: Version): { readonly release: string; readonly api: string } {
  return releases[version];
}
