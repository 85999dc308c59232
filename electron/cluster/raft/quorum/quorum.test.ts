import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jointCommitted, jointVote } from './joint.ts';
import { majorityCommitted, majorityVote } from './majority.ts';

const ids = fc.uniqueArray(fc.integer({ min: 1, max: 9 }).map(String), { maxLength: 9 });
const indexes = fc.dictionary(fc.integer({ min: 1, max: 9 }).map(String), fc.integer({ min: 0, max: 20 }));
const ballots = fc.dictionary(fc.integer({ min: 1, max: 9 }).map(String), fc.boolean());

const acked = (record: Record<string, number>): Map<string, { match: number }> =>
  new Map(Object.entries(record).map(([id, match]) => [id, { match }]));

/** By the definition: the largest index that more than half have reached. */
function naiveCommitted(voters: readonly string[], record: Record<string, number>): number {
  if (voters.length === 0) return Infinity;
  let best = 0;
  for (let index = 0; index <= 20; index += 1)
    if (voters.filter((id) => (record[id] ?? 0) >= index).length * 2 > voters.length) best = index;
  return best;
}

/** By trying every way in which those who have not voted yet could. */
function naiveVote(voters: readonly string[], record: Record<string, boolean>): string {
  if (voters.length === 0) return 'VoteWon';
  const missing = voters.filter((id) => record[id] === undefined).length;
  const granted = voters.filter((id) => record[id] === true).length;
  const outcomes = Array.from({ length: missing + 1 }, (_, more) => (granted + more) * 2 > voters.length);
  if (outcomes.every((won) => won)) return 'VoteWon';
  return outcomes.some((won) => won) ? 'VotePending' : 'VoteLost';
}

test('majority: committed index and vote by their definitions', () => {
  fc.assert(
    fc.property(ids, indexes, ballots, (voters, record, votes) => {
      expect(majorityCommitted(voters, acked(record))).toBe(naiveCommitted(voters, record));
      expect(majorityVote(voters, new Map(Object.entries(votes)))).toBe(naiveVote(voters, votes));
    }),
    { numRuns: 2000, seed: 1 },
  );
});

test('joint: both halves, in any order, and one half twice is that half', () => {
  fc.assert(
    fc.property(ids, ids, indexes, ballots, (voters, votersOutgoing, record, votes) => {
      const map = acked(record);
      const given = new Map(Object.entries(votes));
      const config = { voters, votersOutgoing };
      const turned = { voters: votersOutgoing, votersOutgoing: voters };
      expect(jointCommitted(config, map)).toBe(
        Math.min(naiveCommitted(voters, record), naiveCommitted(votersOutgoing, record)),
      );
      expect(jointCommitted(turned, map)).toBe(jointCommitted(config, map));
      expect(jointVote(turned, given)).toBe(jointVote(config, given));
      expect(jointVote({ voters, votersOutgoing: voters }, given)).toBe(majorityVote(voters, given));
      const halves = [naiveVote(voters, votes), naiveVote(votersOutgoing, votes)];
      const expected = halves.includes('VoteLost')
        ? 'VoteLost'
        : halves.includes('VotePending')
          ? 'VotePending'
          : 'VoteWon';
      expect(jointVote(config, given)).toBe(expected);
    }),
    { numRuns: 2000, seed: 2 },
  );
});

test('nobody: an empty half never decides', () => {
  expect(majorityCommitted([], new Map())).toBe(Infinity);
  expect(majorityVote([], new Map())).toBe('VoteWon');
  expect(jointCommitted({ voters: ['1'], votersOutgoing: [] }, acked({ 1: 7 }))).toBe(7);
});

test('half of four is no majority', () => {
  expect(majorityCommitted(['1', '2', '3', '4'], acked({ 1: 9, 2: 9, 3: 1 }))).toBe(1);
  expect(
    majorityVote(
      ['1', '2', '3', '4'],
      new Map([
        ['1', true],
        ['2', true],
        ['3', false],
        ['4', false],
      ]),
    ),
  ).toBe('VoteLost');
});
