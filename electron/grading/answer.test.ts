import { describe, expect, it } from 'vitest';
import { QuestionSpec } from '../shared/lab/lab-schema.ts';
import { gradeAnswer, refuseAnswer } from './answer.ts';

const text = { 'pt-BR': 'x', en: 'x' };
const option = (id: string, correct: boolean): object => ({ id, text, correct, explanation: text });
const question = (kind: string, rest: object): QuestionSpec =>
  QuestionSpec.parse({ id: 'q', purpose: 'quiz', kind, question: text, weight: 1, ...rest });

describe('answers', () => {
  it('grades one of several', () => {
    const one = question('one', { options: [option('a', true), option('b', false)] });
    expect([gradeAnswer(one, ['a']), gradeAnswer(one, ['b'])]).toEqual([1, 0]);
    expect(refuseAnswer(one, ['a', 'b'])).toBe('exactly one option is asked for');
    expect(refuseAnswer(one, ['z'])).toBe('there is no option z');
  });

  it('gives part of the credit for part of several, and none for ticking everything', () => {
    const many = question('many', {
      options: [option('a', true), option('b', true), option('c', false), option('d', false)],
    });
    expect(gradeAnswer(many, ['a', 'b'])).toBe(1);
    expect(gradeAnswer(many, ['a'])).toBe(0.5);
    expect(gradeAnswer(many, ['a', 'b', 'c', 'd'])).toBe(0);
  });

  it('takes numbers in either notation, within the tolerance', () => {
    const number = question('number', { number: { value: 2.5, tolerance: 0.1, explanation: text } });
    expect([gradeAnswer(number, ['2,55']), gradeAnswer(number, ['2.7'])]).toEqual([1, 0]);
    expect(refuseAnswer(number, ['two'])).toBe('a number is asked for');
  });
});
