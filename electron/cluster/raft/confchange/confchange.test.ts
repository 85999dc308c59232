import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeConfig } from '../describe-config.ts';
import type { ConfChangeV2, ConfState } from '../interface.ts';
import { EMPTY_CONFIG, ProgressTracker } from '../tracker/progress-tracker.ts';
import { type ChangedConfig, Changer } from './changer.ts';
import { restoreConfig } from './restore.ts';

type Changes = ConfChangeV2['changes'];

const v = (...ids: number[]): Changes => ids.map((id) => ({ type: 'AddNode', nodeId: `${id}` }));
const l = (...ids: number[]): Changes => ids.map((id) => ({ type: 'AddLearnerNode', nodeId: `${id}` }));
const r = (...ids: number[]): Changes => ids.map((id) => ({ type: 'RemoveNode', nodeId: `${id}` }));

/** A tracker to which steps are applied one after the other. */
class Steps {
  readonly tracker = new ProgressTracker(8, 0);

  constructor(...voters: number[]) {
    for (const id of voters) this.simple(v(id));
  }

  simple(changes: Changes): string {
    return this.#apply((changer) => changer.simple(changes));
  }

  enter(changes: Changes, autoLeave = false): string {
    return this.#apply((changer) => changer.enterJoint(autoLeave, changes));
  }

  leave(): string {
    return this.#apply((changer) => changer.leaveJoint());
  }

  #apply(step: (changer: Changer) => ChangedConfig): string {
    const { config, progress } = step(new Changer(this.tracker, 10));
    this.tracker.config = config;
    this.tracker.progress = progress;
    return `${describeConfig(config)} | ${[...progress].map(([id, { isLearner }]) => (isLearner ? `${id}l` : id)).join(' ')}`;
  }
}

test('one voter at a time', () => {
  const steps = new Steps(1, 2);
  expect(steps.simple(v(3))).toBe('voters=(1 2 3) | 1 2 3');
  expect(steps.simple(l(4))).toBe('voters=(1 2 3) learners=(4) | 1 2 3 4l');
  expect(steps.simple(v(4))).toBe('voters=(1 2 3 4) | 1 2 3 4');
  expect(steps.simple(l(4))).toBe('voters=(1 2 3) learners=(4) | 1 2 3 4l');
  expect(steps.simple(r(4))).toBe('voters=(1 2 3) | 1 2 3');
  expect(steps.simple(r(9))).toBe('voters=(1 2 3) | 1 2 3');
  expect(steps.simple([{ type: 'UpdateNode', nodeId: '2' }])).toBe('voters=(1 2 3) | 1 2 3');
  expect(steps.simple(v(10))).toBe('voters=(1 2 3 10) | 1 2 3 10');
});

test('a change with nobody in it changes nothing', () => {
  expect(new Steps(1).simple(v(0))).toBe('voters=(1) | 1');
});

test('joint: a voter that is demoted votes on in the outgoing half', () => {
  const steps = new Steps(1, 2, 3);
  expect(steps.enter([...l(3), ...v(4)])).toBe('voters=(1 2 4)&&(1 2 3) learners_next=(3) | 1 2 3 4');
  expect(steps.leave()).toBe('voters=(1 2 4) learners=(3) | 1 2 3l 4');
});

test('joint: who leaves is kept until the outgoing half goes; a learner is promoted, another comes', () => {
  const steps = new Steps(1, 2);
  steps.simple(l(5));
  expect(steps.enter([...r(1, 2), ...v(3, 5), ...l(6)], true)).toBe(
    'voters=(3 5)&&(1 2) learners=(6) autoleave | 1 2 3 5 6l',
  );
  expect(steps.leave()).toBe('voters=(3 5) learners=(6) | 3 5 6l');
});

test.each<readonly [string, (steps: Steps) => unknown]>([
  ['more than one voter changed without entering joint config', (steps) => steps.simple(v(4, 5))],
  ['more than one voter changed without entering joint config', (steps) => steps.simple([...v(4), ...r(1)])],
  ['removed all voters', (steps) => steps.simple(r(1, 2, 3))],
  ['removed all voters', (steps) => steps.enter(r(1, 2, 3))],
  ["can't leave a non-joint config", (steps) => steps.leave()],
  ['config is already joint', (steps) => [steps.enter(v(4)), steps.enter(v(5))]],
  ["can't apply simple config change in joint config", (steps) => [steps.enter(v(4)), steps.simple(v(5))]],
  ["can't make a zero-voter config joint", () => new Steps().enter(v(1))],
])('refused: %s', (text, work) => {
  const steps = new Steps(1, 2, 3);
  expect(() => work(steps)).toThrow(text);
});

