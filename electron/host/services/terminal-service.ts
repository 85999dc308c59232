import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PtyHost, PtySession } from '../../pty/interface.ts';
import type { TerminalDown, TerminalInfo, TerminalUp } from '../../shared/contract/terminal.ts';
import { RpcError } from '../../shared/rpc/rpc-error.ts';
import type { DuplexSession } from '../../shared/rpc/rpc-server.ts';
import { Watched } from './watched.ts';

export interface TerminalServiceOptions {
  readonly pty: PtyHost;
  readonly dataDir: string;
  /** Program and leading arguments that run the lab shell. */
  readonly shell: { readonly command: string; readonly args: readonly string[] };
  /** The administrator's kubeconfig, for the person's own shell. */
  readonly kubeconfig: string;
  /** Environment of a lab shell; undefined while there is no cluster. */
  readonly variables: () => Record<string, string> | undefined;
  readonly hasMachine: (name: string) => boolean;
}

interface OpenTerminal {
  readonly info: TerminalInfo;
  readonly pty: PtySession;
}

/** Consoles: each a program on a true terminal, kept alive while pages come and go. */
export class TerminalService {
  readonly list: Watched<{ terminals: TerminalInfo[] }>;
  readonly #options: TerminalServiceOptions;
  readonly #terminals = new Map<string, OpenTerminal>();
  #next = 1;

  constructor(options: TerminalServiceOptions) {
    this.#options = options;
    this.list = new Watched(() => ({ terminals: [...this.#terminals.values()].map(({ info }) => info) }));
  }

  open(input: { profile: 'lab' | 'own'; cols: number; rows: number; machine: string | null }): {
    id: string;
  } {
    const home = join(this.#options.dataDir, 'console');
    const variables = this.#options.variables();
    if (variables === undefined) throw new RpcError('NotRunning', 'the cluster is not running yet');
    if (input.machine !== null && !this.#options.hasMachine(input.machine)) {
      throw new RpcError('NotFound', `there is no machine ${input.machine}`);
    }
    const id = `t${this.#next++}`;
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const own = input.profile === 'own';
    const { shell } = this.#options;
    const pty = this.#options.pty.create({
      id,
      profile: input.profile,
      cols: input.cols,
      rows: input.rows,
      cwd: own ? (process.env['HOME'] ?? process.cwd()) : home,
      command: own ? ownShell() : shell.command,
      args: own ? [] : [...shell.args, ...(input.machine === null ? [] : ['--ssh', input.machine])],
      env: own
        ? { KUBECONFIG: this.#options.kubeconfig }
        : {
            ...variables,
            // A packaged app has no other Node than its own binary.
            ...(process.versions['electron'] === undefined ? {} : { ELECTRON_RUN_AS_NODE: '1' }),
          },
    });
    const title = own ? 'shell' : (input.machine ?? 'lab');
    this.#terminals.set(id, { info: { id, title, profile: input.profile, exitCode: null }, pty });
    pty.onExit(({ code }) => {
      const terminal = this.#terminals.get(id);
      if (terminal !== undefined)
        this.#terminals.set(id, { ...terminal, info: { ...terminal.info, exitCode: code } });
      this.list.refresh();
    });
    this.list.refresh();
    return { id };
  }

  attach(
    input: { id: string; cols: number; rows: number },
    session: DuplexSession<TerminalUp, TerminalDown>,
  ): void {
    const { pty, info } = this.#find(input.id);
    pty.resize(input.cols, input.rows);
    const replay = pty.replay();
    if (replay.length > 0) session.sendBytes(replay);
    const stopData = pty.onData((bytes) => session.sendBytes(bytes));
    const stopExit = pty.onExit(({ code }) => session.next({ type: 'exit', code }));
    session.onBytes((bytes) => pty.write(bytes));
    session.onUp((message) => {
      if (message.type === 'resize') pty.resize(message.cols, message.rows);
      else pty.ack(message.bytes);
    });
    session.onEnd(() => {
      stopData();
      stopExit();
    });
    if (info.exitCode !== null) session.next({ type: 'exit', code: info.exitCode });
  }

  close(id: string): void {
    this.#find(id).pty.kill();
    this.#terminals.delete(id);
    this.list.refresh();
  }

  dispose(): void {
    for (const { pty } of this.#terminals.values()) pty.kill();
    this.#terminals.clear();
  }

  #find(id: string): OpenTerminal {
    const terminal = this.#terminals.get(id);
    if (terminal === undefined) throw new RpcError('NotFound', `there is no terminal ${id}`);
    return terminal;
  }
}

function ownShell(): string {
  if (process.platform === 'win32') return process.env['COMSPEC'] ?? 'cmd.exe';
  const wanted = process.env['SHELL'];
  return wanted !== undefined && existsSync(wanted) ? wanted : '/bin/sh';
}
