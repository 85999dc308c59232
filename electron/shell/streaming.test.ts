import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import nodePath from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Command } from './interface.ts';
import { testShell, type TestShell } from './shell.testing.ts';
import { Pipe } from './streams/pipe.ts';

const none = { en: '', 'pt-BR': '' };
let feed: Pipe;
let ended: number[];

/** A command that prints what the test feeds it and never ends by itself, as `kubectl get -w` does. */
const follow: Command = {
  name: 'follow',
  summary: none,
  async run(io) {
    const stop = AbortSignal.any([io.signal, io.stdout.closed]);
    stop.addEventListener('abort', () => feed.source.cancel());
    try {
      for await (const chunk of feed.source) await io.stdout.write(chunk);
      return io.signal.aborted ? 130 : 141;
    } finally {
      ended.push(1);
    }
  },
};

let test: TestShell;
beforeEach(async () => {
  feed = new Pipe();
  ended = [];
  test = await testShell({ extra: [follow] });
});
afterEach(() => test.dispose());

describe('pipelines stream', () => {
  for (const [filter, input, output] of [
    ['grep web', 'web-1\nother\n', 'web-1\n'],
    ['grep --line-buffered web', 'web-1\n', 'web-1\n'],
    ["sed -n 's/web/WEB/p'", 'web-1\n', 'WEB-1\n'],
    ["awk '{print NR, $1}'", 'web-1 Running\n', '1 web-1\n'],
    ['cut -d- -f2', 'web-1\n', '1\n'],
    ['tr a-z A-Z', 'web-1\n', 'WEB-1\n'],
    ['cat -n', 'a\n', '     1\ta\n'],
    ['tee copy', 'a\n', 'a\n'],
    ['while read -r line; do echo "<$line>"; done', 'a\n', '<a>\n'],
    ['grep a | sed s/a/b/ | awk 1 | cat', 'a\n', 'b\n'],
    ['jq -c .x', '{"x":\n1}\n', '1\n'],
    ['xargs -I{} echo got {}', 'a\n', 'got a\n'],
  ] as const) {
    it(`follow | ${filter} prints before its input ends`, async () => {
      const run = test.start(`follow | ${filter}`);
      await feed.sink.write(input);
      await test.stdout.until(output);
      expect(test.stdout.text).toBe(output);
      feed.sink.release();
      await run.done;
    });
  }

  it('a reader that leaves ends the writer, even one that waits for news', async () => {
    const run = test.start('follow | head -1; echo "${PIPESTATUS[0]}"');
    await feed.sink.write('one\ntwo\n');
    await run.done;
    expect(test.stdout.text).toBe('one\n141\n');
    expect(ended).toEqual([1]);
  });

  it('an endless writer is held back by a slow reader and ends with it', async () => {
    await test.start('yes | { read a; read b; echo $a$b; }; yes | head -c 5; echo').done;
    expect(test.stdout.text).toBe('yy\ny\ny\ny\n');
  });

  it('Ctrl-C ends every stage and the rest of the line, with 130', async () => {
    const run = test.start('follow | cat; echo not reached');
    await feed.sink.write('seen\n');
    await test.stdout.until('seen\n');
    run.interrupt();
    expect(await run.done).toBe(130);
    expect(test.stdout.text).toBe('seen\n');
  });

  it('Ctrl-C reaches a loop that never waits', async () => {
    const run = test.start('echo start; while true; do :; done');
    await test.stdout.until('start');
    setImmediate(() => run.interrupt());
    expect(await run.done).toBe(130);
  });

  it('Ctrl-C ends a sleep and a read from input that never comes', async () => {
    const sleeping = test.start('echo a; sleep 1000');
    await test.stdout.until('a\n');
    sleeping.interrupt();
    expect(await sleeping.done).toBe(130);
    const reading = test.start('echo b; read x', feed.source);
    await test.stdout.until('b\n');
    reading.interrupt();
    expect(await reading.done).toBe(130);
  });

  it('runs a hundred thousand rounds', async () => {
    await test.start('i=0; while ((i<100000)); do ((i++)); done; echo $i').done;
    expect(test.stdout.text).toBe('100000\n');
  });
});

describe('background jobs', () => {
  it('run beside the line, survive Ctrl-C of the foreground, and can be waited for and killed', async () => {
    const run = test.start('follow > out & echo started; wait $!; echo "ended $?"');
    await test.stdout.until('started\n');
    await feed.sink.write('x\n');
    feed.sink.release();
    await run.done;
    expect(test.stdout.text).toBe('started\nended 141\n');
    expect(readFileSync(nodePath.join(test.root, 'home/learner/out'), 'utf8')).toBe('x\n');
  });

  it('keep a pipe open as long as they write to it', async () => {
    await test.start('{ { sleep 0.01; echo late; } & echo early; } | cat').done;
    expect(test.stdout.text).toBe('early\nlate\n');
  });

  it('`jobs` lists, `kill %1` ends one', async () => {
    await test.start('sleep 1000 & jobs; kill %1; wait %1; echo $?').done;
    expect(test.stdout.text).toBe('[1]+  Running                 sleep 1000 &\n143\n');
  });
});

describe('the sandbox', () => {
  it('reaches nothing outside its folder', async () => {
    symlinkSync('/etc', nodePath.join(test.root, 'home/learner/escape'));
    symlinkSync('../../../../../../etc/passwd', nodePath.join(test.root, 'home/learner/relative'));
    const code = await test.start(
      'cat escape/shadow; cat relative; cat /proc/self/environ; cd /../../..; pwd; ls /',
    ).done;
    expect(code).toBe(0);
    expect(test.stderr.text).toContain('cat: escape/shadow: No such file or directory');
    expect(test.stdout.text).toContain('learner:x:1000:1000');
    expect(test.stdout.text).not.toContain('daemon');
    expect(test.stderr.text).toContain('cat: /proc/self/environ: No such file or directory');
    expect(test.stdout.text.endsWith('/\netc\nhome\ntmp\n')).toBe(true);
  });

  it('runs no program of this computer', async () => {
    const code = await test.start('node --version; /usr/bin/node --version').done;
    expect(code).toBe(127);
    expect(test.stderr.text).toBe(
      'bash: line 1: node: command not found\nbash: line 1: /usr/bin/node: No such file or directory\n',
    );
  });

  it('does not follow a link when writing', async () => {
    const outside = `${test.root}-outside`;
    symlinkSync(outside, nodePath.join(test.root, 'home/learner/link'));
    await test.start('echo x > link').done;
    expect(existsSync(outside)).toBe(false);
  });
});

describe('syntax errors', () => {
  it('are told with the texts of bash and answer 2', async () => {
    expect(await test.start('echo a\nif true; then').done).toBe(2);
    expect(await test.start('done').done).toBe(2);
    expect(await test.start('echo "open').done).toBe(2);
    expect(test.stderr.text).toBe(
      "bash: line 1: syntax error: unexpected end of file\nbash: line 1: syntax error near unexpected token `done'\nbash: line 1: unexpected EOF while looking for matching `\"'\n",
    );
  });
});
