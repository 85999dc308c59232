import type { LabSpec } from '../shared/lab/lab-schema.ts';

/** What a score is computed from. */
export interface Scored {
  readonly steps: Readonly<
    Record<
      string,
      {
        readonly tasks: Readonly<
          Record<string, { readonly credit: number; readonly hints: readonly number[] }>
        >;
        readonly questions: Readonly<Record<string, { readonly credit: number | null }>>;
      }
    >
  >;
}

export interface Score {
  readonly points: number;
  readonly maxPoints: number;
  /** 0 to 100, rounded down: 100 means everything. */
  readonly percent: number;
}

/** Weight times credit over all tasks and questions, less the cost of opened hints (never below 0 for a task). */
export function score(lab: LabSpec, attempt: Scored): Score {
  let points = 0;
  let maxPoints = 0;
  for (const step of lab.steps) {
    const progress = attempt.steps[step.id];
    for (const task of step.tasks) {
      const { credit = 0, hints = [] } = progress?.tasks[task.id] ?? {};
      const cost = hints.reduce((sum, hint) => sum + (task.hints[hint]?.cost ?? 0), 0);
      maxPoints += task.weight;
      points += Math.max(0, task.weight * credit - cost);
    }
    for (const question of step.questions) {
      maxPoints += question.weight;
      points += question.weight * (progress?.questions[question.id]?.credit ?? 0);
    }
  }
  return {
    points,
    maxPoints,
    percent: maxPoints === 0 ? 100 : Math.floor((points / maxPoints) * 100 + 1e-9),
  };
}
