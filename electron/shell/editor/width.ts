const sequences = /\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-_]|[\x01\x02]/g;
const combining = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const emoji = /^\p{Emoji_Presentation}$/u;

/** Cells one character takes on a terminal: 0, 1 or 2 (East Asian wide and emoji). */
export function charWidth(char: string): number {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x300) return code < 32 || code === 127 ? 0 : 1;
  if (combining.test(char)) return 0;
  const wide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0x303e) ||
    (code >= 0x3041 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x20000 && code <= 0x3fffd);
  return wide || emoji.test(char) ? 2 : 1;
}

/** The text without what a terminal does not show (colours, titles, marks). */
export function visible(text: string): string {
  return text.replace(sequences, '');
}

export function textWidth(text: string): number {
  let width = 0;
  for (const char of visible(text)) width += charWidth(char);
  return width;
}

export interface Place {
  row: number;
  column: number;
}

/** Where the cursor is after writing text at a place on a screen of so many columns (wide characters never straddle the edge). */
export function advance(text: string, from: Place, columns: number): Place {
  let { row, column } = from;
  for (const char of visible(text)) {
    if (char === '\n') {
      row++;
      column = 0;
      continue;
    }
    const width = charWidth(char);
    if (column + width > columns) {
      row++;
      column = 0;
    }
    column += width;
  }
  if (column >= columns) {
    row++;
    column = 0;
  }
  return { row, column };
}
