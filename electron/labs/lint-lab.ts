import { compilePredicate } from '../grading/cel.ts';
import { parseLabelSelector } from '../cluster/apimachinery/label-parser.ts';
import type { CheckSpec, CheckSpecOf, ObjectQuery, RecordPattern } from '../shared/lab/check-schema.ts';
import type { LabSpec, QuestionSpec, StepSpec } from '../shared/lab/lab-schema.ts';
import type { LabProblem } from './lab-file.ts';

const NODE_PARTS = [
  'powered',
  'process',
  'unit',
  'socket',
  'file',
  'containers',
  'image',
] as const satisfies readonly (keyof CheckSpecOf<'node'>)[];

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
      compileQuery(check.query);
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
      for (const expression of [check.file?.contains, check.containers?.pod, check.containers?.name])
        if (expression !== undefined) new RegExp(expression);
      if (NODE_PARTS.every((part) => check[part] === undefined))
        throw new Error(`a node check says one of ${NODE_PARTS.join(', ')}`);
      return;
    case 'log':
      compileQuery(check.query);
      if (check.contains !== undefined) new RegExp(check.contains);
      if (check.where !== undefined) compilePredicate(check.where, 'line', 'object');
      if ((check.query === undefined) === (check.unit === undefined))
        throw new Error('a log check says query or unit');
      if (check.contains === undefined && check.where === undefined)
        throw new Error('a log check says contains or where');
      if (check.where !== undefined && check.expected === undefined)
        throw new Error('a log check with where says expected: an expression is no sentence');
      return;
    case 'temporal':
      for (const moment of [check.from, check.to]) {
        compileQuery(moment.query);
        compilePatterns(moment.record);
      }
      if (check.within === undefined && check.after === undefined)
        throw new Error('a temporal check says within or after');
      if (check.expected === undefined)
        throw new Error('a temporal check says expected: two moments are no sentence');
  }
}

function compileQuery(query: ObjectQuery | undefined): void {
  if (query?.where !== undefined) compilePredicate(query.where, 'object');
  if (query?.selector !== undefined) parseLabelSelector(query.selector);
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
