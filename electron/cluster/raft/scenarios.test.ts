import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { InteractionEnv } from './testing/interaction-env.testing.ts';

const folder = join(import.meta.dirname, 'testdata');
/** `LEME_REWRITE=1` writes the answers of today into the files: read the difference before it is kept. */
const rewrite = process.env['LEME_REWRITE'] !== undefined;

/** Blocks are apart by empty lines: comments, one command, `----`, and its answer. */
function play(text: string): string {
  const env = new InteractionEnv();
  return `${text
    .trim()
    .split(/\n{2,}/)
    .map((block) => {
      const lines = block.split('\n');
      const comments = lines.filter((line) => line.startsWith('#'));
      const command = lines.find((line) => !line.startsWith('#'));
      return command === undefined
        ? comments.join('\n')
        : [...comments, command, '----', env.run(command)].join('\n');
    })
    .join('\n\n')}\n`;
}

const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));

test.each(files)('%s', (name) => {
  const path = join(folder, name);
  const text = readFileSync(path, 'utf8');
  const played = play(text);
  if (rewrite) writeFileSync(path, played);
  else expect(played).toBe(text);
});

test('an answer that is not what happened is noticed', () => {
  const text = 'members 1\n----\nok\n\ncampaign 1\n----\n1 became leader at term 2\n';
  expect(play(text)).not.toBe(text);
});
