/** One key, or a paste, as the line editor sees it. `name` is a plain name (`up`, `delete`), `C-x`, `M-x`, `text` or `paste`. */
export interface KeyPress {
  name: string;
  text: string;
}

const csi: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  Z: 'S-tab',
  '1~': 'home',
  '3~': 'delete',
  '4~': 'end',
  '5~': 'page-up',
  '6~': 'page-down',
  '7~': 'home',
  '8~': 'end',
  '1;5C': 'M-f',
  '1;5D': 'M-b',
  '1;3C': 'M-f',
  '1;3D': 'M-b',
  '3;5~': 'M-d',
};

const pasteStart = '\x1b[200~';
const pasteEnd = '\x1b[201~';

/** Turns what the terminal sends into keys. Feed it chunks; sequences may be cut anywhere. */
export class KeyDecoder {
  readonly #decoder = new TextDecoder();
  #rest = '';
  #paste: string | null = null;

  /** True when an escape waits for more: after a pause call {@link flush}. */
  get pending(): boolean {
    return this.#rest !== '' && this.#paste === null;
  }

  feed(chunk: Uint8Array): KeyPress[] {
    this.#rest += this.#decoder.decode(chunk, { stream: true });
    const out: KeyPress[] = [];
    for (let key = this.#take(); key !== null; key = this.#take()) out.push(key);
    return out;
  }

  /** What is left undecided is taken as single keys. */
  flush(): KeyPress[] {
    const text = this.#rest;
    this.#rest = '';
    return text === '' ? [] : [{ name: 'escape', text: '\x1b' }, ...[...text.slice(1)].map(plain)];
  }

  #take(): KeyPress | null {
    if (this.#paste !== null) return this.#takePaste();
    const text = this.#rest;
    if (text === '') return null;
    if (text[0] !== '\x1b') {
      const char = String.fromCodePoint(text.codePointAt(0) ?? 0);
      this.#rest = text.slice(char.length);
      return plain(char);
    }
    if (text.startsWith(pasteStart)) {
      this.#rest = text.slice(pasteStart.length);
      this.#paste = '';
      return this.#takePaste();
    }
    const match = /^\x1b(?:\[([0-9;?]*[@-~])|O([A-Za-z])|([^[O]))/su.exec(text);
    if (match === null) return null;
    this.#rest = text.slice(match[0].length);
    const sequence = match[1] ?? match[2];
    if (sequence !== undefined) return { name: csi[sequence] ?? 'unknown', text: match[0] };
    const char = match[3] ?? '';
    return { name: char === '\x7f' || char === '\b' ? 'M-backspace' : `M-${char}`, text: match[0] };
  }

  #takePaste(): KeyPress | null {
    const end = this.#rest.indexOf(pasteEnd);
    if (end < 0) {
      const keep = partialEnd(this.#rest);
      this.#paste = (this.#paste ?? '') + this.#rest.slice(0, this.#rest.length - keep);
      this.#rest = this.#rest.slice(this.#rest.length - keep);
      return null;
    }
    const text = (this.#paste ?? '') + this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end + pasteEnd.length);
    this.#paste = null;
    return { name: 'paste', text: text.replace(/\r\n?/g, '\n') };
  }
}

function partialEnd(text: string): number {
  for (let size = Math.min(pasteEnd.length - 1, text.length); size > 0; size--)
    if (pasteEnd.startsWith(text.slice(-size))) return size;
  return 0;
}

function plain(char: string): KeyPress {
  const code = char.codePointAt(0) ?? 0;
  if (char === '\r' || char === '\n') return { name: 'enter', text: '\n' };
  if (char === '\t') return { name: 'tab', text: char };
  if (code === 127 || code === 8) return { name: 'backspace', text: char };
  if (code === 0) return { name: 'C-@', text: char };
  if (code === 31) return { name: 'C-_', text: char };
  if (code < 27) return { name: `C-${String.fromCharCode(code + 96)}`, text: char };
  return code < 32 ? { name: 'unknown', text: char } : { name: 'text', text: char };
}
