import { compareIds, withId, withoutId } from '../ids.ts';
import { type ConfChangeV2, type ConfState, NONE, type RaftId } from '../interface.ts';
import { Progress } from '../tracker/progress.ts';
import { type ProgressMap, type ProgressTracker } from '../tracker/progress-tracker.ts';

type Changes = ConfChangeV2['changes'];

export interface ChangedConfig {
  readonly config: ConfState;
  readonly progress: ProgressMap;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * The steps between configurations, each checked before anything changes. Every method returns the new configuration
 * and throws where the step is not allowed: such a change must not reach the log's application.
 * Models confchange/confchange.go; the texts are upstream's.
 */
export class Changer {
  readonly #tracker: ProgressTracker;
  readonly #lastIndex: number;
  readonly #config: Mutable<ConfState>;
  #progress: ProgressMap = new Map();

  /** For one step: make a new one for the next. */
  constructor(tracker: ProgressTracker, lastIndex: number) {
    this.#tracker = tracker;
    this.#lastIndex = lastIndex;
    this.#config = { ...tracker.config };
    for (const [id, progress] of tracker.progress) this.#progress.set(id, progress.copy());
  }

  /** (1 2 3)&&() becomes (changed)&&(1 2 3). */
  enterJoint(autoLeave: boolean, changes: Changes): ChangedConfig {
    if (this.#config.votersOutgoing.length > 0) throw new Error('config is already joint');
    if (this.#config.voters.length === 0) throw new Error("can't make a zero-voter config joint");
    this.#config.votersOutgoing = this.#config.voters;
    this.#apply(changes);
    this.#config.autoLeave = autoLeave;
    return this.#changed();
  }

  /** The outgoing half goes; voters that were to become learners become learners. */
  leaveJoint(): ChangedConfig {
    const config = this.#config;
    if (config.votersOutgoing.length === 0) throw new Error("can't leave a non-joint config");
    for (const id of config.learnersNext) {
      config.learners = withId(config.learners, id);
      (this.#progress.get(id) as Progress).isLearner = true;
    }
    config.learnersNext = [];
    for (const id of config.votersOutgoing)
      if (!config.voters.includes(id) && !config.learners.includes(id)) this.#progress.delete(id);
    config.votersOutgoing = [];
    config.autoLeave = false;
    return this.#changed();
  }

  /** At most one voter comes or goes. */
  simple(changes: Changes): ChangedConfig {
    if (this.#config.votersOutgoing.length > 0)
      throw new Error("can't apply simple config change in joint config");
    const before = this.#config.voters;
    this.#apply(changes);
    const after = this.#config.voters;
    const differing =
      before.filter((id) => !after.includes(id)).length + after.filter((id) => !before.includes(id)).length;
    if (differing > 1) throw new Error('more than one voter changed without entering joint config');
    return this.#changed();
  }

  #apply(changes: Changes): void {
    for (const { type, nodeId } of changes) {
      // An application that refuses a committed change applies it with nobody's id.
      if (nodeId === NONE || type === 'UpdateNode') continue;
      if (type === 'AddNode') this.#makeVoter(nodeId);
      else if (type === 'AddLearnerNode') this.#makeLearner(nodeId);
      else this.#remove(nodeId);
    }
    if (this.#config.voters.length === 0) throw new Error('removed all voters');
  }

  #makeVoter(id: RaftId): void {
    const progress = this.#progress.get(id);
    if (progress === undefined) this.#initProgress(id, false);
    else progress.isLearner = false;
    this.#config.learners = withoutId(this.#config.learners, id);
    this.#config.learnersNext = withoutId(this.#config.learnersNext, id);
    this.#config.voters = withId(this.#config.voters, id);
  }

  #makeLearner(id: RaftId): void {
    const progress = this.#progress.get(id);
    if (progress === undefined) {
      this.#initProgress(id, true);
      this.#config.learners = withId(this.#config.learners, id);
      return;
    }
    if (progress.isLearner) return;
    this.#remove(id);
    this.#progress.set(id, progress);
    // While it still votes in the outgoing half it cannot be a learner too.
    if (this.#config.votersOutgoing.includes(id)) {
      this.#config.learnersNext = withId(this.#config.learnersNext, id);
    } else {
      progress.isLearner = true;
      this.#config.learners = withId(this.#config.learners, id);
    }
  }

  #remove(id: RaftId): void {
    if (!this.#progress.has(id)) return;
    this.#config.voters = withoutId(this.#config.voters, id);
    this.#config.learners = withoutId(this.#config.learners, id);
    this.#config.learnersNext = withoutId(this.#config.learnersNext, id);
    if (!this.#config.votersOutgoing.includes(id)) this.#progress.delete(id);
  }

  #initProgress(id: RaftId, isLearner: boolean): void {
    // Its log is most likely empty; probing at the end of ours finds out with one refusal.
    const progress = new Progress(Math.max(this.#lastIndex, 1), this.#tracker.newInflights(), isLearner);
    // Else a quorum check right after the change could fail before the newcomer had a chance to answer.
    progress.recentActive = true;
    this.#progress.set(id, progress);
  }

  #changed(): ChangedConfig {
    const { voters, votersOutgoing, learners, learnersNext } = this.#config;
    for (const id of [...voters, ...votersOutgoing, ...learners, ...learnersNext])
      if (!this.#progress.has(id)) throw new Error(`no progress for ${id}`);
    for (const id of learnersNext) {
      if (!votersOutgoing.includes(id)) throw new Error(`${id} is in LearnersNext, but not Voters[1]`);
      if (this.#progress.get(id)?.isLearner)
        throw new Error(`${id} is in LearnersNext, but is already marked as learner`);
    }
    for (const id of learners) {
      if (votersOutgoing.includes(id)) throw new Error(`${id} is in Learners and Voters[1]`);
      if (voters.includes(id)) throw new Error(`${id} is in Learners and Voters[0]`);
      if (!this.#progress.get(id)?.isLearner)
        throw new Error(`${id} is in Learners, but is not marked as learner`);
    }
    this.#progress = new Map([...this.#progress].sort(([left], [right]) => compareIds(left, right)));
    return { config: { ...this.#config }, progress: this.#progress };
  }
}
