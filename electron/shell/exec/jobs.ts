import { serialize } from '../parse/grammar.ts';
import type { StatementNode } from '../parse/ast.ts';
import type { Job } from '../state/job.ts';
import { emptySource } from '../streams/sources.ts';
import type { Executor } from './executor.ts';
import { sinkOf, type Fd, type Frame } from './frame.ts';

interface Holder {
  retain(): void;
  release(): void;
}

function holders(fds: Iterable<Fd>): Holder[] {
  return [...fds]
    .map((fd) => fd.sink)
    .filter((sink): sink is NonNullable<typeof sink> & Holder => sink !== undefined && 'retain' in sink);
}

/** Starts a statement in the background (`&`): its own environment and signal, no keyboard. */
export async function startJob(shell: Executor, statement: StatementNode, frame: Frame): Promise<Job> {
  const { state, services } = shell;
  const controller = new AbortController();
  const end = (): void => controller.abort(15);
  services.lifetime.addEventListener('abort', end);
  const fds = new Map(frame.fds);
  fds.set(0, { source: emptySource() });
  const inner: Frame = { fds, signal: controller.signal, tested: false };
  const held = holders(fds.values());
  for (const holder of held) holder.retain();
  const copy = shell.subshell();
  const pid = ++state.shared.nextPid;
  const done = Promise.resolve()
    .then(() => copy.stage((own) => own.runStatements([statement], inner), inner))
    .finally(() => {
      for (const holder of held) holder.release();
      services.lifetime.removeEventListener('abort', end);
    });
  const job: Job = {
    id: Math.max(0, ...state.jobs.map((item) => item.id)) + 1,
    pid,
    text: describe(statement),
    done,
    exit: null,
    kill: (signal) => controller.abort(signal),
    reported: false,
    foreground: false,
  };
  void done.then(
    (code) => (job.exit = code),
    () => (job.exit = 1),
  );
  state.jobs.push(job);
  state.lastBackground = pid;
  if (state.interactive && state.subshellDepth === 0)
    await sinkOf(frame, 2).write(`[${String(job.id)}] ${String(pid)}\n`);
  return job;
}

function describe(statement: StatementNode): string {
  return (
    statement.sourceText?.replace(/\s*&\s*$/, '').trim() ??
    serialize({ type: 'Script', statements: [statement] }).trim()
  );
}

/** One line of `jobs`: `[1]+  Running                 sleep 100 &`. */
export function jobLine(job: Job, jobs: readonly Job[], withPid = false): string {
  const mark = job === jobs.at(-1) ? '+' : job === jobs.at(-2) ? '-' : ' ';
  const pid = withPid ? `${String(job.pid)} ` : '';
  return `[${String(job.id)}]${mark}  ${pid}${stateOf(job).padEnd(24)}${job.text}${job.exit === null ? ' &' : ''}\n`;
}

const signalNames: Readonly<Record<number, string>> = {
  1: 'Hangup',
  2: 'Interrupt',
  3: 'Quit',
  9: 'Killed',
  13: 'Broken pipe',
  15: 'Terminated',
};

function stateOf(job: Job): string {
  if (job.exit === null) return 'Running';
  if (job.exit === 0) return 'Done';
  return job.exit > 128
    ? (signalNames[job.exit - 128] ?? `Exit ${String(job.exit)}`)
    : `Exit ${String(job.exit)}`;
}

/** Tells about jobs that ended since the last prompt and forgets them. */
export function finishedJobs(jobs: Job[]): { lines: string; left: Job[] } {
  const ended = jobs.filter((job) => job.exit !== null && !job.reported);
  const lines = ended.map((job) => jobLine(job, jobs)).join('');
  return { lines, left: jobs.filter((job) => job.exit === null) };
}

/** Finds `%1`, `%%`, `%+`, `%-`, `%name` or a number of a job. */
export function findJob(jobs: readonly Job[], spec: string): Job | undefined {
  if (spec === '%%' || spec === '%+' || spec === '%' || spec === '') return jobs.at(-1);
  if (spec === '%-') return jobs.at(-2) ?? jobs.at(-1);
  if (/^%\d+$/.test(spec)) return jobs.find((job) => job.id === Number(spec.slice(1)));
  if (spec.startsWith('%?')) return jobs.find((job) => job.text.includes(spec.slice(2)));
  if (spec.startsWith('%')) return jobs.find((job) => job.text.startsWith(spec.slice(1)));
  return jobs.find((job) => String(job.pid) === spec);
}
