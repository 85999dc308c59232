import { interruptCode } from '../exec/control-flow.ts';
import type { CommandIo } from '../interface.ts';
import type { ExecRequest, MachinesClient } from './machines-client.ts';

/** Runs one command on a machine; the streams are the caller's. Answers 255 when the connection is lost. */
export async function remoteExec(
  io: Pick<CommandIo, 'stdin' | 'stdout' | 'stderr' | 'signal' | 'tty'>,
  client: MachinesClient,
  machine: string,
  asked: Omit<ExecRequest, 'terminal'>,
): Promise<number> {
  const { signal, stdout, stderr, tty } = io;
  const stop = AbortSignal.any([signal, stdout.closed]);
  const terminal = tty !== undefined && stdout.isTty ? { columns: tty.columns, rows: tty.rows } : undefined;
  const keyboard = new RemoteKeyboard(io);
  try {
    const answer = await client.exec(
      machine,
      { ...asked, ...(terminal === undefined ? {} : { terminal }) },
      stop,
    );
    if (answer === null) {
      await stderr.write(`ssh: connect to host ${machine} port 22: No route to host\n`);
      return 255;
    }
    for await (const piece of answer.pieces) {
      if ('exit' in piece) return piece.exit;
      if ('stdout' in piece) await stdout.write(piece.stdout);
      else if ('stderr' in piece) await stderr.write(piece.stderr);
      else keyboard.want(piece.want, answer.send);
    }
    await stderr.write(`Connection to ${machine} closed by remote host.\n`);
    return 255;
  } catch (error) {
    if (signal.aborted) return interruptCode(signal);
    if (stdout.closed.aborted) return 141;
    if (error instanceof Error && 'code' in error) {
      await stderr.write(`ssh: connect to host ${machine} port 22: Connection refused\n`);
      return 255;
    }
    throw error;
  } finally {
    keyboard.release();
  }
}

/** Gives a command on a machine what is typed here, when it asks for it. */
class RemoteKeyboard {
  readonly #io: Pick<CommandIo, 'stdin' | 'tty'>;
  readonly #ends: (() => void)[] = [];

  constructor(io: Pick<CommandIo, 'stdin' | 'tty'>) {
    this.#io = io;
  }

  want(what: 'keys' | 'line', send: (input: object) => void): void {
    if (what === 'line') void this.#line(send);
    else this.#keys(send);
  }

  release(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  async #line(send: (input: object) => void): Promise<void> {
    for await (const line of this.#io.stdin.lines()) {
      send({ line });
      return;
    }
    send({ line: null });
  }

  #keys(send: (input: object) => void): void {
    const { tty } = this.#io;
    if (tty === undefined) return;
    const grabbed = tty.grabKeys();
    this.#ends.push(
      () => grabbed.release(),
      tty.onResize(() => send({ columns: tty.columns, rows: tty.rows })),
    );
    const pump = async (): Promise<void> => {
      for await (const chunk of grabbed.keys) send({ keys: Buffer.from(chunk).toString('latin1') });
    };
    void pump();
  }
}
