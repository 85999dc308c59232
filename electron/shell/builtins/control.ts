import { BreakLoop, ExitShell, Interrupted, ReturnFromFunction } from '../exec/control-flow.ts';
import { sourceOf } from '../exec/frame.ts';
import { runProgram, runScriptFile } from '../exec/script-file.ts';
import { lookupCommand } from '../exec/lookup.ts';
import { resolvePath } from '../fs/resolve-path.ts';
import type { Builtin, BuiltinCall } from './interface.ts';

const ok = (): Promise<number> => Promise.resolve(0);

async function count(call: BuiltinCall, fallback: number): Promise<number> {
  const typed = call.argv[1];
  if (typed === undefined) return fallback;
  if (/^[+-]?\d+$/.test(typed)) return Number(typed);
  await call.fail(`${typed}: numeric argument required`);
  return NaN;
}

function loopControl(name: 'break' | 'continue'): Builtin {
  return {
    name,
    async run(call) {
      const levels = await count(call, 1);
      if (Number.isNaN(levels)) throw new ExitShell(128);
      if (call.shell.state.loopDepth === 0) {
        await call.fail("only meaningful in a `for', `while', or `until' loop", 0);
        return 0;
      }
      if (levels < 1) return call.fail(`${call.argv[1] ?? ''}: loop count out of range`);
      throw new BreakLoop(levels, name === 'continue');
    },
  };
}

const exitShell: Builtin = {
  name: 'exit',
  async run(call) {
    const code = await count(call, call.shell.state.lastExit);
    throw new ExitShell(Number.isNaN(code) ? 2 : code & 255);
  },
};

const returnFrom: Builtin = {
  name: 'return',
  async run(call) {
    const { state } = call.shell;
    if (state.functionDepth === 0 && state.sourceDepth === 0) {
      return call.fail("can only `return' from a function or sourced script", 2);
    }
    const code = await count(call, state.lastExit);
    throw new ReturnFromFunction(Number.isNaN(code) ? 2 : code & 255);
  },
};

const evaluate: Builtin = {
  name: 'eval',
  run: (call) => {
    const text = call.argv.slice(call.argv[1] === '--' ? 2 : 1).join(' ');
    return text.trim() === '' ? ok() : call.shell.runText(text, call.frame);
  },
};

async function sourceFile(call: BuiltinCall): Promise<number> {
  const file = call.argv[1];
  if (file === undefined) return call.fail('filename argument required', 2);
  const { state, fs } = call.shell;
  const path = resolvePath(state.cwd, file);
  if (!(await fs.exists(path))) {
    await call.shell.complain(call.frame, `${file}: No such file or directory`);
    return 1;
  }
  const text = await fs.readText(path);
  const outer = state.positional;
  if (call.argv.length > 2) state.positional = call.argv.slice(2);
  state.sourceDepth++;
  try {
    return await call.shell.runText(text, call.frame);
  } catch (error) {
    if (error instanceof ReturnFromFunction) return error.code;
    throw error;
  } finally {
    state.sourceDepth--;
    state.positional = outer;
  }
}

const execCommand: Builtin = {
  name: 'exec',
  async run(call) {
    const argv = call.argv.slice(call.argv[1] === '--' ? 2 : 1);
    const name = argv[0];
    if (name === undefined) return 0;
    const found = await lookupCommand(call.shell, name);
    if (found === null) {
      await call.fail(`${name}: not found`);
      if (call.shell.state.interactive) return 127;
      throw new ExitShell(127);
    }
    throw new ExitShell(await found.run(call.shell, argv, call.frame));
  },
};

/** `bash` and `sh`: a new shell over the same commands, from `-c`, a file or standard input. */
function subProgram(name: 'bash' | 'sh'): Builtin {
  return {
    name,
    async run(call) {
      const args = call.argv.slice(1);
      let options = '';
      let command = false;
      while (args[0]?.startsWith('-') === true && args[0] !== '-') {
        const option = args.shift() as string;
        if (option === '--') break;
        if (option === '-o' && args.length > 0) options += args.shift() === 'errexit' ? 'e' : '';
        else if (!option.startsWith('--')) {
          if (option.includes('c')) command = true;
          options += option.slice(1);
        }
      }
      if (command) {
        const text = args.shift();
        if (text === undefined) return call.fail('-c: option requires an argument', 2);
        return runProgram(call.shell, text, args[0] ?? name, args.slice(1), call.frame, options);
      }
      const file = args.shift();
      if (file === undefined)
        return runProgram(call.shell, await sourceOf(call.frame).text(), name, [], call.frame, options);
      const path = resolvePath(call.shell.state.cwd, file);
      if (!(await call.shell.fs.exists(path))) return call.fail(`${file}: No such file or directory`, 127);
      if (options === '') return runScriptFile(call.shell, path, args, call.frame, file);
      return runProgram(call.shell, await call.shell.fs.readText(path), file, args, call.frame, options);
    },
  };
}

/** `wait`, interruptible. */
const waitFor: Builtin = {
  name: 'wait',
  async run(call) {
    const { state } = call.shell;
    const specs = call.argv.slice(1).filter((word) => word !== '-n');
    const jobs =
      specs.length === 0
        ? [...state.jobs]
        : state.jobs.filter((job) => specs.includes(String(job.pid)) || specs.includes(`%${String(job.id)}`));
    const missing = specs.find(
      (spec) => !state.jobs.some((job) => spec === String(job.pid) || spec === `%${String(job.id)}`),
    );
    if (missing !== undefined) {
      return missing.startsWith('%')
        ? call.fail(`${missing}: no such job`, 127)
        : call.fail(`pid ${missing} is not a child of this shell`, 127);
    }
    let code = 0;
    for (const job of jobs) {
      const ended = await Promise.race([job.done, aborted(call.frame.signal)]);
      if (ended === null) throw new Interrupted(call.frame.signal);
      code = ended;
      if (state.interactive && specs.length > 0) continue;
      if (!state.interactive) state.jobs = state.jobs.filter((item) => item !== job);
    }
    return specs.length === 0 ? 0 : code;
  },
};

/** Resolves with `null` once the signal fires. */
export function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}

export const controlBuiltins: readonly Builtin[] = [
  { name: ':', run: ok },
  { name: 'true', run: ok },
  { name: 'false', run: () => Promise.resolve(1) },
  loopControl('break'),
  loopControl('continue'),
  exitShell,
  returnFrom,
  evaluate,
  { name: 'source', run: sourceFile },
  { name: '.', run: sourceFile },
  execCommand,
  subProgram('bash'),
  subProgram('sh'),
  waitFor,
];
