import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A word that Portuguese texts do not use, and the one they use instead: the glossary of `labs/README.md`. */
export const WORDS: readonly (readonly [refused: RegExp, instead: string])[] = [
  [/(?<!\p{L})(nós?|nodos?)(?!\p{L})/iu, 'node'],
  [/(?<!\p{L})planos? de controle(?!\p{L})/iu, 'control plane'],
  [/(?<!\p{L})servidor(es)? (de|da) API(?!\p{L})/iu, 'API server'],
  [/(?<!\p{L})(escalonador|agendador)(es)?(?!\p{L})/iu, 'scheduler'],
  [/(?<!\p{L})espaços? de nomes?(?!\p{L})/iu, 'namespace'],
];

/** Where Portuguese texts are, and what is skipped in them. */
const PLACES: readonly { readonly folder: string; readonly file: RegExp; readonly prose: boolean }[] = [
  { folder: 'labs', file: /(^|\/)text\/pt-BR\/[^/]+\.md$|\/lab\.yaml$/, prose: true },
  { folder: 'app', file: /\.(ts|vue)$/, prose: false },
  { folder: 'electron', file: /\.ts$/, prose: false },
];

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Text without code, which is in the words of commands and files; lines stay lines. */
function withoutCode(text: string): string {
  const blank = (code: string): string => code.replace(/[^\n]/g, ' ');
  return text.replace(/^```.*?^```/gms, blank).replace(/`[^`\n]*`/g, blank);
}

/** `FILE:LINE: word, say "other"` for every refused word below a checkout. */
export function checkWords(root: string): string[] {
  return PLACES.flatMap(({ folder, file, prose }) =>
    filesBelow(join(root, folder))
      .map((path) => relative(root, path).replaceAll('\\', '/'))
      .filter((path) => file.test(path))
      .flatMap((path) => {
        const text = readFileSync(join(root, path), 'utf8');
        return (prose ? withoutCode(text) : text).split('\n').flatMap((line, index) =>
          WORDS.flatMap(([refused, instead]) => {
            const word = refused.exec(line)?.[0];
            return word === undefined ? [] : [`${path}:${index + 1}: ${word}, say "${instead}"`];
          }),
        );
      }),
  );
}
