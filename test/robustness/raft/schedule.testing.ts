import { SeededRand } from '../../../electron/base/rand.ts';

/**
 * One thing that happens. What an action refers to is a number, taken modulo what there is at that moment: so any part of
 * a schedule is a schedule, and a failing one can be shortened.
 */
export type Action =
  /** Everybody ticks, works and receives, in order, this many times; `half` leaves taken Readies behind. */
  | { readonly do: 'rounds'; readonly count: number; readonly half: boolean }
  /** Leaders get writes, of which only the members of `mask` hear, for so many messages each way; then they are cut off. */
  | { readonly do: 'strand'; readonly writes: number; readonly mask: number; readonly steps: number }
  /** A new leader, if votes allow: all else is not delivered meanwhile. */
  | { readonly do: 'elect'; readonly member: number }
  /** Power failure at the members of `mask` in the middle of work; what was not synced is lost. They come back. */
  | { readonly do: 'blackout'; readonly mask: number; readonly busy: boolean }
  | { readonly do: 'tick'; readonly member: number; readonly count: number }
  /** Takes a Ready and writes it, or syncs the one that was taken, sends, applies and advances. */
  | { readonly do: 'work'; readonly member: number }
  | { readonly do: 'deliver'; readonly message: number }
  | { readonly do: 'drop'; readonly message: number }
  | { readonly do: 'duplicate'; readonly message: number }
  /** One way only. */
  | { readonly do: 'cut'; readonly from: number; readonly to: number }
  | { readonly do: 'isolate'; readonly member: number }
  /** Two groups by the bits of `mask`. */
  | { readonly do: 'split'; readonly mask: number }
  /** Leaders and the machines that were not members at the start on one side, the rest on the other. */
  | { readonly do: 'schism' }
  | { readonly do: 'heal' }
  /** Of the writes that were not synced, `keep` survive. */
  | { readonly do: 'crash'; readonly member: number; readonly keep: number }
  | { readonly do: 'restart'; readonly member: number }
  | { readonly do: 'write'; readonly member: number; readonly key: number }
  | { readonly do: 'cas'; readonly member: number; readonly key: number }
  | { readonly do: 'read'; readonly member: number; readonly key: number }
  /** Both at each member that thinks it leads. */
  | { readonly do: 'askLeaders'; readonly op: 'read' | 'write'; readonly key: number }
  | { readonly do: 'conf'; readonly kind: number; readonly first: number; readonly second: number }
  | { readonly do: 'compact'; readonly member: number; readonly keep: number }
  | { readonly do: 'transfer'; readonly to: number }
  | { readonly do: 'forget'; readonly member: number }
  | { readonly do: 'campaign'; readonly member: number };

type Kind = Action['do'];

/** Of members and of the application: drawn once per schedule. */
export interface Setting {
  readonly seed: number;
  readonly voters: number;
  readonly preVote: boolean;
  readonly checkQuorum: boolean;
  readonly stepDownOnRemoval: boolean;
  readonly maxSizePerMsg: number;
  readonly maxInflightMsgs: number;
  readonly maxCommittedSizePerReady: number;
  readonly maxUncommittedEntriesSize: number;
}

export interface Schedule {
  readonly setting: Setting;
  readonly actions: readonly Action[];
}

/** How often each kind comes, before a schedule's own taste is applied. */
const WEIGHTS: readonly (readonly [Kind, number])[] = [
  ['rounds', 8],
  ['strand', 5],
  ['elect', 6],
  ['blackout', 2],
  ['tick', 8],
  ['work', 30],
  ['deliver', 30],
  ['drop', 4],
  ['duplicate', 3],
  ['cut', 2],
  ['isolate', 3],
  ['split', 2],
  ['schism', 1],
  ['heal', 3],
  ['crash', 4],
  ['restart', 6],
  ['write', 10],
  ['cas', 4],
  ['read', 9],
  ['askLeaders', 6],
  ['conf', 3],
  ['compact', 3],
  ['transfer', 2],
  ['forget', 1],
  ['campaign', 1],
];
/** In bursts: one leader after another is lost in the middle of its work. */
const STORM: readonly Kind[] = [
  'strand',
  'strand',
  'elect',
  'elect',
  'elect',
  'blackout',
  'askLeaders',
  'askLeaders',
  'schism',
  'conf',
  'rounds',
  'heal',
];
/** Without them nothing moves: never left out. */
const NEEDED: ReadonlySet<Kind> = new Set([
  'rounds',
  'tick',
  'work',
  'deliver',
  'write',
  'read',
  'restart',
  'heal',
]);

