import type { QuestionSpec } from '../shared/lab/lab-schema.ts';

/** Grades an answer: 0 to 1. `many` loses a part for each option that is missing or wrong. */
export function gradeAnswer(question: QuestionSpec, answer: readonly string[]): number {
  if (question.kind === 'number') {
    const { number } = question;
    const given = Number((answer[0] ?? '').trim().replace(',', '.'));
    if (number === undefined || answer.length !== 1 || !Number.isFinite(given)) return 0;
    return Math.abs(given - number.value) <= number.tolerance ? 1 : 0;
  }
  const right = new Set(question.options.filter((option) => option.correct).map((option) => option.id));
  const given = new Set(answer);
  if (question.kind === 'one') return given.size === 1 && right.has([...given][0] as string) ? 1 : 0;
  const wrong = question.options.filter((option) => right.has(option.id) !== given.has(option.id)).length;
  return Math.max(0, 1 - wrong / Math.max(1, right.size));
}

/** Why an answer cannot be taken at all; undefined when it can. */
export function refuseAnswer(question: QuestionSpec, answer: readonly string[]): string | undefined {
  if (question.kind === 'number') {
    const given = (answer[0] ?? '').trim().replace(',', '.');
    return answer.length === 1 && given !== '' && Number.isFinite(Number(given))
      ? undefined
      : 'a number is asked for';
  }
  const ids = new Set(question.options.map((option) => option.id));
  const unknown = answer.find((id) => !ids.has(id));
  if (unknown !== undefined) return `there is no option ${unknown}`;
  return question.kind === 'one' && answer.length !== 1 ? 'exactly one option is asked for' : undefined;
}