test('a refused change leaves everything as it was', () => {
  const steps = new Steps(1, 2, 3);
  expect(() => steps.simple([...l(3), ...r(2, 3)])).toThrow();
  expect(describeConfig(steps.tracker.config)).toBe('voters=(1 2 3)');
  expect([...steps.tracker.progress.values()].some(({ isLearner }) => isLearner)).toBe(false);
});

/** Sets and nothing else. */
class Model {
  readonly voters = new Set<string>();
  readonly outgoing = new Set<string>();
  readonly learners = new Set<string>();
  readonly next = new Set<string>();

  apply(changes: Changes): void {
    for (const { type, nodeId } of changes) {
      if (type === 'UpdateNode' || (type === 'AddLearnerNode' && this.learners.has(nodeId))) continue;
      for (const set of [this.voters, this.learners, this.next]) set.delete(nodeId);
      if (type === 'AddNode') this.voters.add(nodeId);
      else if (type === 'AddLearnerNode') (this.outgoing.has(nodeId) ? this.next : this.learners).add(nodeId);
    }
  }

  leave(): void {
    for (const id of this.next) this.learners.add(id);
    this.next.clear();
    this.outgoing.clear();
  }

  state(autoLeave: boolean): ConfState {
    const list = (set: Set<string>): string[] => [...set].sort((a, b) => Number(a) - Number(b));
    return {
      voters: list(this.voters),
      votersOutgoing: list(this.outgoing),
      learners: list(this.learners),
      learnersNext: list(this.next),
      autoLeave,
    };
  }
}

const change = fc.record({
  type: fc.constantFrom(
    'AddNode' as const,
    'AddLearnerNode' as const,
    'RemoveNode' as const,
    'UpdateNode' as const,
  ),
  nodeId: fc.integer({ min: 1, max: 12 }).map(String),
});

test('any series of allowed steps gives what sets give, keeps its invariants, and can be restored from its ConfState', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.array(change, { minLength: 1, maxLength: 5 }), fc.boolean()), { maxLength: 12 }),
      (all) => {
        const steps = new Steps(1);
        const model = new Model();
        model.voters.add('1');
        const compare = (autoLeave: boolean): void => {
          const { config, progress } = steps.tracker;
          expect(config).toEqual(model.state(autoLeave));
          const members = new Set([...model.voters, ...model.outgoing, ...model.learners]);
          expect([...progress.keys()]).toEqual([...members].sort((a, b) => Number(a) - Number(b)));
          const restored = restoreConfig(new ProgressTracker(8, 0), config, 10);
          expect(restored.config).toEqual(config);
          expect([...restored.progress].map(([id, { isLearner }]) => [id, isLearner])).toEqual(
            [...progress].map(([id, { isLearner }]) => [id, isLearner]),
          );
        };
        for (const [changes, autoLeave] of all) {
          const trial = new Set(model.voters);
          for (const { type, nodeId } of changes)
            if (type === 'AddNode') trial.add(nodeId);
            else if (type !== 'UpdateNode') trial.delete(nodeId);
          if (trial.size === 0) {
            expect(() => steps.enter(changes)).toThrow('removed all voters');
            continue;
          }
          for (const id of model.voters) model.outgoing.add(id);
          steps.enter(changes, autoLeave);
          model.apply(changes);
          compare(autoLeave);
          steps.leave();
          model.leave();
          compare(false);
        }
      },
    ),
    { numRuns: 400, seed: 5 },
  );
});

test('simple changes one by one are a joint change of all of them', () => {
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
      const one = new Steps(1, 2, 3);
      const joint = new Steps(1, 2, 3);
      // 1 stays: there is always a voter.
      const allowed = changes.filter(({ nodeId }) => nodeId !== '1');
      for (const single of allowed) one.simple([single]);
      joint.enter(allowed);
      joint.leave();
      expect(joint.tracker.config).toEqual(one.tracker.config);
      expect([...joint.tracker.progress.keys()]).toEqual([...one.tracker.progress.keys()]);
    }),
    { numRuns: 400, seed: 6 },
  );
});

test('an empty ConfState restores to nothing', () => {
  expect(restoreConfig(new ProgressTracker(8, 0), EMPTY_CONFIG, 0).config).toEqual(EMPTY_CONFIG);
});
