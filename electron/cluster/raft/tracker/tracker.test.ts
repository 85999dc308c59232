import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Inflights } from './inflights.ts';
import { Progress } from './progress.ts';
import { EMPTY_CONFIG, ProgressTracker } from './progress-tracker.ts';

type Step = { readonly add: number } | { readonly free: number } | { readonly reset: true };

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ add: fc.integer({ min: 0, max: 9 }) }) },
    { weight: 3, arbitrary: fc.record({ free: fc.integer({ min: 0, max: 80 }) }) },
    { weight: 1, arbitrary: fc.constant({ reset: true as const }) },
  ) as fc.Arbitrary<Step>,
  { maxLength: 120 },
);

test('inflights are a list of messages, oldest first, with a limit of messages and one of bytes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 0, max: 60 }),
      steps,
      (messages, bytes, all) => {
        const inflights = new Inflights(messages, bytes);
        let model: { index: number; size: number }[] = [];
        let index = 0;
        for (const step of all) {
          const size = model.reduce((sum, each) => sum + each.size, 0);
          const full = model.length >= messages || (bytes > 0 && size >= bytes);
          expect(inflights.full()).toBe(full);
          if ('add' in step) {
            index += 1;
            if (full) {
              expect(() => inflights.add(index, step.add)).toThrow('cannot add into a full inflights');
            } else {
              inflights.add(index, step.add);
              model.push({ index, size: step.add });
            }
          } else if ('free' in step) {
            inflights.freeLE(step.free);
            model = model.filter((each) => each.index > step.free);
          } else {
            inflights.reset();
            model = [];
          }
          expect(inflights.count).toBe(model.length);
        }
      },
    ),
    { numRuns: 300, seed: 3 },
  );
});

const progressAt = (match: number, next: number): Progress => {
  const progress = new Progress(next, new Inflights(2, 0), false);
  progress.match = match;
  return progress;
};

test('a probe pauses until its answer; in Replicate a full window pauses', () => {
  const probing = progressAt(0, 5);
  probing.sentEntries(1, 10);
  expect(probing.isPaused()).toBe(true);
  expect(probing.next).toBe(5);
  probing.maybeUpdate(5);
  probing.becomeReplicate();
  expect(probing.isPaused()).toBe(false);
  probing.sentEntries(2, 10);
  expect([probing.next, probing.isPaused()]).toEqual([8, false]);
  probing.sentEntries(1, 10);
  expect([probing.next, probing.isPaused()]).toEqual([9, true]);
});

test('a refusal: old ones are told from new ones by the state', () => {
  const probing = progressAt(2, 9);
  expect(probing.maybeDecrTo(7, 3)).toBe(false);
  expect(probing.maybeDecrTo(8, 5)).toBe(true);
  expect(probing.next).toBe(6);
  expect(probing.maybeDecrTo(5, 0)).toBe(true);
  // Never at or below what is known to match.
  expect(probing.next).toBe(3);
  const replicating = progressAt(4, 5);
  replicating.becomeReplicate();
  replicating.sentEntries(3, 1);
  expect(replicating.maybeDecrTo(4, 1)).toBe(false);
  expect(replicating.maybeDecrTo(6, 1)).toBe(true);
  expect(replicating.next).toBe(5);
});

test('after a snapshot it is probed behind the snapshot, after a failed one from where it was', () => {
  const progress = progressAt(1, 3);
  progress.becomeSnapshot(10);
  expect(progress.isPaused()).toBe(true);
  expect(() => progress.sentEntries(1, 1)).toThrow('sending append in unhandled state Snapshot');
  progress.becomeProbe();
  expect([progress.state, progress.next, progress.pendingSnapshot]).toEqual(['Probe', 11, 0]);
  progress.becomeSnapshot(10);
  progress.pendingSnapshot = 0;
  progress.becomeProbe();
  expect(progress.next).toBe(2);
});

test('a commit index is told once', () => {
  const progress = progressAt(4, 5);
  progress.becomeReplicate();
  progress.sentEntries(2, 1);
  expect(progress.canBumpCommit(3)).toBe(true);
  progress.sentCommit(3);
  expect(progress.canBumpCommit(3)).toBe(false);
  expect(progress.canBumpCommit(5)).toBe(true);
  // More than it has been sent is of no use to it.
  progress.sentCommit(9);
  expect(progress.canBumpCommit(10)).toBe(false);
});

test('whatever happens, match stays below next', () => {
  const actions = fc.array(
    fc.tuple(
      fc.constantFrom('ack', 'refuse', 'sent', 'probe', 'replicate', 'snapshot'),
      fc.integer({ min: 0, max: 30 }),
      fc.integer({ min: 0, max: 30 }),
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(actions, (all) => {
      const progress = progressAt(0, 8);
      for (const [action, first, second] of all) {
        const before = progress.match;
        if (action === 'ack') progress.maybeUpdate(first);
        else if (action === 'refuse') progress.maybeDecrTo(first, second);
        else if (action === 'sent' && !progress.isPaused()) progress.sentEntries(first % 4, second);
        else if (action === 'probe') progress.becomeProbe();
        else if (action === 'replicate') progress.becomeReplicate();
        else if (action === 'snapshot') progress.becomeSnapshot(progress.match + first);
        expect(progress.match).toBeLessThan(progress.next);
        expect(progress.match).toBeGreaterThanOrEqual(before);
      }
    }),
    { numRuns: 500, seed: 4 },
  );
});

test('learners neither vote nor count as active; a second vote of a member does not count', () => {
  const tracker = new ProgressTracker(4, 0);
  tracker.config = { ...EMPTY_CONFIG, voters: ['1', '2', '3'], learners: ['4'] };
  for (const id of ['1', '2', '3', '4'])
    tracker.progress.set(id, new Progress(1, tracker.newInflights(), id === '4'));
  (tracker.progress.get('1') as Progress).recentActive = true;
  (tracker.progress.get('4') as Progress).recentActive = true;
  expect(tracker.quorumActive()).toBe(false);
  (tracker.progress.get('2') as Progress).recentActive = true;
  expect(tracker.quorumActive()).toBe(true);
  tracker.recordVote('1', true);
  tracker.recordVote('2', false);
  tracker.recordVote('2', true);
  tracker.recordVote('4', true);
  expect(tracker.tallyVotes()).toEqual({ granted: 1, rejected: 1, result: 'VotePending' });
  expect(tracker.isSingleton()).toBe(false);
});
