import type { RestoredMember } from './membership.ts';

const NEVER = '0001-01-01T00:00:00Z';
const HISTORY = 1000;

interface Node {
  readonly Path: string;
  readonly CreatedIndex: number;
  readonly ModifiedIndex: number;
  readonly ExpireTime: string;
  readonly Value: string;
  readonly Children: Readonly<Record<string, Node>> | null;
}

/**
 * The v2 store with the members in it, as JSON: until 3.5 a member reads from a Raft snapshot who belongs to the cluster.
 * Models api/v2store/store.go (Save) after one AddMember each.
 */
export function v2StoreJson(members: readonly RestoredMember[]): string {
  const node = (Path: string, index: number, Children: Node['Children'], Value = ''): Node => ({
    Path,
    CreatedIndex: index,
    ModifiedIndex: index,
    ExpireTime: NEVER,
    Value,
    Children,
  });
  const children: Record<string, Node> = {};
  const events: unknown[] = [];
  members.forEach((member, at) => {
    const index = at + 1;
    const path = `/0/members/${BigInt(member.id).toString(16)}`;
    const value = JSON.stringify({ peerURLs: member.peerUrls });
    children[path.slice('/0/members/'.length)] = node(path, index, {
      raftAttributes: node(`${path}/raftAttributes`, index, null, value),
    });
    events.push({
      action: 'create',
      node: { key: `${path}/raftAttributes`, value, modifiedIndex: index, createdIndex: index },
    });
  });
  const count = members.length;
  return JSON.stringify({
    Root: node('/', 0, {
      '0': node('/0', 0, { members: node('/0/members', 1, children) }),
      '1': node('/1', 0, {}),
    }),
    WatcherHub: {
      EventHistory: {
        Queue: {
          Events: [...events, ...Array<null>(HISTORY - count).fill(null)],
          Size: count,
          Front: 0,
          Back: count,
          Capacity: HISTORY,
        },
        StartIndex: 1,
        LastIndex: count,
      },
    },
    CurrentIndex: count,
    Stats: stats(count),
    CurrentVersion: 2,
  });
}

function stats(created: number): Readonly<Record<string, number>> {
  const actions = ['gets', 'sets', 'delete', 'update', 'create', 'compareAndSwap', 'compareAndDelete'];
  const counts = actions.flatMap((action) => [
    [`${action}Success`, action === 'create' ? created : 0],
    [`${action}Fail`, 0],
  ]);
  return Object.fromEntries([...counts, ['expireCount', 0], ['watchers', 0]]) as Record<string, number>;
}
