import type { LabState, QuestionView, StepView } from '../../shared/contract/lab.ts';
import type { Locale } from '../../shared/contract/text.ts';
import type { Command, CommandIo } from '../interface.ts';
import { LabClient, LabError } from './lab-client.ts';

const WORDS = {
  en: {
    usage:
      "usage: lab [show [STEP]]\n       lab answer STEP QUESTION OPTION…\n       lab hint STEP TASK [N]\n       lab wait STEP[/TASK] [--timeout=SECONDS]   (of the cluster's time; 600)\n",
    score: 'score',
    expected: 'expected',
    actual: 'actual',
    hint: (cost: number) => `hint (costs ${cost})`,
    correct: 'correct',
    wrong: 'not correct',
    unknownStep: (step: string) => `there is no step ${step}`,
    unknownTask: (task: string) => `there is no task ${task}`,
    timedOut: (seconds: number) => `not within ${seconds} s of the cluster's time`,
  },
  'pt-BR': {
    usage:
      'uso: lab [show [PASSO]]\n     lab answer PASSO PERGUNTA OPÇÃO…\n     lab hint PASSO TAREFA [N]\n     lab wait PASSO[/TAREFA] [--timeout=SEGUNDOS]   (do tempo do cluster; 600)\n',
    score: 'pontuação',
    expected: 'esperado',
    actual: 'encontrado',
    hint: (cost: number) => `dica (custa ${cost})`,
    correct: 'correto',
    wrong: 'incorreto',
    unknownStep: (step: string) => `não existe o passo ${step}`,
    unknownTask: (task: string) => `não existe a tarefa ${task}`,
    timedOut: (seconds: number) => `não em ${seconds} s do tempo do cluster`,
  },
} as const;

function localeOf(env: Readonly<Record<string, string>>): Locale {
  return /^pt/i.test(env['LEME_LOCALE'] ?? env['LANG'] ?? '') ? 'pt-BR' : 'en';
}

/** The lab panel for those who prefer the keyboard: what to do, answers, hints; and `wait` for scripts. */
export const labCommand: Command = {
  name: 'lab',
  summary: { en: 'Show and answer the lab that is open', 'pt-BR': 'Mostra e responde o lab que está aberto' },
  run: async (io) => {
    try {
      return await runLab(io, new LabClient(io.env, io.signal));
    } catch (error) {
      if (io.signal.aborted) return 130;
      if (!(error instanceof LabError)) throw error;
      await io.stderr.write(`lab: ${error.message}\n`);
      return 1;
    }
  },
  complete: async (words, index, context) => {
    if (index === 1) return ['show', 'answer', 'hint', 'wait'];
    const state = await new LabClient(context.env, context.signal).state();
    if (index === 2) return state.steps.map((step) => step.id);
    const step = state.steps.find((candidate) => candidate.id === words[2]);
    if (step === undefined) return [];
    if (words[1] === 'hint') return index === 3 ? step.tasks.map((task) => task.id) : [];
    if (index === 3) return step.questions.map((question) => question.id);
    return (
      step.questions.find((question) => question.id === words[3])?.options.map((option) => option.id) ?? []
    );
  },
};

async function runLab(io: CommandIo, client: LabClient): Promise<number> {
  const words = WORDS[localeOf(io.env)];
  const [, verb = 'show', ...args] = io.argv;
  switch (verb) {
    case 'show':
      return show(io, await client.state(), args[0]);
    case 'answer': {
      const [step, question, ...answer] = args;
      if (step === undefined || question === undefined || answer.length === 0) break;
      await client.answer(step, question, answer);
      const state = await client.state();
      const given = state.steps.find(({ id }) => id === step)?.questions.find(({ id }) => id === question);
      if (given !== undefined) await io.stdout.write(explain(given, answer, localeOf(io.env)));
      return 0;
    }
    case 'hint': {
      const [step, task, number = '1'] = args;
      if (step === undefined || task === undefined) break;
      await client.hint(step, task, Number(number) - 1);
      const state = await client.state();
      const hint = state.steps.find(({ id }) => id === step)?.tasks.find(({ id }) => id === task)?.hints[
        Number(number) - 1
      ];
      await io.stdout.write(`${hint?.text?.[localeOf(io.env)] ?? ''}\n`);
      return 0;
    }
    case 'wait':
      return wait(io, client, args);
  }
  await io.stderr.write(words.usage);
  return 2;
}

async function wait(io: CommandIo, client: LabClient, args: readonly string[]): Promise<number> {
  const words = WORDS[localeOf(io.env)];
  const place = args.find((arg) => !arg.startsWith('--'));
  const seconds = Number(
    args.find((arg) => arg.startsWith('--timeout='))?.slice('--timeout='.length) ?? '600',
  );
  if (place === undefined || !(seconds > 0)) {
    await io.stderr.write(words.usage);
    return 2;
  }
  const [step = '', task] = place.split('/');
  if (await client.wait(step, task, seconds)) return 0;
  await io.stderr.write(`lab: ${place}: ${words.timedOut(seconds)}\n`);
  return 1;
}

async function show(io: CommandIo, state: LabState, wanted: string | undefined): Promise<number> {
  const locale = localeOf(io.env);
  const words = WORDS[locale];
  const step = wanted === undefined ? stepAtHand(state) : state.steps.find(({ id }) => id === wanted);
  if (step === undefined) throw new LabError(words.unknownStep(wanted ?? ''));
  const debriefs = [step.debrief, wanted === undefined ? state.debrief : null];
  const lines = [
    `${state.title[locale]}  ${state.steps.indexOf(step) + 1}/${state.steps.length}  ${words.score} ${state.score}%`,
    '',
    `## ${step.title[locale]} (${step.id})`,
    '',
    step.text[locale].trim(),
    '',
    ...describeWork(step, locale),
    ...debriefs.flatMap((text) => (text === null ? [] : ['', text[locale].trim()])),
  ];
  await io.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}

/** The step that is shown in the app; once that is done, the one that is open. */
function stepAtHand({ steps, current }: LabState): StepView | undefined {
  const shown = steps[current];
  return shown?.status === 'done'
    ? (steps.find(({ status }) => status === 'current') ?? steps.at(-1))
    : shown;
}

function describeWork(step: StepView, locale: Locale): string[] {
  const words = WORDS[locale];
  const questions = step.questions.flatMap((question) => [
    `[${question.correct === null ? ' ' : question.correct ? 'x' : '-'}] ${question.id}: ${question.question[locale]}`,
    ...question.options.map((option) => `      ${option.id}: ${option.text[locale]}`),
  ]);
  const tasks = step.tasks.flatMap((task) => [
    `[${task.status === 'passed' ? 'x' : ' '}] ${task.id}: ${task.title[locale]}`,
    `      ${words.expected}: ${task.expected[locale]}`,
    `      ${words.actual}: ${task.actual[locale]}`,
    ...task.hints.map((hint, index) => `      ${index + 1}. ${hint.text?.[locale] ?? words.hint(hint.cost)}`),
  ]);
  return [...questions, ...tasks];
}

function explain(question: QuestionView, answer: readonly string[], locale: Locale): string {
  const words = WORDS[locale];
  const chosen = question.options.filter((option) => answer.includes(option.id));
  const texts = [...chosen.map((option) => option.explanation?.[locale]), question.explanation?.[locale]];
  const lines = [
    question.correct === true ? words.correct : words.wrong,
    ...texts.filter((text) => text !== undefined),
  ];
  return `${lines.join('\n')}\n`;
}
