import type { Disposable } from '../base/disposable.ts';
import { DisposableStore } from '../base/disposable.ts';
import { Emitter } from '../base/event.ts';
import { gradeAnswer, refuseAnswer } from '../grading/answer.ts';
import { createCheck } from '../grading/checks/registry.ts';
import type { Check, CheckContext, CheckResult, ClusterView, CommandEntry } from '../grading/interface.ts';
import { score } from '../grading/score.ts';
import type { Lab, QuestionSpec, StepSpec, TaskSpec } from '../shared/lab/lab-schema.ts';
import type { Attempt, StepProgress, TaskProgress } from './attempt.ts';

const COMMANDS_KEPT = 1_000;

/** A refusal that the person should see; `code` is one of the contract's. */
export class LabRefusal extends Error {
  readonly code: 'NotFound' | 'AlreadyAnswered' | 'Locked' | 'BadInput';

  constructor(code: LabRefusal['code'], message: string) {
    super(message);
    this.name = 'LabRefusal';
    this.code = code;
  }
}

interface RunningTask {
  readonly step: StepSpec;
  readonly task: TaskSpec;
  readonly check: Check;
  dirty: boolean;
}

export interface LabSessionOptions {
  readonly lab: Lab;
  readonly cluster: ClusterView;
  /** Virtual time. */
  readonly now: () => number;
  /** An earlier state of the same attempt, or undefined for a new one. */
  readonly attempt: Attempt | undefined;
  readonly attemptId: string;
}

/**
 * A lab that is being worked on: which step is open, which tasks have passed, what was answered. Checks run
 * from the moment their step is unlocked; they are told of changes and asked again in `evaluate`.
 */
export class LabSession implements Disposable {
  readonly lab: Lab;
  readonly attempt: Attempt;
  readonly #cluster: ClusterView;
  readonly #now: () => number;
  readonly #running = new Map<string, RunningTask>();
  readonly #results = new Map<string, CheckResult>();
  readonly #owned = new DisposableStore();
  readonly #changed = new Emitter<void>();

  /** Something that `view` shows, or that must be stored, has changed. */
  readonly onDidChange = this.#changed.event;

  /** The cluster's time, in virtual milliseconds. */
  get time(): number {
    return this.#now();
  }

  constructor(options: LabSessionOptions) {
    this.lab = options.lab;
    this.#cluster = options.cluster;
    this.#now = options.now;
    this.attempt = options.attempt ?? newAttempt(options.lab, options.attemptId);
    const first = this.lab.spec.steps[0] as StepSpec;
    if (this.#progress(first).startedAt === null) this.#unlock(first);
    else
      for (const step of this.lab.spec.steps)
        if (this.#progress(step).startedAt !== null) this.#startChecks(step);
    this.#owned.add(
      this.#cluster.onDidChange((change) => {
        for (const running of this.#running.values()) {
          if (running.check.onChange?.(change, this.#context(running.step)) === true) running.dirty = true;
        }
      }),
    );
    this.#owned.add(
      this.#cluster.onDidChangeMachines(() => {
        for (const running of this.#running.values())
          if (running.check.onMachines?.() === true) running.dirty = true;
      }),
    );
    if (this.#cluster.etcd !== undefined)
      this.#owned.add(
        this.#cluster.etcd.onDidChange(() => {
          for (const running of this.#running.values())
            if (running.check.onEtcd?.(this.#context(running.step)) === true) running.dirty = true;
        }),
      );
  }

  /** Result of a task's check as last evaluated. */
  result(step: string, task: string): CheckResult | undefined {
    return this.#results.get(`${step}/${task}`);
  }

