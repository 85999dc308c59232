import { beforeAll, describe, expect, it } from 'vitest';
import { loadGrammar } from './grammar.ts';
import { parseScript } from './parse-script.ts';

beforeAll(loadGrammar);

describe('a here-document inside a block', () => {
  const growing = ['bind() { cat <<YAML', '\na: $1', '\nYAML', '\n}'];

  it('is waited for line by line, until the block ends', () => {
    const kinds = growing.map((_, index) => parseScript(growing.slice(0, index + 1).join('')).kind);
    expect(kinds).toEqual(['incomplete', 'incomplete', 'incomplete', 'script']);
    expect(parseScript('if true; then cat <<Y').kind).toBe('incomplete');
  });

  it('that is followed by what cannot follow is wrong', () => {
    expect(parseScript('{ cat <<Y\nY\n)')).toMatchObject({
      kind: 'error',
      message: "syntax error near unexpected token `)'",
    });
  });
});
