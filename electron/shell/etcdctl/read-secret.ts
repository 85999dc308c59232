import type { CommandIo } from '../interface.ts';

/** Asks for a password: without echo at a terminal, else one line of standard input. */
export async function readSecret(io: CommandIo, prompt: string): Promise<string> {
  await io.stderr.write(prompt);
  if (io.tty === undefined || !io.stdin.isTty) {
    for await (const line of io.stdin.lines()) return line;
    return '';
  }
  const { keys, release } = io.tty.grabKeys();
  let secret = '';
  try {
    for await (const chunk of keys) {
      for (const key of new TextDecoder().decode(chunk)) {
        if (key === '\r' || key === '\n') return secret;
        if (key === '\x03' || key === '\x04') return '';
        if (key === '\x7f' || key === '\b') secret = [...secret].slice(0, -1).join('');
        else secret += key;
      }
    }
    return secret;
  } finally {
    release();
    await io.stderr.write('\n');
  }
}
