// npm test: installs what is missing, checks types, style and imports, runs unit, integration and browser tests,
// and closes with the counts. --all adds the long suites. Names of stages run only those: npm test -- unit e2e
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { nodeBinary, root } from './node-binary.mjs';
import { ensureInstalled, findChromium, hasProgram, installDebian } from './setup.mjs';

const args = process.argv.slice(2);
const wanted = args.filter((arg) => !arg.startsWith('--'));
const counts = { passed: 0, failed: 0, skipped: 0 };
const stages = [];

function stage(name, work) {
  if (wanted.length > 0 && !wanted.includes(name)) return;
  const start = Date.now();
  console.log(`\n== ${name}`);
  const ok = work();
  stages.push({ name, ok, seconds: Math.round((Date.now() - start) / 1000) });
}

/** As `stage`, for scripts that may run beside others: what they say is shown when they have ended. */
async function stageBeside(name, script, ...rest) {
  if (wanted.length > 0 && !wanted.includes(name)) return;
  const start = Date.now();
  const child = spawn(nodeBinary(), [join(root, script), ...rest], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
  const ok = (await new Promise((resolve) => child.on('close', resolve))) === 0;
  console.log(`\n== ${name}`);
  process.stdout.write(Buffer.concat(said));
  stages.push({ name, ok, seconds: Math.round((Date.now() - start) / 1000) });
}

function node(script, ...rest) {
  return spawnSync(nodeBinary(), [join(root, script), ...rest], { cwd: root, stdio: 'inherit' }).status === 0;
}

function vitest(name, ...rest) {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const report = join(root, '.cache', `vitest-${name}.json`);
  const ok = node(
    'node_modules/vitest/vitest.mjs',
    'run',
    ...rest,
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${report}`,
  );
  if (!existsSync(report)) {
    counts.failed += 1;
    return false;
  }
  const result = JSON.parse(readFileSync(report, 'utf8'));
  counts.passed += result.numPassedTests;
  counts.failed += result.numFailedTests;
  counts.skipped += result.numPendingTests + (result.numTodoTests ?? 0);
  return ok;
}

ensureInstalled();
if (findChromium() === undefined && !installDebian(['chromium'])) {
  console.log(
    'Chromium is not here and could not be installed: browser tests are skipped. Install the package `chromium`.',
  );
}
if (!hasProgram('kubectl'))
  console.log('No kubectl on the PATH: tests that drive a stock kubectl are skipped.');

// Each of these keeps one processor busy.
await Promise.all([
  stageBeside('typecheck', 'scripts/typecheck.mjs').then(() =>
    stageBeside('format', 'node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  ),
  stageBeside('lint', 'node_modules/eslint/bin/eslint.js', '.'),
]);
stage('unit', () => vitest('unit'));
stage('build', () => {
  ensureBuilt();
  return true;
});
stage('labs', () => node('scripts/labs.mjs'));
stage('e2e', () => vitest('e2e', '--config', 'vitest.e2e.config.ts'));
if (args.includes('--all')) stage('long', () => vitest('long', '--config', 'vitest.long.config.ts'));
if (args.includes('--all')) stage('oracle', () => vitest('oracle', '--config', 'vitest.oracle.config.ts'));

console.log('\n== summary');
for (const { name, ok, seconds } of stages) console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
const failedStages = stages.filter(({ ok }) => !ok).length;
console.log(
  `tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped; stages failed: ${failedStages}`,
);
process.exit(failedStages === 0 && counts.failed === 0 ? 0 : 1);
