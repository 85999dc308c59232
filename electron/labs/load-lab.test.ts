import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync, symlinkSync, cpSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ImageFile } from '../shared/images/image-schema.ts';
import { LabSpec } from '../shared/lab/lab-schema.ts';
import { findLabs, loadLab } from './load-lab.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'labs');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leme-lab-'));
  cpSync(join(root, 'architecture', 'first-look'), folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

function edit(change: (text: string) => string): void {
  writeFileSync(join(folder, 'lab.yaml'), change(readFileSync(join(folder, 'lab.yaml'), 'utf8')));
}

const messages = (): string[] =>
  loadLab(folder).problems.map(({ file, line, message }) => `${file}:${line ?? ''}: ${message}`);

describe('loadLab', () => {
  it('loads every built-in lab', () => {
    const found = findLabs(root).map((place) => loadLab(place));
    expect(found.flatMap(({ problems }) => problems)).toEqual([]);
    expect(found.map(({ lab }) => lab?.spec.metadata.id)).toEqual([
      'api-with-curl',
      'controllers-tour',
      'first-look',
      'high-availability',
      'reconcile-loop',
      'etcd-backup-restore',
      'etcd-compaction',
      'etcd-quorum',
      'etcd-source-of-truth',
      'container-runtime',
      'dockershim-upgrade',
      'kubelet-down',
      'kubelet-podspec',
      'probes-and-restarts',
      'windows-workers',
      'be-the-scheduler',
      'scheduler-affinity',
      'scheduler-pending',
      'scheduler-preemption',
      'scheduler-spread',
      'scheduler-taints-ports',
    ]);
  });

  it('says file and line of what is wrong', () => {
    edit((text) => text.replace('passMark: 70', 'passMark: seventy'));
    expect(messages()).toEqual([
      expect.stringMatching(/^lab\.yaml:\d+: passMark: Invalid input: expected number, received string$/),
    ]);
  });

  it('refuses fields it does not know, and YAML that is none', () => {
    edit((text) => text.replace('passMark: 70', 'passMark: 70\nscript: rm -rf /'));
    expect(messages()[0]).toContain('Unrecognized key: "script"');
    edit(() => 'a: [1');
    expect(messages()[0]).toMatch(/^lab\.yaml:\d+: /);
  });

  it('misses texts by language', () => {
    rmSync(join(folder, 'text', 'pt-BR', 'machines.md'));
    expect(messages()).toEqual(['text/pt-BR/machines.md:: is missing']);
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync('/etc/hostname', join(folder, 'text', 'pt-BR', 'machines.md'));
    expect(messages()).toEqual(['text/pt-BR/machines.md:: is not a regular file']);
  });

  it('finds tasks that could never pass', () => {
    edit((text) => text.replace('needs: [who-chooses]', 'needs: [nobody]').replace('equals: 0', 'equals: 0'));
    expect(messages()).toEqual(['lab.yaml:: first-pod/running: needs nobody, which is not in this step']);
    edit((text) =>
      text
        .replace('needs: [nobody]', 'needs: []')
        .replace('object.status.phase == "Running" &&', 'object.status.phase == &&'),
    );
    expect(messages()[0]).toContain('lab.yaml:: first-pod/running: CEL expression');
  });

  it('finds bindings that could not be looked for', () => {
    cpSync(join(root, 'scheduling', 'be-the-scheduler'), folder, { recursive: true, force: true });
    edit((text) => text.replace('name: picky\n', 'name: picky\n            where: object.spec ==\n'));
    expect(messages()).toEqual([expect.stringContaining('lab.yaml:: bind/picky: CEL expression')]);
  });

  it('finds logs, moments and machines of which nothing is asked', () => {
    cpSync(join(root, 'nodes', 'kubelet-down'), folder, { recursive: true, force: true });
    edit((text) =>
      text
        .replace("containers: { pod: '^default/', count: { atLeast: 3 } }", "containers: { pod: '(' }")
        .replace('          after: 15\n          within: 40\n', ''),
    );
    expect(messages()).toEqual([
      expect.stringContaining('lab.yaml:: stop/stopped: Invalid regular expression'),
      'lab.yaml:: lost/impatient-leaves: a temporal check says within or after',
    ]);
    cpSync(join(root, 'nodes', 'probes-and-restarts'), folder, { recursive: true, force: true });
    edit((text) => text.replace("contains: '^listening on \\d+$'", 'earlier: true'));
    expect(messages()).toEqual(['lab.yaml:: crash/listening: a log check says contains or where']);
  });
});

describe('published schema', () => {
  it('is what the loader checks', () => {
    const published: unknown = JSON.parse(readFileSync(join(root, 'schema', 'lab.schema.json'), 'utf8'));
    expect(published).toEqual(
      JSON.parse(JSON.stringify(z.toJSONSchema(LabSpec, { io: 'input', unrepresentable: 'any' }))),
    );
    const images: unknown = JSON.parse(readFileSync(join(root, 'schema', 'images.schema.json'), 'utf8'));
    expect(images).toEqual(
      JSON.parse(
        JSON.stringify(z.toJSONSchema(ImageFile, { io: 'input', unrepresentable: 'any', reused: 'ref' })),
      ),
    );
  });
});
