import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import nodePath from 'node:path';
import { spawn, type IPty } from '@lydell/node-pty';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const main = nodePath.join(import.meta.dirname, '..', 'main.ts');

/** A lab shell on a real terminal; what it shows is kept as text without terminal sequences. */
class Console {
  readonly pty: IPty;
  raw = '';
  readonly exit: Promise<number>;
  readonly #waiting = new Set<() => void>();
  #from = 0;

  constructor(root: string, env: Record<string, string> = {}) {
    this.pty = spawn(process.execPath, [main], {
      name: 'xterm-256color',
      cols: 80,
      rows: 24,
      cwd: root,
      env: { PATH: process.env['PATH'] ?? '', LEME_HOME: root, ...env },
    });
    this.pty.onData((data) => {
      this.raw += data;
      for (const check of this.#waiting) check();
    });
    this.exit = new Promise((resolve) => this.pty.onExit(({ exitCode }) => resolve(exitCode)));
  }

  /** Waits until a text is shown after the last one waited for. */
  until(text: string): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        const at = this.raw.indexOf(text, this.#from);
        if (at < 0) return;
        this.#from = at + text.length;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
      check();
    });
  }

  /** Waits for the prompt, then types. */
  async type(keys: string): Promise<void> {
    await this.until('\x1b]133;B\x07');
    this.pty.write(keys);
  }
}

let root: string;
let console: Console;
beforeEach(() => {
  root = mkdtempSync(nodePath.join(tmpdir(), 'leme-console-'));
});
afterEach(async () => {
  console.pty.kill('SIGKILL');
  await console.exit;
  rmSync(root, { recursive: true, force: true });
});

const mark = (code: number): string => `\x1b]133;D;${String(code)}\x07`;

describe.skipIf(process.platform === 'win32')('the console', () => {
  it('shows a prompt, runs a line, marks where commands begin and end, leaves with an exit code', async () => {
    console = new Console(root);
    await console.until('learner@leme:~$ ');
    console.pty.write('echo hi | tr a-z A-Z; false\r');
    await console.until('\x1b]133;C\x07HI\r\n');
    await console.until(mark(1));
    await console.until('\x1b]7;file://leme/home/learner\x07');
    await console.type('exit 7\r');
    expect(await console.exit).toBe(7);
  });

  it('gives Ctrl-C to the foreground job only, and leaves at Ctrl-D', async () => {
    console = new Console(root);
    await console.type('sleep 1000 &\r');
    await console.until('[1] ');
    await console.type('sleep 1000\r');
    await console.until('\x1b]133;C\x07');
    console.pty.write('\x03');
    await console.until('^C');
    await console.until(mark(130));
    await console.type('jobs\r');
    await console.until('[1]+  Running                 sleep 1000 &');
    await console.type('fg\r');
    await console.until('sleep 1000\r\n');
    console.pty.write('\x03');
    await console.until(mark(130));
    await console.type('abandoned\x03');
    await console.type('\x04');
    await console.until('exit\r\n');
    expect(await console.exit).toBe(130);
  });

  it('lets a command read a line from the person, with echo and erase', async () => {
    console = new Console(root);
    await console.type('read -p "name? " x; echo "[$x]"\r');
    await console.until('name? ');
    console.pty.write('lemm\x7fe\r');
    await console.until('[leme]\r\n');
    await console.type('cat | wc -l\r');
    await console.until('\x1b]133;C\x07');
    console.pty.write('a\rb\r\x04');
    await console.until('2\r\n');
  });

  it('edits with emacs keys, continues open quotes and here-documents, takes a paste as one', async () => {
    console = new Console(root);
    await console.type('world\x01echo \x05!\x7f?\r');
    await console.until('\x1b]133;C\x07world?\r\n');
    await console.type("echo 'one\r");
    await console.until('> ');
    console.pty.write("two'\r");
    await console.until('\x1b]133;C\x07one\r\ntwo\r\n');
    await console.type('\x1b[200~cat <<E\rpasted $((1+1))\rE\r\x1b[201~\r');
    await console.until('\x1b]133;C\x07pasted 2\r\n');
    await console.type('echo 日本\x1b[D\x7fX\r');
    await console.until('\x1b]133;C\x07X本\r\n');
  });

  it('completes commands, files and variables', async () => {
    console = new Console(root);
    await console.type('mkdir projects; echo data > projects/notes.txt\r');
    await console.until(mark(0));
    await console.type('ca\t pro\tno\t\r');
    await console.until('\x1b]133;C\x07data\r\n');
    await console.type('echo $HOM\t\r');
    await console.until('\x1b]133;C\x07/home/learner\r\n');
    await console.type('prin\t\t');
    await console.until('printenv');
    console.pty.write('\x15\r');
  });

  it('keeps its history when it is killed, recalls and searches it', async () => {
    console = new Console(root);
    await console.type('echo first\r');
    await console.until(mark(0));
    await console.type('echo second\r');
    await console.until('\x1b]133;C\x07second');
    console.pty.kill('SIGKILL');
    await console.exit;
    expect(readFileSync(nodePath.join(root, '.leme_history'), 'utf8')).toBe('echo first\necho second\n');
    console = new Console(root);
    await console.type('\x1b[A\x1b[A\r');
    await console.until('\x1b]133;C\x07first\r\n');
    await console.type('\x12sec\r');
    await console.until('\x1b]133;C\x07second\r\n');
    await console.type('!!\r');
    await console.until('\x1b]133;C\x07second\r\n');
  });

  it('lets a command see the new size of the window, and pages', async () => {
    console = new Console(root);
    await console.type('seq 100 | less\r');
    await console.until('23\x1b[K\r\n\x1b[7m:');
    console.pty.write('G');
    await console.until('100');
    await console.until('(END)');
    console.pty.resize(40, 10);
    await console.until('86\x1b[K\r\n\x1b[7m:');
    console.pty.write('q');
    await console.until(mark(0));
  });

  it('tells the host each finished line', async () => {
    const bodies: unknown[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        bodies.push({
          url: request.url,
          token: request.headers.authorization,
          ...(JSON.parse(body) as object),
        });
        response.writeHead(204).end();
        if (bodies.length === 2) server.emit('two');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const two = new Promise((resolve) => server.once('two', resolve));
    console = new Console(root, {
      LEME_MACHINES_URL: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
      LEME_MACHINES_TOKEN: 't',
    });
    await console.type('true\r');
    await console.type('nosuch\r');
    await two;
    expect(bodies).toMatchObject([
      { url: '/history', token: 'Bearer t', line: 'true', exit: 0 },
      { line: 'nosuch', exit: 127 },
    ]);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
