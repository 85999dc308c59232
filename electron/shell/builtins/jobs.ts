import { Interrupted } from '../exec/control-flow.ts';
import { sinkOf } from '../exec/frame.ts';
import { findJob, jobLine } from '../exec/jobs.ts';
import { aborted } from './control.ts';
import type { Builtin } from './interface.ts';

const jobs: Builtin = {
  name: 'jobs',
  async run(call) {
    const { state } = call.shell;
    const flags = call.argv
      .slice(1)
      .filter((word) => word.startsWith('-'))
      .join('');
    const specs = call.argv.slice(1).filter((word) => !word.startsWith('-'));
    for (const spec of specs)
      if (findJob(state.jobs, spec) === undefined) return call.fail(`${spec}: no such job`);
    const shown =
      specs.length === 0
        ? state.jobs
        : specs.map((spec) => findJob(state.jobs, spec)).filter((job) => job !== undefined);
    for (const job of shown) {
      if (flags.includes('r') && job.exit !== null) continue;
      await call.out(
        flags.includes('p') ? `${String(job.pid)}\n` : jobLine(job, state.jobs, flags.includes('l')),
      );
      if (job.exit !== null) job.reported = true;
    }
    state.jobs = state.jobs.filter((job) => !(job.exit !== null && job.reported));
    return 0;
  },
};

const fg: Builtin = {
  name: 'fg',
  async run(call) {
    const { state } = call.shell;
    const spec = call.argv[1] ?? '%%';
    const job = findJob(state.jobs, spec);
    if (job === undefined) return call.fail(`${call.argv[1] ?? 'current'}: no such job`);
    await sinkOf(call.frame, 1).write(`${job.text}\n`);
    job.foreground = true;
    const code = await Promise.race([job.done, aborted(call.frame.signal)]);
    job.reported = true;
    state.jobs = state.jobs.filter((item) => item !== job);
    if (code !== null) return code;
    job.kill(typeof call.frame.signal.reason === 'number' ? call.frame.signal.reason : 2);
    await job.done.catch(() => undefined);
    throw new Interrupted(call.frame.signal);
  },
};

const bg: Builtin = {
  name: 'bg',
  async run(call) {
    const job = findJob(call.shell.state.jobs, call.argv[1] ?? '%%');
    if (job === undefined) return call.fail(`${call.argv[1] ?? 'current'}: no such job`);
    return call.fail(`job ${String(job.id)} already in background`, 0);
  },
};

const signals: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  KILL: 9,
  USR1: 10,
  USR2: 12,
  PIPE: 13,
  TERM: 15,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
};

const kill: Builtin = {
  name: 'kill',
  async run(call) {
    const args = call.argv.slice(1);
    let signal = 15;
    if (args[0] === '-l') {
      await call.out(
        `${Object.entries(signals)
          .map(([name, number]) => `${String(number)}) SIG${name}`)
          .join('\t')}\n`,
      );
      return 0;
    }
    if (args[0] === '-s' || args[0] === '-n' || /^-[A-Z0-9]/i.test(args[0] ?? '')) {
      const typed = args[0] === '-s' || args[0] === '-n' ? args.splice(0, 2)[1] : args.shift()?.slice(1);
      const name = (typed ?? '').toUpperCase().replace(/^SIG/, '');
      const number = /^\d+$/.test(name) ? Number(name) : signals[name];
      if (number === undefined) return call.fail(`${typed ?? ''}: invalid signal specification`);
      signal = number;
    }
    if (args.length === 0)
      return call.fail(
        'usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]',
        2,
      );
    let code = 0;
    for (const spec of args) {
      const job = findJob(call.shell.state.jobs, spec);
      if (job === undefined) {
        code = spec.startsWith('%')
          ? await call.fail(`${spec}: no such job`)
          : /^-?\d+$/.test(spec)
            ? await call.fail(`(${spec}) - No such process`)
            : await call.fail(`${spec}: arguments must be process or job IDs`);
      } else if (signal === 18 || signal === 19 || signal === 20)
        code = await call.fail('stopping and continuing jobs is not modelled in this shell');
      else if (signal !== 0) job.kill(signal);
    }
    return code;
  },
};

const disown: Builtin = {
  name: 'disown',
  async run(call) {
    const job = findJob(call.shell.state.jobs, call.argv[1] ?? '%%');
    if (job === undefined) return call.fail(`${call.argv[1] ?? 'current'}: no such job`);
    call.shell.state.jobs = call.shell.state.jobs.filter((item) => item !== job);
    return 0;
  },
};

export const jobBuiltins: readonly Builtin[] = [jobs, fg, bg, kill, disown];
