/** One task of an attempt. Once passed it stays passed. */
export interface TaskProgress {
  credit: number;
  passed: boolean;
  /** Virtual milliseconds since the Unix epoch. */
  passedAt: number | null;
  /** Indexes of opened hints. */
  hints: number[];
  /** What the running check keeps over a restart of the app. */
  check: unknown;
}

export interface QuestionProgress {
  answer: string[];
  /** 0 to 1; null until answered. */
  credit: number | null;
}

export interface StepProgress {
  /** Virtual time at which the step was unlocked; null while locked. */
  startedAt: number | null;
  done: boolean;
  tasks: Record<string, TaskProgress>;
  questions: Record<string, QuestionProgress>;
  /** Command lines since the step was unlocked. */
  commands: { line: string; exit: number; time: number }[];
}

/** One try at a lab, as it is stored. */
export interface Attempt {
  readonly id: string;
  readonly labId: string;
  readonly labVersion: string;
  readonly seed: string;
  phase: 'running' | 'finished';
  /** Step that is shown. */
  current: number;
  readonly steps: Record<string, StepProgress>;
  score: number;
}
