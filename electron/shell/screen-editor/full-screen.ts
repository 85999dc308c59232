import { KeyDecoder } from '../editor/keys.ts';
import type { CommandIo, Terminal } from '../interface.ts';
import type { ScreenEditor } from './interface.ts';

/** How long an escape waits for the rest of a sequence, in milliseconds. */
const ESCAPE_MS = 40;

/** Runs an editor on the whole terminal until it ends; answers its exit code. What was on the screen comes back. */
export async function runFullScreen(io: CommandIo, tty: Terminal, editor: ScreenEditor): Promise<number> {
  const grabbed = tty.grabKeys();
  const decoder = new KeyDecoder();
  const draw = (): Promise<void> => {
    const { rows, cursor } = editor.render(tty.rows, tty.columns);
    return io.stdout.write(
      `\x1b[?25l\x1b[H${rows.map((row) => `${row}\x1b[0m\x1b[K`).join('\r\n')}\x1b[${String(cursor.row + 1)};${String(cursor.column + 1)}H\x1b[?25h`,
    );
  };
  const unsize = tty.onResize(() => void draw());
  await io.stdout.write('\x1b[?1049h\x1b[2J');
  try {
    await draw();
    let next = grabbed.keys.read();
    while (editor.done === undefined) {
      const waited = decoder.pending ? await Promise.race([next, pause(ESCAPE_MS)]) : await next;
      if (waited === null) return 1;
      if (waited !== 'late') next = grabbed.keys.read();
      for (const key of waited === 'late' ? decoder.flush() : decoder.feed(waited)) {
        await editor.press(key);
        if (editor.done !== undefined) break;
      }
      if (editor.done === undefined) await draw();
    }
    return editor.done;
  } finally {
    unsize();
    grabbed.release();
    await io.stdout.write('\x1b[?1049l');
  }
}

function pause(ms: number): Promise<'late'> {
  return new Promise((resolve) => void setTimeout(() => resolve('late'), ms));
}
