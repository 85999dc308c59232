import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import nodePath from 'node:path';
import type { ByteSink, ByteSource, Command } from './interface.ts';
import { LabShell } from './lab-shell.ts';
import { emptySource } from './streams/sources.ts';

/** Output that lets a test wait for a text instead of for a time. */
export class WatchedSink implements ByteSink {
  readonly isTty = false;
  readonly closed = new AbortController().signal;
  text = '';
  readonly #waiting = new Set<() => void>();

  write(chunk: string | Uint8Array): Promise<void> {
    this.text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    for (const check of this.#waiting) check();
    return Promise.resolve();
  }

  until(text: string): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!this.text.includes(text)) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
      check();
    });
  }
}

export interface TestShell {
  root: string;
  shell: LabShell;
  stdout: WatchedSink;
  stderr: WatchedSink;
  /** Runs a script; `interrupt` is Ctrl-C. */
  start(script: string, stdin?: ByteSource): { done: Promise<number>; interrupt(): void };
  dispose(): void;
}

/** A shell over an empty folder of its own; `extra` commands are added to the standard ones. */
export async function testShell(
  options: { env?: Record<string, string>; extra?: readonly Command[] } = {},
): Promise<TestShell> {
  const { commands } = await import('./commands.ts');
  const root = mkdtempSync(nodePath.join(tmpdir(), 'leme-shell-'));
  const all = new Map([
    ...commands,
    ...(options.extra ?? []).map((command): [string, Command] => [command.name, command]),
  ]);
  const shell = new LabShell({
    root,
    commands: all,
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  const stdout = new WatchedSink();
  const stderr = new WatchedSink();
  return {
    root,
    shell,
    stdout,
    stderr,
    start(script, stdin = emptySource()) {
      const stop = new AbortController();
      return {
        done: shell.run(script, { stdin, stdout, stderr }, stop.signal),
        interrupt: () => stop.abort(2),
      };
    },
    dispose() {
      shell.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
