import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkWords } from './words.ts';

const here = dirname(fileURLToPath(import.meta.url));

describe('one word for one thing in Portuguese texts', () => {
  it('holds for labs and app', () => {
    expect(checkWords(join(here, '..', '..'))).toEqual([]);
  });

  it('is violated by running text, and not by code', () => {
    expect(checkWords(join(here, 'fixtures', 'words'))).toEqual([
      'labs/track/lab/lab.yaml:1: nós, say "node"',
      'labs/track/lab/text/pt-BR/step.md:1: Plano de controle, say "control plane"',
      'labs/track/lab/text/pt-BR/step.md:9: nó, say "node"',
      'app/i18n/pt-br.ts:1: servidor de API, say "API server"',
    ]);
  });
});
