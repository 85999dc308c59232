import { sha1 } from '@noble/hashes/legacy.js';
import { ExitError, exitCode } from '../etcdctl/errors.ts';
import { parseUrls } from '../etcdctl/urls.ts';

export interface RestoredMember {
  /** Decimal. */
  readonly id: string;
  readonly name: string;
  readonly peerUrls: readonly string[];
}

export interface RestoredCluster {
  readonly id: string;
  /** By id, ascending. */
  readonly members: readonly RestoredMember[];
  readonly self: RestoredMember;
}

export interface ClusterFlags {
  readonly name: string;
  readonly initialCluster: string;
  readonly initialClusterToken: string;
  readonly initialAdvertisePeerUrls: string;
}

/**
 * The members of the new cluster and their ids, which follow from URLs and token alone: everyone who restores with the
 * same flags gets the same. Models membership/member.go and config.VerifyBootstrap. @throws ExitError
 */
export function clusterOf(flags: ClusterFlags): RestoredCluster {
  const fail = (text: string): ExitError => new ExitError(exitCode.error, text);
  const urls = (texts: readonly string[]): readonly string[] => {
    try {
      return parseUrls(texts);
    } catch (error) {
      throw fail((error as Error).message);
    }
  };
  const advertised = urls(flags.initialAdvertisePeerUrls.split(','));
  const byName = new Map<string, string[]>();
  for (const pair of flags.initialCluster.split(',')) {
    const at = pair.indexOf('=');
    const name = at < 0 ? pair : pair.slice(0, at);
    byName.set(name, [...(byName.get(name) ?? []), at < 0 ? '' : pair.slice(at + 1)]);
  }
  for (const [name, list] of byName) byName.set(name, [...urls(list)]);
  const own = byName.get(flags.name);
  if (own === undefined)
    throw fail(`couldn't find local name ${JSON.stringify(flags.name)} in the initial cluster configuration`);
  mustMatch(flags.name, own, advertised, fail);
  const all = [...byName.values()].flat();
  const text = [...byName]
    .flatMap(([name, list]) => list.map((url) => `${name}=${url}`))
    .sort()
    .join(',');
  if (new Set(all).size < all.length) throw fail(`initial cluster ${text} has duplicate url`);
  const members = [...byName]
    .map(([name, peerUrls]) => ({ id: memberId(peerUrls, flags.initialClusterToken), name, peerUrls }))
    .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  const self = members.find(({ name }) => name === flags.name) as RestoredMember;
  return { id: clusterId(members), members, self };
}

function mustMatch(
  name: string,
  cluster: readonly string[],
  advertised: readonly string[],
  fail: (text: string) => ExitError,
): void {
  const missing = cluster.filter((url) => !advertised.includes(url));
  const quoted = (list: readonly string[]): string => list.map((url) => JSON.stringify(url)).join(' ');
  if (missing.length > 0) {
    throw fail(
      `--initial-cluster has ${missing.map((url) => `${name}=${url}`).join(',')} but missing from ` +
        `--initial-advertise-peer-urls=${advertised.join(',')} (resolved urls: ${quoted(advertised)} != ${quoted(cluster)})`,
    );
  }
  const extra = advertised.filter((url) => !cluster.includes(url));
  if (extra.length > 0) {
    throw fail(
      `--initial-advertise-peer-urls has ${extra.join(',')} but missing from ` +
        `--initial-cluster=${advertised.map((url) => `${name}=${url}`).join(',')}`,
    );
  }
}

function memberId(peerUrls: readonly string[], token: string): string {
  return first64(new TextEncoder().encode([...peerUrls].sort().join('') + token));
}

function clusterId(members: readonly { readonly id: string }[]): string {
  const ids = new Uint8Array(members.length * 8);
  members.forEach(({ id }, index) => new DataView(ids.buffer).setBigUint64(index * 8, BigInt(id)));
  return first64(ids);
}

function first64(bytes: Uint8Array): string {
  return new DataView(sha1(bytes).buffer).getBigUint64(0).toString();
}
