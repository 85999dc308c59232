import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../shared/lab/lab-schema.ts';
import type { Host } from './host.ts';

/** Virtual time given to a cluster after a script has ended, in milliseconds. */
const SETTLE = 90_000;

export interface ProofLine {
  readonly file: string;
  readonly ok: boolean;
  readonly message: string;
}

/** What a file in `wrong/` claims, in its leading comments: `# below: 60`, `# fails: step/task`. */
export interface WrongClaim {
  /** The score stays below this. */
  readonly below: number;
  /** `step/task` that must not pass. */
  readonly fails: readonly string[];
}

/** @throws Error when the file does not say `below`. */
export function readClaim(text: string): WrongClaim {
  const head = text.split('\n').filter((line) => line.startsWith('#'));
  const values = (key: string): string[] =>
    head.flatMap((line) => new RegExp(`^#\\s*${key}:\\s*(\\S+)`).exec(line)?.[1] ?? []);
  const below = Number(values('below')[0] ?? Number.NaN);
  if (!(below >= 0 && below <= 100)) throw new Error('says no "# below: SCORE" between 0 and 100');
  return { below, fails: values('fails') };
}

/**
 * Proves a lab on a running host: nothing is solved at the start, every solution reaches 100 %, every wrong
 * answer stays below its score and fails what it names. Scripts run in the lab shell, as a learner would type them.
 */
export async function proveLab(
  host: Host,
  lab: Lab,
  folder: string,
  report: (line: ProofLine) => void,
): Promise<void> {
  const id = lab.spec.metadata.id;
  const fresh = async (): Promise<void> => {
    await host.labs.open(id);
    await host.labs.restart();
  };
  await fresh();
  await virtualTime(host, SETTLE);
  const solved = Object.entries(host.labs.session.attempt.steps).flatMap(([step, { tasks }]) =>
    Object.entries(tasks).flatMap(([task, { passed }]) => (passed ? [`${step}/${task}`] : [])),
  );
  report({
    file: 'start',
    ok: solved.length === 0,
    message: solved.length === 0 ? 'nothing is solved' : `solved already: ${solved.join(', ')}`,
  });
  const solutions = scripts(folder, 'solutions');
  if (solutions.length === 0) report({ file: 'solutions', ok: false, message: 'there is none' });
  for (const file of solutions) {
    await fresh();
    const output = await runScript(host, join(folder, file));
    await virtualTime(host, SETTLE);
    const { score } = host.labs.session.attempt;
    report({
      file,
      ok: score === 100,
      message: score === 100 ? '100 %' : `${score} %, not 100 %: ${open(host).join(', ')}\n${output}`,
    });
  }
  const wrong = scripts(folder, 'wrong');
  if (wrong.length === 0) report({ file: 'wrong', ok: false, message: 'there is none' });
  for (const file of wrong) {
    let claim: WrongClaim;
    try {
      claim = readClaim(readFileSync(join(folder, file), 'utf8'));
    } catch (error) {
      report({ file, ok: false, message: error instanceof Error ? error.message : String(error) });
      continue;
    }
    await fresh();
    const output = await runScript(host, join(folder, file));
    await virtualTime(host, SETTLE);
    const { score } = host.labs.session.attempt;
    const passed = claim.fails.filter((task) => !open(host).includes(task));
    const ok = score < claim.below && passed.length === 0;
    const why = [
      ...(score < claim.below ? [] : [`${score} % is not below ${claim.below} %`]),
      ...passed.map((task) => `${task} passed`),
    ];
    report({ file, ok, message: ok ? `${score} % < ${claim.below} %` : `${why.join('; ')}\n${output}` });
  }
}

function scripts(folder: string, kind: string): string[] {
  const place = join(folder, kind);
  return existsSync(place)
    ? readdirSync(place)
        .filter((file) => file.endsWith('.sh'))
        .sort()
        .map((file) => `${kind}/${file}`)
    : [];
}

/** `step/task` of every task that has not passed, and `step/question` of what is not fully right. */
function open(host: Host): string[] {
  return Object.entries(host.labs.session.attempt.steps).flatMap(([step, { tasks, questions }]) => [
    ...Object.entries(tasks).flatMap(([task, { passed }]) => (passed ? [] : [`${step}/${task}`])),
    ...Object.entries(questions).flatMap(([question, { credit }]) =>
      credit === 1 ? [] : [`${step}/${question}`],
    ),
  ]);
}

/** Runs a script in the lab shell against the host; its output, for reports. */
function runScript(host: Host, path: string): Promise<string> {
  const { command, args } = host.config.shell;
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args, '--as-typed', '-c', readFileSync(path, 'utf8')], {
      // As if typed: every line is reported, as the console does.
      env: { PATH: process.env['PATH'] ?? '', ...host.consoleVariables() },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    child.on('error', reject);
    child.on('close', () => resolve(output));
  });
}

/** Lets virtual time go by at full speed, then goes on pacing. */
async function virtualTime(host: Host, ms: number): Promise<void> {
  const session = host.cluster;
  if (session === undefined) throw new Error('the cluster is not running');
  const { pacer, simulation } = session;
  const until = simulation.now + ms;
  await pacer.stepUntil(() => simulation.now >= until, ms);
  pacer.set({ paused: false });
  host.flush();
}
