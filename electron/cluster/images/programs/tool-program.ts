import { utf8Decode, utf8Encode } from '../../network/byte-text.ts';
import type { ProcessContext, Program } from '../../machine/interface.ts';
import { EMPTY_INPUT } from '../container/byte-pipe.ts';
import type { ContainerWorld, Stdio, Task, Tool, Writer } from '../container/interface.ts';
import { BrokenPipe } from '../container/interface.ts';
import { ToolError } from '../tools/arguments.ts';

/** Whole lines of what is written, as a process's own output wants them. */
class LineWriter implements Writer {
  readonly isTty = false;
  readonly #line: (line: string) => void;
  #rest = '';

  constructor(line: (line: string) => void) {
    this.#line = line;
  }

  write(bytes: string): void {
    const lines = (this.#rest + bytes).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(utf8Decode(line));
  }

  flush(): void {
    if (this.#rest !== '') this.#line(utf8Decode(this.#rest));
    this.#rest = '';
  }
}

/** Runs one program of the image to its end; for what it does not have, the shell's text and 127. */
async function runTool(tools: ReadonlyMap<string, Tool>, task: Task): Promise<number> {
  const file = task.argv[0] ?? '';
  const name = file.slice(file.lastIndexOf('/') + 1);
  const tool = tools.get(name);
  try {
    if (tool !== undefined) return await tool(task);
    // A script is run by its shell, as the kernel does for `#!`.
    const path = file.includes('/') ? (file.startsWith('/') ? file : `${task.cwd}/${file}`) : undefined;
    if (
      path !== undefined &&
      task.world.files.stat(path)?.kind === 'file' &&
      task.world.files.read(path).startsWith('#!')
    )
      return await (tools.get('sh') as Tool)({ ...task, argv: ['sh', path, ...task.argv.slice(1)] });
  } catch (error) {
    if (error instanceof BrokenPipe) return 141;
    if (!(error instanceof ToolError)) throw error;
    task.stderr.write(`${error.message}\n`);
    return error.code;
  }
  task.stderr.write(`sh: ${file}: not found\n`);
  return 127;
}

/** What a program of an image is started with. */
export interface ToolProgramOptions {
  readonly tools: ReadonlyMap<string, Tool>;
  readonly world: ContainerWorld;
  /** Default: no input, and the process's own lines of output. */
  readonly stdio?: Stdio;
  /** Process 1 of a container has no default action for SIGTERM: only SIGKILL ends it. */
  readonly isMain: boolean;
}

function pathsOf(tools: ReadonlyMap<string, Tool>, task: ContainerWorld, name: string): string | undefined {
  const base = name.slice(name.lastIndexOf('/') + 1);
  if (!tools.has(base)) return task.files.stat(name)?.kind === 'file' ? name : undefined;
  return ['/bin', '/usr/bin']
    .map((folder) => `${folder}/${base}`)
    .find((path) => task.files.stat(path) !== undefined);
}

/** A program that runs a shell or one of the small tools of an image. */
export function toolProgram({ tools, world, stdio, isMain }: ToolProgramOptions): Program {
  return async (process: ProcessContext) => {
    if (isMain) process.onTerminate(() => undefined);
    const out = new LineWriter((line) => process.stdout(line));
    const err = new LineWriter((line) => process.stderr(line));
    const streams = stdio ?? { stdin: EMPTY_INPUT, stdout: out, stderr: err, terminal: undefined };
    const task: Task = {
      ...streams,
      process,
      world,
      argv: process.argv.map(utf8Encode),
      env: new Map(Object.entries(process.env).map(([name, value]) => [name, utf8Encode(value)])),
      cwd: world.workingDir,
      run: (inner) => runTool(tools, inner),
      find: (name) => pathsOf(tools, world, name),
    };
    const code = await runTool(tools, task);
    out.flush();
    err.flush();
    return code;
  };
}
