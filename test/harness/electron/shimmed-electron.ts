import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { root } from '../serve.ts';
import type { Asked, Told } from './shim/control.ts';
import { ORIGIN } from './shim/origin.ts';

const REGISTER = fileURLToPath(new URL('./register.mjs', import.meta.url));

export interface ShimOptions {
  /** Stands for the platform's folders of the application: its own, and that of its data, where the workspace lies. */
  readonly userData: string;
  readonly locale?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The built app, its main process on the shim of Electron, and the test's hands. */
export class ShimmedElectron {
  readonly told: Told[] = [];
  readonly stderr: string[] = [];
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #listeners = new Set<() => void>();
  #browser: Browser | undefined;
  #next = 1;

  constructor(options: ShimOptions) {
    this.#child = fork(join(root, 'dist/main/main.mjs'), ['--api-port', '0', ...(options.args ?? [])], {
      execArgv: ['--import', REGISTER, '--enable-source-maps'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...process.env,
        LEME_SHIM_USER_DATA: options.userData,
        XDG_DATA_HOME: options.userData,
        ...options.env,
        LEME_SHIM_LOCALE: options.locale ?? 'en-US',
        LEME_CHECK_OUTPUT: '1',
      },
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => this.stderr.push(chunk.toString('utf8')));
    this.#child.on('message', (message) => {
      this.told.push(message as Told);
      for (const listener of this.#listeners) listener();
    });
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', (code) => {
        resolve(code);
        for (const listener of this.#listeners) listener();
      });
    });
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** The first thing told that fits; rejects when the program ends before. */
  until<T extends Told>(fits: (told: Told) => told is T): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.told.find(fits);
        const over = this.#child.exitCode !== null || this.#child.signalCode !== null;
        if (found === undefined && !over) return;
        this.#listeners.delete(look);
        if (found !== undefined) resolve(found);
        else reject(new Error(`the program ended: ${this.stderr.join('')}`));
      };
      this.#listeners.add(look);
      look();
    });
  }

  async ask(asked: Asked): Promise<unknown> {
    const id = this.#next++;
    this.#child.send({ id, asked });
    const { value, error } = await this.until(
      (told): told is Extract<Told, { event: 'answer' }> => told.event === 'answer' && told.id === id,
    );
    if (error !== undefined) throw new Error(error);
    return value;
  }

  /** The page of the app's window, once it is shown. */
  async window(): Promise<Page> {
    const { browser } = await this.until(
      (told): told is Extract<Told, { event: 'ready' }> => told.event === 'ready',
    );
    await this.until((told): told is Extract<Told, { event: 'shown' }> => told.event === 'shown');
    this.#browser ??= await chromium.connectOverCDP(browser);
    const page = this.pages().find((candidate) => candidate.url().startsWith(ORIGIN));
    if (page === undefined) throw new Error('there is no window of the app');
    return page;
  }

  pages(): Page[] {
    return this.#browser?.contexts().flatMap((context) => context.pages()) ?? [];
  }

  /** The addresses handed to the person's browser so far. */
  opened(): string[] {
    return this.told.flatMap((told) => (told.event === 'openExternal' ? [told.url] : []));
  }

  /** Quits as a person would, by closing the window; ends it by force when the test failed half-way. */
  async close(): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    await this.ask({ do: 'closeWindow', window: 1 });
    return this.ended;
  }

  kill(): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
  }
}
