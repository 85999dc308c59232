import type { Completion, Terminal } from '../interface.ts';
import type { Streams } from '../lab-shell.ts';
import type { ExecPiece, MachinesClient, RunningExec } from './machines-client.ts';

const HOME = '/Users/Administrator';
const INTERRUPT = '\u0003';

/**
 * PowerShell on a Windows machine, as ssh opens it there: one program of the machine that asks for line after line. What it writes last
 * before it asks is its prompt.
 */
export class RemotePowerShell {
  readonly #client: MachinesClient;
  readonly #machine: string;
  readonly #closed = new AbortController();
  #exec: RunningExec | undefined;
  #prompt = '';
  #lost = false;
  readonly history: string[] = [];

  constructor(client: MachinesClient, machine: string) {
    this.#client = client;
    this.#machine = machine;
  }

  get machine(): string {
    return this.#machine;
  }

  /** The machine has gone. */
  get lost(): boolean {
    return this.#lost;
  }

  /** Starts it, up to its first prompt. A number where it has ended already. */
  async open(streams: Pick<Streams, 'stdout' | 'stderr'>, tty: Terminal): Promise<number | undefined> {
    const asked = {
      argv: ['powershell.exe'],
      cwd: HOME,
      terminal: { columns: tty.columns, rows: tty.rows },
    };
    this.#exec = (await this.#client.exec(this.#machine, asked, this.#closed.signal)) ?? undefined;
    const ended = await this.#untilAsked(streams);
    return typeof ended === 'number' ? undefined : ended.leave;
  }

  prompt(): string {
    return this.#prompt;
  }

  /** What comes after a line is PowerShell's to say. */
  isWhole(): boolean {
    return true;
  }

  complete(): Promise<Completion | null> {
    return Promise.resolve(null);
  }

  /** Runs one line; `{ leave }` when the session has ended. */
  async run(line: string, streams: Streams, signal: AbortSignal): Promise<number | { leave: number }> {
    const interrupt = (): void => this.#exec?.send({ keys: INTERRUPT });
    signal.addEventListener('abort', interrupt);
    try {
      this.#exec?.send({ line });
      return await this.#untilAsked(streams);
    } finally {
      signal.removeEventListener('abort', interrupt);
    }
  }

  close(): void {
    this.#closed.abort();
  }

  /** Shows what it writes until it asks for a line. 1 where it wrote errors. */
  async #untilAsked({
    stdout,
    stderr,
  }: Pick<Streams, 'stdout' | 'stderr'>): Promise<number | { leave: number }> {
    let code = 0;
    let pending = '';
    const flush = async (): Promise<void> => {
      if (pending !== '') await stdout.write(pending);
      pending = '';
    };
    for (;;) {
      const piece = await this.#next();
      if (piece === undefined) {
        await flush();
        this.#lost = true;
        return { leave: 255 };
      }
      if ('stdout' in piece) {
        // All but the last line is no prompt.
        const end = piece.stdout.lastIndexOf('\n') + 1;
        if (end > 0) {
          await stdout.write(pending + piece.stdout.slice(0, end));
          pending = '';
        }
        pending += piece.stdout.slice(end);
      } else if ('stderr' in piece) {
        await flush();
        code = 1;
        await stderr.write(piece.stderr);
      } else if ('exit' in piece) {
        await flush();
        return { leave: piece.exit };
      } else if (piece.want === 'line') {
        this.#prompt = pending;
        return code;
      }
    }
  }

  async #next(): Promise<ExecPiece | undefined> {
    try {
      const next = await this.#exec?.pieces.next();
      return next === undefined || next.done === true ? undefined : next.value;
    } catch (error) {
      if (this.#closed.signal.aborted || (error instanceof Error && 'code' in error)) return undefined;
      throw error;
    }
  }
}
