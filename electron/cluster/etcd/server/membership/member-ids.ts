import { sha1 } from '@noble/hashes/legacy.js';
import { byteStringToBytes, utf8ToByteString } from '../../../../base/byte-string.ts';
import type { Uint64 } from '../../client/interface.ts';
import { compareIds } from '../../../raft/ids.ts';

/**
 * The id of a member, made of its peer URLs. `salt` is the cluster's token for members of the first configuration,
 * and the second in which it is added (Unix time) for later ones. Models membership.NewMember.
 */
export function memberIdOf(peerUrls: readonly string[], salt: string): Uint64 {
  return firstEight([...peerUrls].sort().join('') + salt);
}

/** The id of a cluster, made of the ids of its first members. Models RaftCluster.genID. */
export function clusterIdOf(memberIds: readonly Uint64[]): Uint64 {
  const bytes = new Uint8Array(memberIds.length * 8);
  const view = new DataView(bytes.buffer);
  [...memberIds].sort(compareIds).forEach((id, index) => view.setBigUint64(index * 8, BigInt(id)));
  return eight(sha1(bytes));
}

function firstEight(text: string): Uint64 {
  return eight(sha1(byteStringToBytes(utf8ToByteString(text))));
}

function eight(digest: Uint8Array): Uint64 {
  return String(new DataView(digest.buffer, digest.byteOffset).getBigUint64(0));
}
