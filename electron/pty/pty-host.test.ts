import { afterEach, describe, expect, it } from 'vitest';
import { FlowControl, pauseAbove, resumeBelow } from './flow-control.ts';
import { terminalEnvironment } from './environment.ts';
import type { PtySession } from './interface.ts';
import { NodePtyHost } from './pty-host.ts';
import { ReplayBuffer } from './replay-buffer.ts';

const host = new NodePtyHost();
let next = 0;

function start(
  command: string,
  args: string[],
  over: { cols?: number; env?: Record<string, string> } = {},
): PtySession {
  return host.create({
    id: `t${String(next++)}`,
    profile: 'test',
    command,
    args,
    cwd: '/',
    env: over.env ?? {},
    cols: over.cols ?? 80,
    rows: 24,
  });
}

/** Collects output and lets a test wait for a text in it; acknowledges everything. */
function watch(session: PtySession): {
  text(): string;
  until(pattern: RegExp): Promise<string>;
  stop(): void;
} {
  let text = '';
  const waiting = new Set<() => void>();
  const stop = session.onData((bytes) => {
    text += Buffer.from(bytes).toString('latin1');
    session.ack(bytes.length);
    for (const check of waiting) check();
  });
  return {
    text: () => text,
    stop,
    until: (pattern) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!pattern.test(text)) return;
          waiting.delete(check);
          resolve(text);
        };
        waiting.add(check);
        check();
      }),
  };
}

const ended = (session: PtySession): Promise<number> =>
  new Promise((resolve) => session.onExit((exit) => resolve(exit.code)));

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

afterEach(() => host.close());

describe.skipIf(process.platform === 'win32')('a program on a pseudo terminal', () => {
  it('echoes what is typed and tells its exit code', async () => {
    const session = start('/bin/sh', ['-c', 'read line; echo "got $line"; exit 7']);
    const output = watch(session);
    session.write('hello\r');
    expect(await ended(session)).toBe(7);
    expect(output.text()).toContain('hello\r\n');
    expect(output.text()).toContain('got hello\r\n');
    expect(session.exit).toEqual({ code: 7 });
  });

  it('gives Ctrl-C to the foreground program', async () => {
    const session = start('/bin/sh', [
      '-c',
      'trap "echo stopped; exit 130" INT; echo ready; sleep 1000 & wait',
    ]);
    const output = watch(session);
    await output.until(/ready/);
    session.write('\x03');
    expect(await ended(session)).toBe(130);
    expect(output.text()).toContain('stopped');
  });

  it('lets the program see a new size', async () => {
    const session = start('/bin/sh', ['-c', 'stty size; read x; stty size']);
    const output = watch(session);
    await output.until(/24 80/);
    session.resize(132, 43);
    session.write('\r');
    await output.until(/43 132/);
  });

  it('loses nothing of 2 MB while the screen acknowledges late', async () => {
    const lines = 200_000;
    const session = start('/bin/sh', ['-c', `stty raw; i=0; seq 1 ${String(lines)}; echo END`]);
    let received = 0;
    let unacknowledged = 0;
    let most = 0;
    const chunks: Uint8Array[] = [];
    session.onData((bytes) => {
      chunks.push(bytes);
      received += bytes.length;
      unacknowledged += bytes.length;
      most = Math.max(most, unacknowledged);
      if (unacknowledged > pauseAbove) {
        const late = unacknowledged;
        setImmediate(() => {
          unacknowledged -= late;
          session.ack(late);
        });
      }
    });
    await ended(session);
    const expected = Array.from({ length: lines }, (_, at) => `${String(at + 1)}\n`).join('') + 'END\n';
    expect(received).toBe(expected.length);
    expect(Buffer.concat(chunks).toString('latin1')).toBe(expected);
    expect(most).toBeLessThan(pauseAbove + 256 * 1024);
  });

  it('pauses a program whose output nobody acknowledges and goes on after the acknowledgement', async () => {
    const session = start('/bin/sh', ['-c', 'stty raw; yes 0123456789 | head -c 2000000; echo END']);
    let received = 0;
    let text = '';
    await new Promise<void>((resolve) => {
      session.onData((bytes) => {
        received += bytes.length;
        text = (text + Buffer.from(bytes).toString('latin1')).slice(-100);
        if (received > pauseAbove) resolve();
      });
    });
    const before = received;
    await new Promise((resolve) => setImmediate(resolve));
    expect(received).toBeLessThan(before + 200_000);
    expect(received).toBeLessThan(2_000_000);
    session.onData((bytes) => session.ack(bytes.length));
    session.ack(received);
    await ended(session);
    expect(received).toBe(2_000_004);
    expect(text.endsWith('END\n')).toBe(true);
  });

  it('replays the latest output to a screen that attaches again', async () => {
    const session = start('/bin/sh', ['-c', 'echo first; read x; echo second; read y']);
    const one = watch(session);
    await one.until(/first/);
    one.stop();
    session.write('\r');
    const two = watch(session);
    await two.until(/second/);
    expect(Buffer.from(session.replay()).toString()).toMatch(/first\r\n[\s\S]*second\r\n/);
  });

  it('passes on only an allow-list of its own environment', async () => {
    const own = new NodePtyHost({ PATH: '/usr/bin:/bin', SECRET_TOKEN: 'x', LANG: 'C' });
    const session = own.create({
      id: 'env',
      profile: 'test',
      command: '/usr/bin/env',
      args: [],
      cwd: '/',
      env: { LEME_HOME: '/h' },
      cols: 80,
      rows: 24,
    });
    const output = watch(session);
    await ended(session);
    expect(output.text()).toContain('LEME_HOME=/h');
    expect(output.text()).toContain('TERM=xterm-256color');
    expect(output.text()).not.toContain('SECRET_TOKEN');
    await own.close();
  });

  it('refuses an id that is in use, and leaves no process behind', async () => {
    const session = start('/bin/sh', ['-c', 'trap "" HUP; echo ready; while :; do sleep 1; done']);
    await watch(session).until(/ready/);
    expect(() =>
      host.create({
        id: session.id,
        profile: 'x',
        command: '/bin/true',
        args: [],
        cwd: '/',
        env: {},
        cols: 80,
        rows: 24,
      }),
    ).toThrow('is running already');
    const { pid } = session;
    expect(isRunning(pid)).toBe(true);
    await host.close();
    expect(isRunning(pid)).toBe(false);
    expect(host.list()).toEqual([]);
  });
});