/** The schedule of a seed. Each has its own taste: some kinds are left out, some come more often (swarm testing). */
export function generateSchedule(seed: number, length = 260): Schedule {
  const rand = new SeededRand(`raft schedule ${seed}`);
  const pick = <Value>(values: readonly Value[]): Value => values[rand.int(values.length)] as Value;
  const both = pick([true, true, false]);
  const setting: Setting = {
    seed,
    voters: pick([1, 2, 3, 3, 3, 4, 5]),
    preVote: both,
    checkQuorum: pick([both, both, !both]),
    stepDownOnRemoval: pick([true, false]),
    maxSizePerMsg: pick([0, 30, 60, Infinity]),
    maxInflightMsgs: pick([1, 2, 8, 256]),
    maxCommittedSizePerReady: pick([1, 40, Infinity, Infinity]),
    maxUncommittedEntriesSize: pick([0, 0, 50]),
  };
  const stormy = rand.int(3) > 0;
  const weights = WEIGHTS.map(([kind, weight]): [Kind, number] => {
    if (!NEEDED.has(kind) && rand.int(4) === 0) return [kind, 0];
    return [kind, weight * pick([0.5, 1, 1, 2])];
  });
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  const actions: Action[] = [{ do: 'rounds', count: 12, half: false }];
  while (actions.length < length) {
    if (stormy && rand.int(12) === 0) {
      for (let left = 3 + rand.int(5); left > 0; left -= 1)
        actions.push(draw(pick(STORM), rand, setting.voters));
      continue;
    }
    let point = rand.float() * total;
    const kind = (weights.find(([, weight]) => (point -= weight) < 0) ?? (['work', 0] as const))[0];
    actions.push(draw(kind, rand, setting.voters));
  }
  return { setting, actions };
}

function draw(kind: Kind, rand: SeededRand, voters: number): Action {
  // Mostly those who are members from the start.
  const other = rand.int(5) === 0 ? rand.int(6) : rand.int(voters);
  const member = rand.int(5) === 0 ? rand.int(6) : rand.int(voters);
  switch (kind) {
    case 'rounds':
      return { do: kind, count: 1 + rand.int(6), half: rand.int(3) === 0 };
    case 'strand':
      return {
        do: kind,
        writes: rand.int(3),
        mask: rand.int(3) === 0 ? 0 : rand.int(64),
        steps: 1 + rand.int(5),
      };
    case 'blackout':
      return { do: kind, mask: rand.int(2) === 0 ? 63 : rand.int(64), busy: rand.int(2) === 0 };
    case 'askLeaders':
      return { do: kind, op: rand.int(2) === 0 ? 'read' : 'write', key: rand.int(2) };
    case 'tick':
      return { do: kind, member, count: 1 + rand.int(6) };
    case 'deliver':
    case 'drop':
    case 'duplicate':
      // Mostly the oldest: mostly in order.
      return { do: kind, message: rand.int(3) === 0 ? rand.int(1000) : 0 };
    case 'cut':
      return { do: kind, from: member, to: other };
    case 'split':
      return { do: kind, mask: rand.int(64) };
    case 'heal':
    case 'schism':
      return { do: kind };
    case 'crash':
      return { do: kind, member, keep: rand.int(4) };
    case 'write':
    case 'cas':
    case 'read':
      return { do: kind, member, key: rand.int(2) };
    case 'conf':
      return { do: kind, kind: rand.int(60), first: rand.int(6), second: other };
    case 'compact':
      return { do: kind, member, keep: rand.int(4) };
    case 'transfer':
      return { do: kind, to: member };
    default:
      return { do: kind, member };
  }
}

/** `deliver message=3`. */
export function describeAction(action: Action): string {
  const { do: kind, ...fields } = action;
  return [kind, ...Object.entries(fields).map(([name, value]) => `${name}=${value}`)].join(' ');
}
