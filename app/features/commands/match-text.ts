/** Lower case, without accents: `Configurações` is found by `configuracoes`. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** How well a text matches what was typed: 0 not at all; every word typed must occur; word beginnings count more. */
export function matchText(query: string, text: string): number {
  const words = fold(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return 1;
  const folded = fold(text);
  let rating = 1;
  for (const word of words) {
    const at = folded.indexOf(word);
    if (at < 0) return 0;
    const begins = at === 0 || /[\s/:.-]/.test(folded[at - 1] ?? ' ');
    rating += begins ? 3 : 1;
  }
  return rating;
}
