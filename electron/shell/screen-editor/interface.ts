import type { KeyPress } from '../editor/keys.ts';

/** A place in a text: row from 0, column in UTF-16 units. */
export interface Cursor {
  row: number;
  column: number;
}

/** What is on the screen: a text for each row, none wider than the screen, and where the cursor is. */
export interface EditorView {
  readonly rows: readonly string[];
  readonly cursor: Cursor;
}

/** A full-screen program that edits a text: keys go in, a picture comes out. */
export interface ScreenEditor {
  /** Exit code, once it has ended. */
  readonly done: number | undefined;
  press(key: KeyPress): Promise<void>;
  render(rows: number, columns: number): EditorView;
}
