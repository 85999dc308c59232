import type { ConfState } from '../../raft/interface.ts';
import type { SnapshotMember } from './interface.ts';

// What etcd keeps as JSON: members (membership.Member) and the Raft configuration (raftpb.ConfState). Ids are 64-bit
// numbers there, which JSON.parse would round.

export function memberToJson(member: SnapshotMember): string {
  const list = (urls: readonly string[]): string => JSON.stringify(urls);
  return (
    `{"id":${member.id},"peerURLs":${list(member.peerUrls)}` +
    (member.isLearner ? ',"isLearner":true' : '') +
    (member.name === '' ? '' : `,"name":${JSON.stringify(member.name)}`) +
    (member.clientUrls.length === 0 ? '' : `,"clientURLs":${list(member.clientUrls)}`) +
    '}'
  );
}

/** @throws SyntaxError, or TypeError when it is JSON of something else */
export function memberFromJson(json: string): SnapshotMember {
  const value = parseExact(json) as Record<string, unknown>;
  return {
    id: id(value['id']),
    peerUrls: texts(value['peerURLs']),
    isLearner: value['isLearner'] === true,
    name: typeof value['name'] === 'string' ? value['name'] : '',
    clientUrls: texts(value['clientURLs']),
  };
}

export function confStateToJson(state: ConfState): string {
  const ids = (name: string, list: readonly string[]): string =>
    list.length === 0 ? '' : `"${name}":[${list.join(',')}],`;
  return (
    '{' +
    ids('voters', state.voters) +
    ids('learners', state.learners) +
    ids('voters_outgoing', state.votersOutgoing) +
    ids('learners_next', state.learnersNext) +
    `"auto_leave":${state.autoLeave}}`
  );
}

/** @throws SyntaxError, or TypeError when it is JSON of something else */
export function confStateFromJson(json: string): ConfState {
  const value = parseExact(json) as Record<string, unknown>;
  const ids = (name: string): string[] => (value[name] === undefined ? [] : list(value[name]).map(id));
  return {
    voters: ids('voters'),
    learners: ids('learners'),
    votersOutgoing: ids('voters_outgoing'),
    learnersNext: ids('learners_next'),
    autoLeave: value['auto_leave'] === true,
  };
}

/** As JSON.parse, but integers of 16 and more digits stay text. */
function parseExact(json: string): unknown {
  const value: unknown = JSON.parse(
    json.replace(/"(?:\\.|[^"\\])*"|-?\d{16,}/g, (token) => (token.startsWith('"') ? token : `"${token}"`)),
  );
  if (typeof value !== 'object' || value === null) throw new TypeError('not an object');
  return value;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('not a list');
  return value;
}

function texts(value: unknown): string[] {
  return value === undefined || value === null ? [] : list(value).map(String);
}

function id(value: unknown): string {
  if (typeof value !== 'number' && typeof value !== 'string') throw new TypeError('not an id');
  return BigInt(value).toString();
}
