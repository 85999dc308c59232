import type { IncomingMessage, ServerResponse } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { z } from 'zod';

const LINE_LIMIT = 64 * 1024 * 1024;
const Size = z.object({ columns: z.number().int().positive(), rows: z.number().int().positive() });
const Exec = z.object({
  argv: z.array(z.string()).min(1).max(100_000),
  cwd: z.string().startsWith('/').default('/root'),
  stdin: z.string().optional(),
  terminal: Size.optional(),
});
const Typed = z.union([z.object({ keys: z.string() }), z.object({ line: z.string().nullable() }), Size]);

export type ExecRequest = z.infer<typeof Exec>;
/** What is typed at the terminal of a program: keys (bytes as Latin-1), a line (null: the end), or its new size. */
export type TypedInput = z.infer<typeof Typed>;

/** Output of a program, as it comes. */
export interface ExecSink {
  stdout(text: string): void;
  stderr(text: string): void;
  /** The program reads from the terminal: keys from now on, or one line. */
  want(what: 'keys' | 'line'): void;
  exit(code: number): void;
}

export interface RunningProgram {
  interrupt(): void;
  typed(input: TypedInput): void;
}

export type StartExec = (machine: string, asked: ExecRequest, sink: ExecSink) => RunningProgram | undefined;

/**
 * `POST /machines/NAME/exec`: the first line of the body is the request, those after it what is typed; the answer is a
 * line for each piece of output. Who hangs up interrupts the program.
 */
export async function serveExec(
  start: StartExec,
  machine: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<{ readonly status: number; readonly error: string } | undefined> {
  const [first, rest] = await firstLine(request);
  const parsed = Exec.safeParse(json(first));
  if (!parsed.success) return { status: 400, error: parsed.error.message };
  const line = (value: object): void => void response.write(`${JSON.stringify(value)}\n`);
  const running = start(machine, parsed.data, {
    stdout: (stdout) => line({ stdout }),
    stderr: (stderr) => line({ stderr }),
    want: (want) => line({ want }),
    exit: (exit) => void response.end(`${JSON.stringify({ exit })}\n`),
  });
  if (running === undefined) return { status: 404, error: `no machine ${machine}` };
  if (!response.headersSent)
    response.writeHead(200, { 'content-type': 'application/x-ndjson' }).flushHeaders();
  rest((text) => {
    const typed = Typed.safeParse(json(text));
    if (typed.success) running.typed(typed.data);
  });
  response.on('close', () => {
    if (!response.writableEnded) running.interrupt();
  });
  return undefined;
}

/** The first line, and what hands on the others. Who hangs up ends the first line where it is. */
function firstLine(
  request: IncomingMessage,
): Promise<readonly [string, (listener: (line: string) => void) => void]> {
  return new Promise((resolve) => {
    const decoder = new StringDecoder('utf8');
    const held: string[] = [];
    let listener: ((line: string) => void) | undefined;
    let rest = '';
    let first = true;
    const hand = (next: (line: string) => void): void => {
      listener = next;
      for (const line of held.splice(0)) next(line);
    };
    const take = (line: string): void => {
      if (first) {
        first = false;
        resolve([line, hand]);
      } else if (listener === undefined) held.push(line);
      else listener(line);
    };
    request.on('data', (chunk: Buffer) => {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(take);
      if (rest.length > LINE_LIMIT) request.destroy();
    });
    request.on('end', () => {
      if (rest !== '' || first) take(rest);
    });
    // Whoever hung up is told of by the response's own end.
    request.on('error', () => resolve(['', hand]));
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
