import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root, temporaryFolder } from '../harness/serve.ts';
import type { Scenario } from '../oracle/scenario.ts';
import { decide, recordedRules } from '../oracle/scenario.ts';
import { reference } from './references.ts';

const recordings = reference('scheduler');
const folder = temporaryFolder();
afterAll(() => folder.remove());

/**
 * Scenarios where v1.34, which the product is, says something else than the recording, made with v1.33: a request that exceeds
 * the whole node is final, so that preemption "is not helpful" there. Placement is the same in all of them.
 */
const newerText = JSON.parse(
  readFileSync(join(root, 'test/conformance/scheduler-known.json'), 'utf8'),
) as string[];

interface Judged {
  readonly passed: number;
  readonly all: number;
  /** Ids. */
  readonly failed: readonly string[];
}

function judge(decision: (scenario: Scenario) => unknown, flags: readonly string[] = []): Judged {
  const scenarios = join(recordings ?? '', 'scenarios');
  const results = join(folder.path, 'results.jsonl');
  const report = join(folder.path, 'report.json');
  const lines = readdirSync(scenarios)
    .sort()
    .flatMap((name) => readFileSync(join(scenarios, name), 'utf8').split('\n'))
    .filter((line) => line !== '');
  writeFileSync(
    results,
    lines.map((line) => `${JSON.stringify(decision(JSON.parse(line) as Scenario))}\n`).join(''),
  );
  const checker = join(recordings ?? '', 'check.mjs');
  spawnSync(process.execPath, [checker, results, '--json', report, '--show', '1000', ...flags], {
    stdio: 'ignore',
  });
  const { failures, passed } = JSON.parse(readFileSync(report, 'utf8')) as {
    passed: number;
    failures: readonly { readonly id: string }[];
  };
  return { passed, all: lines.length, failed: [...new Set(failures.map(({ id }) => id))].sort() };
}

describe.skipIf(recordings === undefined)('recorded decisions of kube-scheduler', () => {
  it('are ours by the rules that they were recorded by', () => {
    const { passed, all, failed } = judge((scenario) => decide(scenario, recordedRules), ['--strict']);
    expect(failed).toEqual([]);
    expect(passed).toBe(all);
  });

  it("are the product's, but for one text that v1.34 changed", () => {
    const { passed, all, failed } = judge((scenario) => decide(scenario));
    expect(failed).toEqual(newerText);
    expect(passed).toBe(all - newerText.length);
  });
});
