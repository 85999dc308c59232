// Records what the real bash answers: node electron/shell/testdata/record.mjs [FILE…]. Tests do not need bash.
// A case is `=== name`, the script, and (written by this program) `--- stdout`, the output, `--- exit N`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const here = import.meta.dirname;
const files =
  process.argv.length > 2
    ? process.argv.slice(2)
    : readdirSync(here)
        .filter((name) => name.endsWith('.txt'))
        .map((name) => join(here, name));
let total = 0;
for (const file of files) {
  const cases = readFileSync(file, 'utf8').split(/^=== /m).slice(1);
  let out = '';
  for (const text of cases) {
    const [name, ...rest] = text.split('\n');
    const script = rest
      .join('\n')
      .split(/^--- stdout$/m)[0]
      .replace(/\n+$/, '');
    const home = mkdtempSync(join(tmpdir(), 'bash-record-'));
    const result = spawnSync('bash', ['-c', script], {
      cwd: home,
      env: { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' },
      encoding: 'utf8',
      input: '',
      timeout: 10_000,
    });
    rmSync(home, { recursive: true, force: true });
    out += `=== ${name}\n${script}\n--- stdout\n${result.stdout}${result.stdout.endsWith('\n') || result.stdout === '' ? '' : '␄\n'}--- exit ${result.status}\n\n`;
    total++;
  }
  writeFileSync(file, out);
}
process.stdout.write(
  `${total} cases recorded with ${spawnSync('bash', ['--version'], { encoding: 'utf8' }).stdout.split('\n')[0]}\n`,
);
