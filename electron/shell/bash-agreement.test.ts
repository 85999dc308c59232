import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import nodePath from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { LabShell } from './lab-shell.ts';
import { BufferSink } from './streams/sinks.ts';
import { emptySource } from './streams/sources.ts';

const folder = nodePath.join(import.meta.dirname, 'testdata');
const roots: string[] = [];

interface Case {
  name: string;
  script: string;
  stdout: string;
  exit: number;
}

function readCases(file: string): Case[] {
  return readFileSync(nodePath.join(folder, file), 'utf8')
    .split(/^=== /m)
    .slice(1)
    .map((text) => {
      const match = /^(.*)\n([\s\S]*?)\n--- stdout\n([\s\S]*)--- exit (\d+)\n*$/.exec(text);
      if (match === null) throw new Error(`not a case: ${text}`);
      return {
        name: match[1] ?? '',
        script: match[2] ?? '',
        stdout: (match[3] ?? '').replace(/␄\n$/, ''),
        exit: Number(match[4]),
      };
    });
}

async function run(script: string): Promise<{ stdout: string; stderr: string; exit: number }> {
  const root = mkdtempSync(nodePath.join(tmpdir(), 'leme-shell-'));
  roots.push(root);
  const shell = new LabShell({ root });
  const stdout = new BufferSink();
  const stderr = new BufferSink();
  const exit = await shell.run(script, { stdin: emptySource(), stdout, stderr }, AbortSignal.timeout(10_000));
  shell.close();
  return { stdout: stdout.text(), stderr: stderr.text(), exit };
}

afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

// What the real bash printed and answered, recorded by testdata/record.mjs.
for (const file of readdirSync(folder).filter((name) => name.endsWith('.txt'))) {
  describe(file, () => {
    for (const [at, item] of readCases(file).entries()) {
      it(`${String(at + 1)} ${item.name}`, async () => {
        const result = await run(item.script);
        expect({ stdout: result.stdout, exit: result.exit }, result.stderr).toEqual({
          stdout: item.stdout,
          exit: item.exit,
        });
      });
    }
  });
}

it('has at least 150 cases', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  expect(files.flatMap(readCases).length).toBeGreaterThanOrEqual(150);
});
