const wordChar = /[\p{L}\p{N}_]/u;

/** The text being edited as characters, with a cursor, a kill buffer and undo. Emacs names for the moves. */
export class LineBuffer {
  chars: string[] = [];
  cursor = 0;
  #killed = '';
  #undo: { chars: string[]; cursor: number }[] = [];

  get text(): string {
    return this.chars.join('');
  }

  get before(): string {
    return this.chars.slice(0, this.cursor).join('');
  }

  set(text: string, cursor?: number): void {
    this.chars = [...new Intl.Segmenter().segment(text)].map((part) => part.segment);
    this.cursor = Math.min(cursor ?? this.chars.length, this.chars.length);
  }

  save(): void {
    this.#undo.push({ chars: [...this.chars], cursor: this.cursor });
    if (this.#undo.length > 200) this.#undo.shift();
  }

  undo(): void {
    const last = this.#undo.pop();
    if (last === undefined) return;
    this.chars = last.chars;
    this.cursor = last.cursor;
  }

  forget(): void {
    this.#undo = [];
  }

  insert(text: string): void {
    const joined = [...new Intl.Segmenter().segment(this.before + text)].map((part) => part.segment);
    const rest = this.chars.slice(this.cursor);
    this.chars = [...joined, ...rest];
    this.cursor = joined.length;
  }

  remove(from: number, to: number, keep = false): void {
    const start = Math.max(0, Math.min(from, to));
    const end = Math.min(this.chars.length, Math.max(from, to));
    const gone = this.chars.splice(start, end - start).join('');
    if (keep && gone !== '') this.#killed = gone;
    this.cursor = start;
  }

  yank(): void {
    this.insert(this.#killed);
  }

  wordLeft(blankOnly = false): number {
    const inWord = (at: number): boolean =>
      blankOnly ? !/\s/.test(this.chars[at] ?? ' ') : wordChar.test(this.chars[at] ?? ' ');
    let at = this.cursor;
    while (at > 0 && !inWord(at - 1)) at--;
    while (at > 0 && inWord(at - 1)) at--;
    return at;
  }

  wordRight(): number {
    let at = this.cursor;
    while (at < this.chars.length && !wordChar.test(this.chars[at] ?? '')) at++;
    while (at < this.chars.length && wordChar.test(this.chars[at] ?? '')) at++;
    return at;
  }

  transpose(): void {
    if (this.cursor === 0 || this.chars.length < 2) return;
    const at = this.cursor === this.chars.length ? this.cursor - 1 : this.cursor;
    const [a, b] = [this.chars[at - 1] as string, this.chars[at] as string];
    this.chars[at - 1] = b;
    this.chars[at] = a;
    this.cursor = at + 1;
  }

  changeWord(change: (word: string) => string): void {
    const end = this.wordRight();
    const word = change(this.chars.slice(this.cursor, end).join(''));
    this.chars.splice(this.cursor, end - this.cursor, ...word);
    this.cursor = end;
  }
}