  /** Asks the checks whose ground has moved. True when something changed. */
  evaluate(): boolean {
    let changed = false;
    for (const [key, running] of this.#running) {
      const { step, task, check } = running;
      const context = this.#context(step);
      if (check.onRecords?.(context) === true) running.dirty = true;
      if (!running.dirty) continue;
      running.dirty = false;
      if (this.#take(step, task, check.evaluate(context))) changed = true;
      if (this.#task(step, task).passed) this.#running.delete(key);
    }
    if (changed) this.#settle();
    return changed;
  }

  command(line: string, exit: number): void {
    const entry: CommandEntry = { line, exit, time: this.#now() };
    for (const step of this.lab.spec.steps) {
      const progress = this.#progress(step);
      if (progress.startedAt === null || progress.done) continue;
      progress.commands.push({ ...entry });
      if (progress.commands.length > COMMANDS_KEPT) progress.commands.shift();
    }
    for (const running of this.#running.values())
      if (running.check.onCommand?.(entry) === true) running.dirty = true;
    this.#changed.fire();
  }

  answer(stepId: string, questionId: string, answer: readonly string[]): void {
    const step = this.#step(stepId);
    const question = step.questions.find((candidate) => candidate.id === questionId);
    if (question === undefined)
      throw new LabRefusal('NotFound', `there is no question ${questionId} in step ${stepId}`);
    const progress = this.#progress(step);
    if (progress.startedAt === null) throw new LabRefusal('Locked', `step ${stepId} is not open yet`);
    const answered = progress.questions[questionId];
    if (answered?.credit !== null && answered?.credit !== undefined) {
      throw new LabRefusal('AlreadyAnswered', `question ${questionId} has been answered`);
    }
    const refusal = refuseAnswer(question, answer);
    if (refusal !== undefined) throw new LabRefusal('BadInput', refusal);
    progress.questions[questionId] = { answer: [...answer], credit: gradeAnswer(question, answer) };
    this.#settle();
  }

  openHint(stepId: string, taskId: string, hint: number): void {
    const step = this.#step(stepId);
    const task = step.tasks.find((candidate) => candidate.id === taskId);
    if (task?.hints[hint] === undefined)
      throw new LabRefusal('NotFound', `there is no hint ${hint} for ${stepId}/${taskId}`);
    const { hints, passed } = this.#task(step, task);
    // A hint after the fact costs nothing.
    if (!hints.includes(hint) && !passed) hints.push(hint);
    this.#settle();
  }

  goTo(stepId: string): void {
    const step = this.#step(stepId);
    if (this.#progress(step).startedAt === null)
      throw new LabRefusal('Locked', `step ${stepId} is not open yet`);
    this.attempt.current = this.lab.spec.steps.indexOf(step);
    this.#changed.fire();
  }

  /** The attempt as it must be stored now, checks included. */
  snapshot(): Attempt {
    for (const { step, task, check } of this.#running.values())
      this.#task(step, task).check = check.state?.() ?? null;
    return structuredClone(this.attempt);
  }

  needsAreMet(stepId: string, taskId: string): boolean {
    const step = this.#step(stepId);
    const task = step.tasks.find((candidate) => candidate.id === taskId);
    return task !== undefined && this.#needsAreMet(step, task);
  }

  dispose(): void {
    this.#owned.dispose();
    this.#changed.dispose();
    this.#running.clear();
  }

  #take(step: StepSpec, task: TaskSpec, result: CheckResult): boolean {
    const key = `${step.id}/${task.id}`;
    const progress = this.#task(step, task);
    const changed =
      progress.credit !== result.credit || JSON.stringify(result) !== JSON.stringify(this.#results.get(key));
    this.#results.set(key, result);
    progress.credit = result.credit;
    if (result.credit >= 1) {
      progress.passed = true;
      progress.passedAt = this.#now();
    }
    return changed;
  }

  /** Tasks that waited for others begin; steps that are complete open the next one; the last one finishes the attempt. */
  #settle(): void {
    for (const step of this.lab.spec.steps)
      if (this.#progress(step).startedAt !== null) this.#startChecks(step);
    this.lab.spec.steps.forEach((step, index) => {
      const progress = this.#progress(step);
      if (progress.startedAt === null || progress.done) return;
      const tasksPassed = step.tasks.every((task) => this.#task(step, task).passed);
      const answered = step.questions.every(
        (question) => (progress.questions[question.id]?.credit ?? null) !== null,
      );
      if (!tasksPassed || !answered) return;
      progress.done = true;
      const next = this.lab.spec.steps[index + 1];
      if (next === undefined) this.attempt.phase = 'finished';
      else this.#unlock(next);
    });
    this.attempt.score = score(this.lab.spec, this.attempt).percent;
    this.#changed.fire();
  }

  #unlock(step: StepSpec): void {
    this.#progress(step).startedAt = this.#now();
    this.#startChecks(step);
  }

  /** A check looks at what happens from the moment its task is open: unlocked, and all that it needs done. */
  #startChecks(step: StepSpec): void {
    for (const task of step.tasks) {
      const key = `${step.id}/${task.id}`;
      const progress = this.#task(step, task);
      if (
        this.#running.has(key) ||
        (progress.passed && this.#results.has(key)) ||
        !this.#needsAreMet(step, task)
      )
        continue;
      const context = this.#context(step);
      const check = createCheck(task.check, context, progress.check ?? undefined);
      this.#results.set(key, check.evaluate(context));
      if (!progress.passed) this.#running.set(key, { step, task, check, dirty: true });
    }
  }

  #needsAreMet(step: StepSpec, task: TaskSpec): boolean {
    const { tasks, questions } = this.#progress(step);
    return task.needs.every(
      (need) => tasks[need]?.passed === true || (questions[need]?.credit ?? null) !== null,
    );
  }

  #context(step: StepSpec): CheckContext {
    return { cluster: this.#cluster, commands: this.#progress(step).commands };
  }

  #step(id: string): StepSpec {
    const step = this.lab.spec.steps.find((candidate) => candidate.id === id);
    if (step === undefined) throw new LabRefusal('NotFound', `there is no step ${id}`);
    return step;
  }

  #progress(step: StepSpec): StepProgress {
    return this.attempt.steps[step.id] as StepProgress;
  }

  #task(step: StepSpec, task: TaskSpec): TaskProgress {
    return this.#progress(step).tasks[task.id] as TaskProgress;
  }
}

function newAttempt(lab: Lab, id: string): Attempt {
  const task = (): TaskProgress => ({ credit: 0, passed: false, passedAt: null, hints: [], check: null });
  const byId = <S extends { id: string }, T>(specs: readonly S[], make: (spec: S) => T): Record<string, T> =>
    Object.fromEntries(specs.map((spec) => [spec.id, make(spec)]));
  return {
    id,
    labId: lab.spec.metadata.id,
    labVersion: lab.spec.metadata.version,
    seed: lab.spec.start.seed,
    phase: 'running',
    current: 0,
    score: 0,
    steps: byId(lab.spec.steps, (step) => ({
      startedAt: null,
      done: false,
      tasks: byId(step.tasks, task),
      questions: byId(step.questions, (_question: QuestionSpec) => ({ answer: [], credit: null })),
      commands: [],
    })),
  };
}