describe('parts', () => {
  it('keeps the last bytes and begins after a newline once it had to drop some', () => {
    const buffer = new ReplayBuffer(20);
    buffer.push(Buffer.from('0123456789\nabcdef\n'));
    expect(Buffer.from(buffer.bytes()).toString()).toBe('0123456789\nabcdef\n');
    buffer.push(Buffer.from('ghij\n'));
    expect(buffer.size).toBe(20);
    expect(Buffer.from(buffer.bytes()).toString()).toBe('abcdef\nghij\n');
  });

  it('never begins inside a character', () => {
    const buffer = new ReplayBuffer(5);
    buffer.push(Buffer.from('ééé'));
    expect(Buffer.from(buffer.bytes()).toString()).toBe('éé');
  });

  it('pauses above the high mark and resumes below the low one, once each', () => {
    const calls: string[] = [];
    const flow = new FlowControl(
      () => calls.push('pause'),
      () => calls.push('resume'),
    );
    flow.sent(pauseAbove);
    expect(calls).toEqual([]);
    flow.sent(1);
    flow.sent(1000);
    expect(calls).toEqual(['pause']);
    flow.acknowledged(pauseAbove + 1001 - resumeBelow);
    expect(calls).toEqual(['pause']);
    flow.acknowledged(1);
    expect(calls).toEqual(['pause', 'resume']);
  });

  it('builds the environment from the allow-list', () => {
    expect(
      terminalEnvironment({ PATH: '/bin', NPM_TOKEN: 's', LC_ALL: 'C', X: undefined }, { A: '1' }),
    ).toEqual({ PATH: '/bin', LC_ALL: 'C', TERM: 'xterm-256color', COLORTERM: 'truecolor', A: '1' });
  });
});
