import { compilePredicate } from '../grading/cel.ts';
import { parseLabelSelector } from '../cluster/apimachinery/label-parser.ts';
import type { CheckSpec, RecordPattern } from '../shared/lab/check-schema.ts';
import type { LabSpec, QuestionSpec, StepSpec } from '../shared/lab/lab-schema.ts';
import type { LabProblem } from './load-lab.ts';

/** What a schema cannot say: unique ids, needs that exist, expressions that compile, questions that can be answered. */
export function lintLab(spec: LabSpec): LabProblem[] {
  const problems: LabProblem[] = [];
  const say = (where: string, message: string): void =>
    void problems.push({ file: 'lab.yaml', line: null, message: `${where}: ${message}` });
  for (const id of duplicates(spec.steps.map((step) => step.id))) say('steps', `two steps are called ${id}`);
  for (const step of spec.steps) {
    lintStep(step, say);
  }
  for (const [index, check] of spec.start.until.entries())
    attempt(
      () => compileCheck(check),
      (message) => say(`start.until[${index}]`, message),
    );
  const predictions = spec.steps
    .flatMap((step) => step.questions)
    .filter((question) => question.purpose === 'prediction');
  if (predictions.length === 0) say('steps', 'a lab asks for at least one prediction');
  return problems;
}

function lintStep(step: StepSpec, say: (where: string, message: string) => void): void {
  const ids = [...step.tasks.map((task) => task.id), ...step.questions.map((question) => question.id)];
  if (ids.length === 0) say(step.id, 'has neither a task nor a question: it could never be done');
  for (const id of duplicates(ids)) say(step.id, `two tasks or questions are called ${id}`);
  for (const task of step.tasks) {
    for (const need of task.needs)
      if (!ids.includes(need)) say(`${step.id}/${task.id}`, `needs ${need}, which is not in this step`);
    const cost = task.hints.reduce((sum, hint) => sum + hint.cost, 0);
    if (cost > task.weight)
      say(`${step.id}/${task.id}`, `hints cost ${cost}, more than the task's weight of ${task.weight}`);
    attempt(
      () => compileCheck(task.check),
      (message) => say(`${step.id}/${task.id}`, message),
    );
  }
  for (const question of step.questions)
    lintQuestion(question, (message) => say(`${step.id}/${question.id}`, message));
}

function lintQuestion(question: QuestionSpec, say: (message: string) => void): void {
  const right = question.options.filter((option) => option.correct).length;
  for (const id of duplicates(question.options.map((option) => option.id)))
    say(`two options are called ${id}`);
  if (question.kind === 'number') {
    if (question.number === undefined) say('a number question says the number');
    return;
  }
  if (question.options.length < 2) say('a choice has at least two options');
  if (question.kind === 'one' && right !== 1) say(`exactly one option is correct, not ${right}`);
  if (question.kind === 'many' && right === 0) say('at least one option is correct');
}

function compileCheck(check: CheckSpec): void {
  switch (check.kind) {
    case 'object':
    case 'history':
    case 'placement':
      if (check.query.where !== undefined) compilePredicate(check.query.where, 'object');
      if (check.query.selector !== undefined) parseLabelSelector(check.query.selector);
      if (
        check.kind === 'history' &&
        [check.sequence, check.always, check.replaced].every((part) => part === undefined)
      ) {
        throw new Error('a history check says sequence, always or replaced');
      }
      return;
    case 'cause':
      for (const pattern of [check.effect, check.because, check.notBecause]) compilePatterns(pattern);
      return;
    case 'command':
      new RegExp(check.pattern);
      return;
    case 'etcd':
      if (check.where !== undefined) compilePredicate(check.where, 'etcd', 'before');
      if (check.key?.where !== undefined) compilePredicate(check.key.where, 'kv');
      if (check.where === undefined && check.key === undefined)
        throw new Error('an etcd check says key or where');
      if (check.where !== undefined && check.expected === undefined)
        throw new Error('an etcd check with where says expected: an expression is no sentence');
      return;
    case 'node':
      if (check.file?.contains !== undefined) new RegExp(check.file.contains);
      if ([check.powered, check.process, check.file].every((part) => part === undefined))
        throw new Error('a node check says powered, process or file');
  }
}

function compilePatterns(pattern: RecordPattern | undefined): void {
  for (const field of ['actor', 'to', 'about', 'action', 'state', 'user'] as const) {
    const expression = pattern?.[field];
    if (expression !== undefined) new RegExp(expression);
  }
}

function attempt(work: () => void, say: (message: string) => void): void {
  try {
    work();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  }
}

function duplicates(ids: readonly string[]): string[] {
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}
