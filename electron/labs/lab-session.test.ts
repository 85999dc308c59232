import { describe, expect, it } from 'vitest';
import { FakeClusterView, testPod } from '../grading/cluster-view.testing.ts';
import type { Lab } from '../shared/lab/lab-schema.ts';
import { LabSpec } from '../shared/lab/lab-schema.ts';
import type { Attempt } from './attempt.ts';
import { LabSession } from './lab-session.ts';
import { viewLab } from './lab-view.ts';

const text = { 'pt-BR': 'texto', en: 'text' };
const pods = (count: object): object => ({
  kind: 'object',
  query: { apiVersion: 'v1', kind: 'Pod', selector: 'app=web' },
  count,
});

function testLab(): Lab {
  const spec = LabSpec.parse({
    apiVersion: 'leme/v1',
    kind: 'Lab',
    metadata: {
      id: 'test',
      version: '1.0.0',
      track: 'test',
      order: 1,
      title: text,
      summary: text,
      objectives: [text],
      concepts: ['x'],
      difficulty: 'introductory',
      minutes: 1,
      chapter: '1',
      authors: ['Leme contributors'],
      licence: 'Apache-2.0',
      locales: ['pt-BR', 'en'],
      minAppVersion: '0.1.0',
    },
    start: { topology: 'kubeadm-1-2', kubernetesVersion: 'v1.34', seed: 's', time: '2026-03-02T09:00:00Z' },
    steps: [
      {
        id: 'one',
        title: text,
        questions: [
          {
            id: 'guess',
            purpose: 'prediction',
            kind: 'one',
            question: text,
            weight: 2,
            options: [
              { id: 'right', text, correct: true, explanation: text },
              { id: 'wrong', text, explanation: text },
            ],
          },
        ],
        tasks: [
          {
            id: 'two-pods',
            title: text,
            weight: 6,
            needs: ['guess'],
            check: pods({ equals: 2 }),
            hints: [{ cost: 1, text }],
          },
        ],
      },
      {
        id: 'two',
        title: text,
        tasks: [{ id: 'used', title: text, weight: 2, check: { kind: 'command', pattern: 'kubectl' } }],
      },
    ],
  });
  const texts = { steps: { one: { text: 'a', debrief: 'd' }, two: { text: 'b' } }, debrief: 'end' };
  return { spec, texts: { 'pt-BR': texts, en: texts }, manifests: [], images: [] };
}

function open(
  cluster = new FakeClusterView(),
  attempt?: Attempt,
): { session: LabSession; cluster: FakeClusterView } {
  const session = new LabSession({ lab: testLab(), cluster, now: () => 1000, attempt, attemptId: 'a1' });
  return { session, cluster };
}

describe('LabSession', () => {
  it('passes tasks as the state changes, unlocks the next step, finishes and scores', () => {
    const { session, cluster } = open();
    session.answer('one', 'guess', ['right']);
    cluster.put(testPod('a'));
    session.evaluate();
    expect(viewLab(session, false)).toMatchObject({
      score: 50,
      steps: [{ status: 'current' }, { status: 'locked' }],
    });
    cluster.put(testPod('b'));
    session.evaluate();
    expect(viewLab(session, false)).toMatchObject({
      score: 80,
      passed: true,
      steps: [{ status: 'done', debrief: { en: 'd' } }, { status: 'current' }],
    });
    session.command('kubectl get pods', 0);
    session.evaluate();
    expect(viewLab(session, false)).toMatchObject({ phase: 'finished', score: 100, debrief: { en: 'end' } });
  });

  it('does not look at a task before what it needs is done', () => {
    const { session, cluster } = open();
    cluster.put(testPod('a'));
    cluster.put(testPod('b'));
    session.evaluate();
    expect(session.attempt.steps['one']?.tasks['two-pods']?.passed).toBe(false);
    session.answer('one', 'guess', ['wrong']);
    session.evaluate();
    expect(session.attempt.steps['one']?.tasks['two-pods']?.passed).toBe(true);
    expect(session.attempt.score).toBe(60);
  });

  it('keeps a passed task passed, and a right answer hidden until given', () => {
    const { session, cluster } = open();
    expect(viewLab(session, false).steps[0]?.questions[0]?.options.map((option) => option.correct)).toEqual([
      null,
      null,
    ]);
    session.answer('one', 'guess', ['right']);
    cluster.put(testPod('a'));
    cluster.put(testPod('b'));
    session.evaluate();
    cluster.remove(testPod('a'));
    session.evaluate();
    expect(viewLab(session, false).steps[0]?.tasks[0]).toMatchObject({ status: 'passed' });
    expect(viewLab(session, false).steps[0]?.questions[0]?.options.map((option) => option.correct)).toEqual([
      true,
      false,
    ]);
  });

  it('takes the cost of a hint, once, and not after the task has passed', () => {
    const { session, cluster } = open();
    session.openHint('one', 'two-pods', 0);
    session.openHint('one', 'two-pods', 0);
    session.answer('one', 'guess', ['right']);
    cluster.put(testPod('a'));
    cluster.put(testPod('b'));
    session.evaluate();
    expect(session.attempt.score).toBe(70);
  });

  it('refuses what cannot be: a second answer, a locked step, an unknown question', () => {
    const { session } = open();
    session.answer('one', 'guess', ['wrong']);
    expect(() => session.answer('one', 'guess', ['right'])).toThrow('question guess has been answered');
    expect(() => session.answer('one', 'none', ['x'])).toThrow('there is no question none in step one');
    expect(() => session.goTo('two')).toThrow('step two is not open yet');
  });

  it('goes on from a stored attempt', () => {
    const { session, cluster } = open();
    session.answer('one', 'guess', ['right']);
    cluster.put(testPod('a'));
    session.evaluate();
    const stored = JSON.parse(JSON.stringify(session.snapshot())) as Attempt;
    session.dispose();
    const again = open(cluster, stored).session;
    cluster.put(testPod('b'));
    again.evaluate();
    expect(again.attempt.score).toBe(80);
  });
});
