import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scenario } from './scenario.ts';
import { decide, recordedRules } from './scenario.ts';

// npm run oracle:scheduler -- IN OUT: decisions of our scheduler for the scenarios in IN (a .jsonl file, or a folder of
// them), one JSON line each, into OUT. By the rules of the recordings (`recordedRules`), which are v1.33's but for one text.

const [input, output] = process.argv.slice(2);
if (input === undefined || output === undefined) {
  console.error(
    'usage: npm run oracle:scheduler -- IN OUT   (IN: a .jsonl file of scenarios or a folder of them)',
  );
  process.exit(2);
}
const files = statSync(input).isDirectory()
  ? readdirSync(input)
      .filter((name) => name.endsWith('.jsonl'))
      .sort()
      .map((name) => join(input, name))
  : [input];
const lines = files.flatMap((file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== ''),
);
writeFileSync(
  output,
  lines.map((line) => `${JSON.stringify(decide(JSON.parse(line) as Scenario, recordedRules))}\n`).join(''),
);
console.log(`${lines.length} decisions written to ${output}`);
