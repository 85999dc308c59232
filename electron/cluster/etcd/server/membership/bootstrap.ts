import type { Context } from '../../../../base/context.ts';
import type { NetworkAccess } from '../../../network/interface.ts';
import { DialError } from '../../../network/interface.ts';
import { compareIds, hexId } from '../../../raft/ids.ts';
import { NONE } from '../../../raft/interface.ts';
import type { ConfChangeV2, Entry } from '../../../raft/interface.ts';
import type { Backend } from '../../backend/interface.ts';
import type { Member } from '../../client/cluster.ts';
import type { Uint64 } from '../../client/interface.ts';
import type { PeerFrame } from '../peers/frames.ts';
import { addressOf } from '../peers/peer-url.ts';
import type { Beginning } from '../raft/interface.ts';
import type { MemberChange } from './interface.ts';
import { parseInitialCluster } from './initial-cluster.ts';
import { clusterIdOf } from './member-ids.ts';

/** Virtual milliseconds in which another member must have answered. */
const FETCH_TIMEOUT = 1_000;

export interface BootstrapSettings {
  readonly name: string;
  /** Of `--initial-advertise-peer-urls`, sorted. */
  readonly peerUrls: readonly string[];
  readonly initialCluster: string;
  readonly initialClusterState: 'new' | 'existing';
  readonly initialClusterToken: string;
  readonly forceNewCluster: boolean;
}

interface KnownCluster {
  readonly clusterId: Uint64;
  readonly members: readonly Member[];
}

/**
 * What a member begins with: what its disk holds, or else what the flags say, after a look at the others.
 * Returns upstream's complaint as text when it cannot begin. Models server/etcdserver/bootstrap.go.
 */
export async function bootstrap(
  context: Context,
  net: NetworkAccess,
  backend: Backend,
  settings: BootstrapSettings,
): Promise<Beginning | string> {
  const { metadata } = backend.wal;
  if (metadata !== undefined) {
    if (settings.forceNewCluster) dropOthers(backend, metadata.memberId);
    return { ...metadata, initial: [], remotes: storedRemotes(backend) };
  }
  const initial = parseInitialCluster(settings.initialCluster, settings.initialClusterToken);
  if (typeof initial === 'string') return `error setting up initial cluster: ${initial}`;
  const own = initial.find(({ name }) => name === settings.name);
  if (own === undefined)
    return `couldn't find local name "${settings.name}" in the initial cluster configuration`;
  if (own.peerUrls.join() !== settings.peerUrls.join()) {
    return `--initial-cluster has ${own.name}=${own.peerUrls.join(',')} but missing from --initial-advertise-peer-urls=${settings.peerUrls.join(',')}`;
  }
  const others = initial.filter((member) => member !== own);
  const known = await fetchCluster(context, net, others);
  const beginning =
    settings.initialClusterState === 'new' ? found(initial, own, known) : joined(initial, own, known);
  if (typeof beginning === 'string') return beginning;
  const { memberId, clusterId, remotes } = beginning;
  backend.wal.create({ memberId, clusterId });
  backend.setMeta('memberId', memberId);
  backend.setMeta('clusterId', clusterId);
  backend.putInBucket('cluster', 'remotes', JSON.stringify(remotes));
  return beginning;
}

/** A cluster begins; unless it has long begun, with this member, whose data is lost. */
function found(initial: readonly Member[], own: Member, known: KnownCluster | undefined): Beginning | string {
  const before = known?.members.find(({ id }) => id === own.id);
  if (before !== undefined && before.clientUrls.length > 0) {
    return `member ${hexId(own.id)} has already been bootstrapped`;
  }
  const members = [...initial].sort((a, b) => compareIds(a.id, b.id));
  return {
    memberId: own.id,
    clusterId: clusterIdOf(members.map(({ id }) => id)),
    initial: members,
    remotes: [],
  };
}

