import { z } from 'zod';
import { LocalizedText, Locale } from '../contract/text.ts';
import type { ImageSpec } from '../images/image-schema.ts';
import { CheckSpec, ObjectCheck } from './check-schema.ts';

const Id = z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'lower case letters, digits and dashes');
const Points = z.number().int().min(0).max(100);

export const HintSpec = z.strictObject({ cost: Points, text: LocalizedText });

export const TaskSpec = z.strictObject({
  id: Id,
  title: LocalizedText,
  weight: z.number().int().min(1).max(100),
  /** Tasks or questions of the same step that come first. */
  needs: z.array(Id).default([]),
  check: CheckSpec,
  hints: z.array(HintSpec).default([]),
});
export type TaskSpec = z.infer<typeof TaskSpec>;

const Option = z.strictObject({
  id: Id,
  text: LocalizedText,
  correct: z.boolean().default(false),
  explanation: LocalizedText,
});

export const QuestionSpec = z.strictObject({
  id: Id,
  /** A prediction is answered before its consequence can be seen. */
  purpose: z.enum(['prediction', 'quiz']),
  kind: z.enum(['one', 'many', 'number']),
  question: LocalizedText,
  weight: z.number().int().min(0).max(100),
  options: z.array(Option).default([]),
  /** The right answer of a number question. */
  number: z
    .strictObject({ value: z.number(), tolerance: z.number().min(0).default(0), explanation: LocalizedText })
    .optional(),
});
export type QuestionSpec = z.infer<typeof QuestionSpec>;

export const StepSpec = z.strictObject({
  id: Id,
  title: LocalizedText,
  tasks: z.array(TaskSpec).default([]),
  questions: z.array(QuestionSpec).default([]),
});
export type StepSpec = z.infer<typeof StepSpec>;

/** `lab.yaml`. The texts of steps and debriefs are files: `text/<locale>/<step>.md`, `<step>.debrief.md`, `debrief.md`. */
export const LabSpec = z.strictObject({
  apiVersion: z.literal('leme/v1'),
  kind: z.literal('Lab'),
  metadata: z.strictObject({
    id: Id,
    version: z.string().regex(/^\d+\.\d+\.\d+$/, 'a version such as 1.0.0'),
    track: Id,
    /** Place within the track. */
    order: z.number().int(),
    title: LocalizedText,
    summary: LocalizedText,
    objectives: z.array(LocalizedText).min(1),
    concepts: z.array(z.string()).min(1),
    difficulty: z.enum(['introductory', 'intermediate', 'advanced']),
    minutes: z.number().int().min(1).max(240),
    prerequisites: z.array(Id).default([]),
    tags: z.array(z.string()).default([]),
    chapter: z.string(),
    examDomains: z.array(z.string()).default([]),
    authors: z.array(z.string()).min(1),
    licence: z.string(),
    locales: z.array(Locale).min(1),
    minAppVersion: z.string(),
  }),
  start: z.strictObject({
    topology: z.string(),
    kubernetesVersion: z.string(),
    seed: z.string(),
    /** Virtual start time, RFC 3339. */
    time: z.iso.datetime(),
    /** Files below `setup/`, applied in order before the learner begins. */
    manifests: z
      .array(z.string().regex(/^setup\/[\w.-]+\.ya?ml$/, 'a manifest is setup/<name>.yaml'))
      .default([]),
    /** What must hold then, before the lab is opened: the warm-up. */
    until: z.array(ObjectCheck).default([]),
  }),
  passMark: z.number().min(1).max(100).default(70),
  steps: z.array(StepSpec).min(1),
});
export type LabSpec = z.infer<typeof LabSpec>;

/** Markdown of one lab in one language, by step id. */
export interface LabTexts {
  readonly steps: Readonly<Record<string, { readonly text: string; readonly debrief?: string }>>;
  readonly debrief: string;
}

/** A setup manifest: YAML, one or several documents. */
export interface SetupFile {
  readonly file: string;
  readonly text: string;
}

export type ObjectCheckSpec = z.infer<typeof ObjectCheck>;

/** A lab with everything needed to run it. */
export interface Lab {
  readonly spec: LabSpec;
  readonly texts: Readonly<Record<z.infer<typeof Locale>, LabTexts>>;
  /** Setup manifests, in order. */
  readonly manifests: readonly SetupFile[];
  /** Images that only this lab has. */
  readonly images: readonly ImageSpec[];
}
