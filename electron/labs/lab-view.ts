import { score } from '../grading/score.ts';
import type { LabState, LabSummary, QuestionView, StepView, TaskView } from '../shared/contract/lab.ts';
import type { LocalizedText } from '../shared/contract/text.ts';
import type { Lab, QuestionSpec, StepSpec, TaskSpec } from '../shared/lab/lab-schema.ts';
import type { StepProgress } from './attempt.ts';
import type { LabSession } from './lab-session.ts';

const NOTHING: LocalizedText = { 'pt-BR': '', en: '' };
/** Of a task whose check has not begun. */
const WAITING: LocalizedText = { 'pt-BR': 'espera pelo que vem antes', en: 'waits for what comes first' };

/** What the app shows of a lab that is being worked on. Right answers leave only once given. */
export function viewLab(session: LabSession, preparing: boolean): LabState {
  const { lab, attempt } = session;
  const { metadata, passMark } = lab.spec;
  const { points, maxPoints, percent } = score(lab.spec, attempt);
  const finished = attempt.phase === 'finished';
  return {
    id: metadata.id,
    track: metadata.track,
    title: metadata.title,
    attempt: attempt.id,
    phase: preparing ? 'preparing' : attempt.phase,
    steps: lab.spec.steps.map((step) => viewStep(session, step)),
    current: attempt.current,
    points,
    maxPoints,
    score: percent,
    passMark,
    passed: percent >= passMark,
    debrief: finished ? localize(lab, (texts) => texts.debrief) : null,
  };
}

/** A lab in the list of labs. */
export function summarizeLab(lab: Lab, status: LabSummary['status'], best: number | null): LabSummary {
  const { id, track, title, summary, minutes, difficulty } = lab.spec.metadata;
  return { id, track, title, summary, minutes, difficulty, status, score: best };
}

function viewStep(session: LabSession, step: StepSpec): StepView {
  const { lab, attempt } = session;
  const progress = attempt.steps[step.id] as StepProgress;
  const hasDebrief = lab.texts.en.steps[step.id]?.debrief !== undefined;
  return {
    id: step.id,
    title: step.title,
    text: localize(lab, (texts) => texts.steps[step.id]?.text ?? ''),
    status: progress.startedAt === null ? 'locked' : progress.done ? 'done' : 'current',
    tasks: step.tasks.map((task) => viewTask(session, step, task, progress)),
    questions: step.questions.map((question) => viewQuestion(question, progress)),
    debrief:
      progress.done && hasDebrief ? localize(lab, (texts) => texts.steps[step.id]?.debrief ?? '') : null,
  };
}

function viewTask(session: LabSession, step: StepSpec, task: TaskSpec, progress: StepProgress): TaskView {
  const done = progress.tasks[task.id];
  const result = session.result(step.id, task.id);
  return {
    id: task.id,
    title: task.title,
    weight: task.weight,
    status: done?.passed === true ? 'passed' : 'open',
    credit: done?.credit ?? 0,
    expected: result?.expected ?? task.check.expected ?? NOTHING,
    actual: result?.actual ?? WAITING,
    needs: task.needs,
    hints: task.hints.map((hint, index) => ({
      cost: hint.cost,
      text: done?.hints.includes(index) === true ? hint.text : null,
    })),
  };
}

function viewQuestion(question: QuestionSpec, progress: StepProgress): QuestionView {
  const given = progress.questions[question.id] ?? { answer: [], credit: null };
  const answered = given.credit !== null;
  return {
    id: question.id,
    purpose: question.purpose,
    kind: question.kind,
    question: question.question,
    weight: question.weight,
    options: question.options.map((option) => ({
      id: option.id,
      text: option.text,
      correct: answered ? option.correct : null,
      explanation: answered ? option.explanation : null,
    })),
    answer: given.answer,
    correct: answered ? given.credit === 1 : null,
    explanation: answered ? (question.number?.explanation ?? null) : null,
  };
}

function localize(lab: Lab, pick: (texts: Lab['texts']['en']) => string): LocalizedText {
  return { 'pt-BR': pick(lab.texts['pt-BR']), en: pick(lab.texts.en) };
}
