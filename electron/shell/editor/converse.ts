import type { Conversation } from '../interface.ts';
import { parseScript } from '../parse/parse-script.ts';
import { loadGrammar } from '../parse/grammar.ts';
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

/** Whether bash would run it as it is. */
function isWholeScript(text: string): boolean {
  const parsed = parseScript(text);
  const goesOn =
    parsed.kind === 'incomplete' || (parsed.kind === 'script' && parsed.openHereDoc !== undefined);
  return text.trim() === '' || !goesOn;
}

/** A prompt inside a running command: its own history (not kept), Ctrl-C for the line that runs, Ctrl-D to leave. */
export async function converse(session: Conversation, parts: Parts): Promise<number> {
  const { keyboard, out, terminal } = parts;
  const history = new History(null, session.history);
  const editor = new LineEditor({
    keyboard,
    history,
    write: (text) => void process.stdout.write(text),
    columns: () => terminal.columns,
    rows: () => terminal.rows,
    onResize: (listener) => terminal.onResize(listener),
    complete: (line, cursor) => session.complete(line, cursor),
  });
  let code = 0;
  let text = '';
  let running: AbortController | null = null;
  const restore = keyboard.cooked.onSignal((signal) => running?.abort(signal));
  await loadGrammar();
  try {
    for (;;) {
      if (out.lineOpen) await out.write('\n');
      const result = await editor.read(session.prompt(text !== ''));
      if (result.kind === 'end') return code;
      if (result.kind === 'interrupt') {
        text = '';
        code = 130;
        continue;
      }
      const asTyped: ReturnType<History['expand']> = { line: result.text };
      const expanded = session.isWhole === undefined ? history.expand(result.text) : asTyped;
      if (expanded.missing !== undefined) {
        await out.write(`-bash: ${expanded.missing}: event not found\n`);
        text = '';
        continue;
      }
      if (expanded.line !== result.text) await out.write(`${expanded.line}\n`);
      text = text === '' ? expanded.line : `${text}\n${expanded.line}`;
      if (!(session.isWhole?.(text) ?? isWholeScript(text))) continue;
      const line = text;
      text = '';
      if (line.trim() === '' && session.isWhole === undefined) continue;
      if (line.trim() !== '') history.add(line);
      running = new AbortController();
      const stop = keyboard.listen((chunk) => keyboard.cooked.feed(chunk));
      const startedAt = Date.now();
      let ended: number | { leave: number };
      try {
        ended = await session.run(line, { stdin: keyboard.cooked, stdout: out, stderr: out }, running.signal);
        if (running.signal.aborted) await out.write('\n');
      } finally {
        stop();
        running = null;
        keyboard.typedAhead(keyboard.cooked.takeUnread());
      }
      code = typeof ended === 'number' ? ended : ended.leave;
      if (typeof ended === 'number' || line.trim() !== 'exit')
        parts.report({ line: `ssh ${session.host} ${line}`, exit: code, startedAt });
      if (typeof ended !== 'number') return code;
    }
  } finally {
    restore();
  }
}