/** This member was announced to a cluster that runs. The flags must name the same members, by their URLs. */
function joined(
  initial: readonly Member[],
  own: Member,
  known: KnownCluster | undefined,
): Beginning | string {
  if (known === undefined) {
    return 'cannot fetch cluster info from peer urls: could not retrieve cluster information from the given URLs';
  }
  if (known.members.length !== initial.length) {
    return 'error validating peerURLs: member count is unequal';
  }
  const idOf = (peerUrls: readonly string[]): Uint64 | undefined =>
    known.members.find((member) => member.peerUrls.join() === peerUrls.join())?.id;
  if (initial.some(({ peerUrls }) => idOf(peerUrls) === undefined)) {
    return 'error validating peerURLs: unmatched member while checking PeerURLs';
  }
  const memberId = idOf(own.peerUrls) as Uint64;
  return {
    memberId,
    clusterId: known.clusterId,
    initial: [],
    remotes: known.members.filter(({ id }) => id !== memberId),
  };
}

/** What the first of them that answers knows. */
async function fetchCluster(
  context: Context,
  net: NetworkAccess,
  members: readonly Member[],
): Promise<KnownCluster | undefined> {
  for (const url of members.flatMap(({ peerUrls }) => peerUrls)) {
    const cluster = await fetchFrom(context, net, url);
    if (cluster !== undefined) return cluster;
  }
  return undefined;
}

async function fetchFrom(
  context: Context,
  net: NetworkAccess,
  url: string,
): Promise<KnownCluster | undefined> {
  const address = addressOf(url);
  if (address === undefined) return undefined;
  let connection;
  try {
    connection = await net.dial(address, { protocol: 'tcp', timeout: FETCH_TIMEOUT });
  } catch (error) {
    if (error instanceof DialError) return undefined;
    throw error;
  }
  const answer = await new Promise<KnownCluster | undefined>((resolve) => {
    const timer = context.clock.setTimeout(() => resolve(undefined), FETCH_TIMEOUT);
    connection.onClose(() => resolve(undefined));
    connection.onMessage((payload) => {
      const frame = payload as PeerFrame;
      if (frame.type !== 'member-list') return;
      timer.dispose();
      resolve(frame);
    });
    connection.send({ type: 'members' } satisfies PeerFrame, {
      phase: 'request',
      summary: 'members?',
      call: 0,
    });
  });
  connection.close();
  // A member that has not begun either knows nobody.
  return answer === undefined || answer.members.length === 0 ? undefined : answer;
}

/**
 * `--force-new-cluster`: what was committed stays, what was not is dropped, and everybody else is removed as if the
 * members had agreed on it. Models createConfChangeEnts.
 */
function dropOthers(backend: Backend, memberId: Uint64): void {
  const { wal } = backend;
  const applied = Number(backend.getMeta('consistentIndex') ?? '0');
  const commit = Math.max(wal.hardState?.commit ?? 0, applied);
  const term = wal.hardState?.term ?? 1;
  const members = new Map<Uint64, Member>();
  for (const json of backend.bucket('members').values()) addTo(members, JSON.parse(json) as Member);
  for (const { index, type, data } of wal.entries()) {
    if (type !== 'ConfChange' || index <= applied || index > commit) continue;
    const { changes, context } = data as ConfChangeV2;
    const { member } = context as MemberChange;
    if (changes[0]?.type === 'RemoveNode') members.delete(member.id);
    else addTo(members, member);
  }
  members.delete(memberId);
  const changes = [...members.values()].map((member, at): Entry => {
    const context: MemberChange = { member, isPromote: false };
    const data: ConfChangeV2 = {
      transition: 'Auto',
      changes: [{ type: 'RemoveNode', nodeId: member.id }],
      context,
    };
    return { term, index: commit + 1 + at, type: 'ConfChange', data };
  });
  // With nobody to remove, what is not committed is committed by this member alone.
  wal.append(changes);
  wal.setHardState({ term, vote: wal.hardState?.vote ?? NONE, commit: commit + changes.length });
}

function addTo(members: Map<Uint64, Member>, member: Member): void {
  members.set(member.id, member);
}

function storedRemotes(backend: Backend): readonly Member[] {
  const json = backend.bucket('cluster').get('remotes');
  return json === undefined ? [] : (JSON.parse(json) as readonly Member[]);
}
