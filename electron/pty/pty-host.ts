import { spawn } from '@lydell/node-pty';
import { terminalEnvironment } from './environment.ts';
import type { PtyHost, PtyRequest, PtySession } from './interface.ts';
import { NodePtySession } from './pty-session.ts';

/** Pseudo terminals of this process, by id. An ended session stays (with its replay) until its id is used again. */
export class NodePtyHost implements PtyHost {
  readonly #sessions = new Map<string, NodePtySession>();
  readonly #environment: Readonly<Record<string, string | undefined>>;

  /** `environment`: the host's own, of which only an allow-list is passed on. */
  constructor(environment: Readonly<Record<string, string | undefined>> = process.env) {
    this.#environment = environment;
  }

  create(request: PtyRequest): PtySession {
    const existing = this.#sessions.get(request.id);
    if (existing !== undefined && existing.exit === null)
      throw new Error(`a terminal with the id "${request.id}" is running already`);
    const pty = spawn(request.command, [...request.args], {
      name: 'xterm-256color',
      cols: request.cols,
      rows: request.rows,
      cwd: request.cwd,
      env: terminalEnvironment(this.#environment, request.env),
      encoding: null,
    });
    const session = new NodePtySession(request, pty);
    this.#sessions.set(request.id, session);
    return session;
  }

  get(id: string): PtySession | undefined {
    return this.#sessions.get(id);
  }

  list(): readonly PtySession[] {
    return [...this.#sessions.values()];
  }

  async close(): Promise<void> {
    const running = [...this.#sessions.values()].filter((session) => session.exit === null);
    await Promise.all(
      running.map(
        (session) =>
          new Promise<void>((resolve) => {
            session.onExit(() => resolve());
            session.kill();
          }),
      ),
    );
    this.#sessions.clear();
  }
}
