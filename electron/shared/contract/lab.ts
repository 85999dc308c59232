import { z } from 'zod';
import { LocalizedText } from './text.ts';

export const LabSummary = z.object({
  id: z.string(),
  track: z.string(),
  title: LocalizedText,
  summary: LocalizedText,
  minutes: z.number(),
  difficulty: z.enum(['introductory', 'intermediate', 'advanced']),
  status: z.enum(['not-started', 'in-progress', 'finished']),
  /** Best score so far, 0 to 100; null before the first finish. */
  score: z.number().nullable(),
});
export type LabSummary = z.infer<typeof LabSummary>;

export const HintView = z.object({
  /** Points it costs to open. */
  cost: z.number(),
  /** Null until opened. */
  text: LocalizedText.nullable(),
});

export const TaskView = z.object({
  id: z.string(),
  title: LocalizedText,
  weight: z.number(),
  status: z.enum(['open', 'passed', 'failed']),
  /** 0 to 1. */
  credit: z.number(),
  expected: LocalizedText,
  actual: LocalizedText,
  /** Ids of tasks or predictions that come first. */
  needs: z.array(z.string()),
  hints: z.array(HintView),
});
export type TaskView = z.infer<typeof TaskView>;

export const QuestionView = z.object({
  id: z.string(),
  /** A prediction comes before its consequence; a quiz asks about what was seen. */
  purpose: z.enum(['prediction', 'quiz']),
  kind: z.enum(['one', 'many', 'number']),
  question: LocalizedText,
  weight: z.number(),
  options: z.array(
    z.object({
      id: z.string(),
      text: LocalizedText,
      /** Null until answered. */
      correct: z.boolean().nullable(),
      explanation: LocalizedText.nullable(),
    }),
  ),
  /** Chosen option ids, or the number as text; empty until answered. */
  answer: z.array(z.string()),
  correct: z.boolean().nullable(),
  /** Shown with the answer of a number question. */
  explanation: LocalizedText.nullable(),
});
export type QuestionView = z.infer<typeof QuestionView>;

export const StepView = z.object({
  id: z.string(),
  title: LocalizedText,
  /** Markdown. */
  text: LocalizedText,
  status: z.enum(['locked', 'current', 'done']),
  tasks: z.array(TaskView),
  questions: z.array(QuestionView),
  /** Markdown; null until the step is done. */
  debrief: LocalizedText.nullable(),
});
export type StepView = z.infer<typeof StepView>;

export const LabState = z.object({
  id: z.string(),
  track: z.string(),
  title: LocalizedText,
  attempt: z.string(),
  /** `preparing` while the start state is being built. */
  phase: z.enum(['preparing', 'running', 'finished']),
  steps: z.array(StepView),
  /** Index of the step that is being worked on. */
  current: z.number(),
  points: z.number(),
  maxPoints: z.number(),
  /** 0 to 100. */
  score: z.number(),
  passMark: z.number(),
  passed: z.boolean(),
  /** Markdown; null until finished. */
  debrief: LocalizedText.nullable(),
});
export type LabState = z.infer<typeof LabState>;
