import type { Conversation } from '../interface.ts';
import { parseScript } from '../parse/parse-script.ts';
import { History } from './history.ts';
import type { FinishedLine } from './host-report.ts';
import type { Keyboard } from './keyboard.ts';
import { LineEditor } from './line-editor.ts';
import type { NodeTerminal, TerminalSink } from './terminal.ts';

interface Parts {
  keyboard: Keyboard;
  out: TerminalSink;
  terminal: NodeTerminal;
  report: (finished: FinishedLine) => void;
}

/** A prompt inside a running command: its own history (not kept), Ctrl-C for the line that runs, Ctrl-D to leave. */
export async function converse(session: Conversation, parts: Parts): Promise<number> {
  const { keyboard, out, terminal } = parts;
  const history = new History(null);
  const editor = new LineEditor({
    keyboard,
    history,
    write: (text) => void process.stdout.write(text),
    columns: () => terminal.columns,
    rows: () => terminal.rows,
    onResize: (listener) => terminal.onResize(listener),
    complete: (line, cursor) => {
      const word = /^\s*(\S*)$/.exec(line.slice(0, cursor));
      if (word === null) return Promise.resolve(null);
      const found = session.names.filter((name) => name.startsWith(word[1] ?? ''));
      return Promise.resolve({
        start: cursor - (word[1] ?? '').length,
        labels: found,
        insertions: found.map((name) => `${name} `),
      });
    },
  });
  let code = 0;
  let text = '';
  let running: AbortController | null = null;
  const restore = keyboard.cooked.onSignal((signal) => running?.abort(signal));
  try {
    for (;;) {
      if (out.lineOpen) await out.write('\n');
      const result = await editor.read(text === '' ? session.prompt : '> ');
      if (result.kind === 'end') return code;
      if (result.kind === 'interrupt') {
        text = '';
        code = 130;
        continue;
      }
      text = text === '' ? result.text : `${text}\n${result.text}`;
      const parsed = parseScript(text);
      if (
        text.trim() !== '' &&
        (parsed.kind === 'incomplete' || (parsed.kind === 'script' && parsed.openHereDoc !== undefined))
      )
        continue;
      const line = text;
      text = '';
      if (line.trim() === '') continue;
      history.add(line);
      if (/^\s*(?:exit|logout)\s*$/.test(line)) return code;
      running = new AbortController();
      const stop = keyboard.listen((chunk) => keyboard.cooked.feed(chunk));
      const startedAt = Date.now();
      try {
        const ended = await session.run(
          line,
          { stdin: keyboard.cooked, stdout: out, stderr: out },
          running.signal,
        );
        if (typeof ended !== 'number') return ended.leave;
        code = ended;
        if (running.signal.aborted) await out.write('\n');
      } finally {
        stop();
        running = null;
        keyboard.typedAhead(keyboard.cooked.takeUnread());
      }
      parts.report({
        line: `ssh ${session.prompt.replace(/^.*@|:.*$/g, '')} ${line}`,
        exit: code,
        startedAt,
      });
    }
  } finally {
    restore();
  }
}
