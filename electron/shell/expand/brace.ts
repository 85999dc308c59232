import type { BraceItem, WordNode, WordPart } from '../parse/ast.ts';

/** The words a word with `{a,b}` or `{1..9}` stands for, in order. A word without braces answers itself. */
export function expandBraces(word: WordNode): WordNode[] {
  if (!word.parts.some((part) => part.type === 'BraceExpansion')) return [word];
  let lists: WordPart[][] = [[]];
  for (const part of word.parts) {
    const choices = part.type === 'BraceExpansion' ? part.items.flatMap(itemParts) : [[part]];
    lists = lists.flatMap((list) => choices.map((choice) => [...list, ...choice]));
  }
  return lists.map((parts) => ({ type: 'Word', parts }));
}

function itemParts(item: BraceItem): WordPart[][] {
  if (item.type === 'Word') return expandBraces(item.word).map((word) => word.parts);
  return range(item).map((value) => [{ type: 'Literal', value }]);
}

const rangeLimit = 1_000_000;

function range(item: Extract<BraceItem, { type: 'Range' }>): string[] {
  const letters =
    typeof item.start === 'string' && typeof item.end === 'string' && !/^-?\d+$/.test(item.start);
  const from = letters ? String(item.start).charCodeAt(0) : Number(item.start);
  const to = letters ? String(item.end).charCodeAt(0) : Number(item.end);
  const size = Math.max(1, Math.abs(item.step ?? 1));
  if (Math.abs(to - from) / size > rangeLimit) return [];
  const texts = [item.startStr ?? '', item.endStr ?? ''];
  const padded = !letters && texts.some((text) => /^-?0\d/.test(text));
  const width = padded ? Math.max(...texts.map((text) => text.length)) : 0;
  const out: string[] = [];
  for (let at = from; from <= to ? at <= to : at >= to; at += from <= to ? size : -size) {
    if (letters) out.push(String.fromCharCode(at));
    else if (width === 0) out.push(String(at));
    else out.push(at < 0 ? `-${String(-at).padStart(width - 1, '0')}` : String(at).padStart(width, '0'));
  }
  return out;
}
